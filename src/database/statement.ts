/** A value that can be bound to a `?` of hand-written SQL on both engines. */
export type SqlValue = string | number | bigint | boolean | Buffer | null;

/** Hand-written SQL with its values; a `?` stands for a value and for nothing else. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** An `INSERT` of many rows: what stands before and after its values. */
export interface RowsStatement {
  readonly head: string;
  readonly rows: readonly (readonly SqlValue[])[];
  readonly tail: string;
}

export type WriteStatement = Statement | RowsStatement;

/** A transaction's condition: the one row of the table still has this version, and keeps it until the commit. */
export interface VersionGuard {
  readonly table: string;
  readonly version: number;
}

/** What a transaction writes because of what it read, and what its caller is told. */
export interface Decision<T> {
  readonly writes: readonly WriteStatement[];
  readonly result: T;
}

/** The rows that each read gave. */
export type ReadRows = readonly (readonly unknown[])[];

/** The version that a transaction was made for is not the table's any more: nothing of it was kept. */
export class StaleVersion extends Error {
  override readonly name = 'StaleVersion';
}

export function isRows(statement: WriteStatement): statement is RowsStatement {
  return 'head' in statement;
}
