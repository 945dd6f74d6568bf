/** The engines: MariaDB and MySQL speak one dialect for all that we use, SQLite another. */
export type Engine = 'mysql' | 'sqlite';

/** The words that differ between the engines, for hand-written SQL. Everything else is portable. */
export interface SqlDialect {
  readonly engine: Engine;
  /** `INSERT` that passes over a row whose key exists: the words before `INTO`. */
  readonly insertIgnore: string;
  /** The end of an upsert: what to set when the key exists. `incoming(column)` is the new row's value. */
  onConflict(keys: readonly string[], assignments: readonly string[]): string;
  incoming(column: string): string;
  /**
   * The end of an upsert that replaces the columns of an existing row only where its `guard` passes the
   * test (such as `IS NULL` or `IN (0, 4)`), and leaves the row as it is otherwise.
   */
  onConflictIf(
    table: string,
    keys: readonly string[],
    columns: readonly string[],
    guard: string,
    test: string,
  ): string;
  /** An exact sum of integers or wide integers as decimal text, beyond 64 bits; null for no rows. */
  exactSum(expression: string): string;
  /** An integer column as text, so that no driver rounds it to a double. */
  integerText(expression: string): string;
  least(a: string, b: string): string;
  /**
   * Words after a table's name that keep the optimiser to an index. MariaDB reads a team's whole index up to
   * where a time begins, rather than beginning there, unless it is told.
   */
  useIndex(index: string): string;
  /** The end of a SELECT that locks its rows until the transaction ends. SQLite has one writer and needs none. */
  readonly forUpdate: string;
  /** The same for what nobody may change meanwhile, while others may read it too. */
  readonly forShare: string;
}

const mysql: SqlDialect = {
  engine: 'mysql',
  insertIgnore: 'INSERT IGNORE',
  onConflict: (_keys, assignments) => `ON DUPLICATE KEY UPDATE ${assignments.join(', ')}`,
  incoming: (column) => `VALUES(${column})`,
  onConflictIf: (_table, _keys, columns, guard, test) => {
    // Assignments are carried out from left to right: the guard itself has to come last.
    const ordered = [...columns.filter((column) => column !== guard), guard];
    const open = `${guard} ${test}`;
    return `ON DUPLICATE KEY UPDATE ${ordered.map((c) => `${c} = IF(${open}, VALUES(${c}), ${c})`).join(', ')}`;
  },
  exactSum: (expression) => `CAST(SUM(${expression}) AS CHAR)`,
  integerText: (expression) => `CAST(${expression} AS CHAR)`,
  least: (a, b) => `LEAST(${a}, ${b})`,
  useIndex: (index) => `FORCE INDEX (${index})`,
  forUpdate: ' FOR UPDATE',
  forShare: ' LOCK IN SHARE MODE',
};

const sqlite: SqlDialect = {
  engine: 'sqlite',
  insertIgnore: 'INSERT OR IGNORE',
  onConflict: (keys, assignments) =>
    `ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${assignments.join(', ')}`,
  incoming: (column) => `excluded.${column}`,
  onConflictIf: (table, keys, columns, guard, test) =>
    `ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${columns.map((c) => `${c} = excluded.${c}`).join(', ')} ` +
    `WHERE ${table}.${guard} ${test}`,
  exactSum: (expression) => `exact_sum(${expression})`,
  integerText: (expression) => `CAST(${expression} AS TEXT)`,
  least: (a, b) => `MIN(${a}, ${b})`,
  useIndex: () => '',
  forUpdate: '',
  forShare: '',
};

export function engineOf(dataSourceType: string): Engine {
  return dataSourceType === 'better-sqlite3' ? 'sqlite' : 'mysql';
}

export function sqlDialectOf(engine: Engine): SqlDialect {
  return engine === 'sqlite' ? sqlite : mysql;
}

/** Column types for hand-written migrations, per engine. */
export interface ColumnTypes {
  /** A UUID as text. */
  readonly uuid: string;
  /** A UUID as 16 bytes. */
  readonly binaryUuid: string;
  /** A SHA-256 as 32 bytes. */
  readonly sha256: string;
  readonly integer: string;
  readonly bigint: string;
  /** An integer beyond 64 bits: a decimal on MariaDB, digits as text on SQLite (summed by `exact_sum`). */
  readonly wideInteger: string;
  readonly flag: string;
  readonly timestamp: string;
  readonly json: string;
  readonly text: string;
  readonly autoIncrement: string;
  varchar(length: number): string;
  /** Text of ASCII characters only, compared byte by byte. */
  ascii(length: number): string;
  readonly tableOptions: string;
}

const mysqlTypes: ColumnTypes = {
  uuid: 'char(36) CHARACTER SET ascii COLLATE ascii_bin',
  binaryUuid: 'binary(16)',
  sha256: 'binary(32)',
  integer: 'int',
  bigint: 'bigint',
  wideInteger: 'decimal(38,0)',
  flag: 'tinyint(1)',
  timestamp: 'datetime(3)',
  json: 'json',
  text: 'mediumtext',
  autoIncrement: 'int NOT NULL AUTO_INCREMENT PRIMARY KEY',
  varchar: (length) => `varchar(${length})`,
  ascii: (length) => `varchar(${length}) CHARACTER SET ascii COLLATE ascii_bin`,
  tableOptions: 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin',
};

const sqliteTypes: ColumnTypes = {
  uuid: 'varchar(36)',
  binaryUuid: 'blob',
  sha256: 'blob',
  integer: 'integer',
  bigint: 'integer',
  wideInteger: 'text',
  flag: 'boolean',
  timestamp: 'datetime',
  json: 'text',
  text: 'text',
  autoIncrement: 'integer PRIMARY KEY AUTOINCREMENT NOT NULL',
  varchar: (length) => `varchar(${length})`,
  ascii: (length) => `varchar(${length})`,
  tableOptions: '',
};

export function columnTypesOf(engine: Engine): ColumnTypes {
  return engine === 'sqlite' ? sqliteTypes : mysqlTypes;
}
