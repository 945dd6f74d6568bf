import { QueryFailedError } from 'typeorm';

const DUPLICATE_CODES: ReadonlySet<unknown> = new Set([
  'ER_DUP_ENTRY',
  'SQLITE_CONSTRAINT_UNIQUE',
  'SQLITE_CONSTRAINT_PRIMARYKEY',
]);
const REFERENCED_CODES: ReadonlySet<unknown> = new Set([
  'ER_ROW_IS_REFERENCED_2',
  'ER_NO_REFERENCED_ROW_2',
  'SQLITE_CONSTRAINT_FOREIGNKEY',
]);

function driverCode(error: unknown): unknown {
  if (!(error instanceof QueryFailedError)) return undefined;
  const driverError: unknown = error.driverError;
  // Not instanceof Error: a native driver makes its errors in the context that loaded it first.
  return typeof driverError === 'object' && driverError !== null && 'code' in driverError
    ? driverError.code
    : undefined;
}

/** Whether a statement failed because a row with its unique key exists. */
export function isDuplicateKey(error: unknown): boolean {
  return DUPLICATE_CODES.has(driverCode(error));
}

/** Whether it failed by the unique key on this column (SQLite names the column, MariaDB the key). */
export function isDuplicateOf(error: unknown, column: string, key: string): boolean {
  return (
    isDuplicateKey(error) &&
    error instanceof Error &&
    (error.message.includes(column) || error.message.includes(key))
  );
}

/** Whether a statement failed because another row refers to this one, or the one referred to is gone. */
export function isReferenceViolation(error: unknown): boolean {
  return REFERENCED_CODES.has(driverCode(error));
}

const DEADLOCK_CODES: ReadonlySet<unknown> = new Set([
  'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT',
  // With innodb_snapshot_isolation, MariaDB's default from 11.6.2 on: another changed what was read before.
  'ER_CHECKREAD',
]);

/** Whether the engine ended a transaction in favour of another one: it may be run again. */
export function isDeadlock(error: unknown): boolean {
  return DEADLOCK_CODES.has(driverCode(error));
}

const REFUSED_CODES =
  /^(ER_DATA_|ER_TRUNCATED|ER_WARN_DATA|ER_BAD_NULL|ER_INVALID_JSON|ER_CONSTRAINT_FAILED|ER_NET_PACKET_TOO_LARGE|ER_WRONG_VALUE|SQLITE_CONSTRAINT|SQLITE_MISMATCH|SQLITE_TOOBIG|SQLITE_RANGE)/;

/** Whether the engine refused a statement for the values in it: trying it again as it is will not help. */
export function isRefusedValue(error: unknown): boolean {
  const code = driverCode(error);
  return typeof code === 'string' && REFUSED_CODES.test(code);
}
