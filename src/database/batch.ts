import { createPool, type Pool, type PoolConnection } from 'mysql2';
import { QueryFailedError } from 'typeorm';
import {
  type Decision,
  isRows,
  type ReadRows,
  type RowsStatement,
  type SqlValue,
  StaleVersion,
  type Statement,
  type VersionGuard,
  type WriteStatement,
} from './statement';

/** Two group commits, each with one commit in flight. */
const CONNECTIONS = 2;

/** Whether nothing in a text ends its quotes or escapes, and each character is one byte in every character set. */
function isPlain(text: string): boolean {
  return !text.includes("'") && !text.includes('\\') && Buffer.byteLength(text) === text.length;
}

/**
 * A value as a literal of MariaDB's and MySQL's SQL. Bytes, and texts with anything special in them, are in
 * hexadecimal: nothing in them can end the literal, and it is made faster than an escaped one.
 */
function literalOf(value: SqlValue): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') {
    return isPlain(value) ? `'${value}'` : `_utf8mb4 x'${Buffer.from(value).toString('hex')}'`;
  }
  if (Buffer.isBuffer(value)) return `x'${value.toString('hex')}'`;
  if (typeof value === 'boolean') return value ? '1' : '0';
  return value.toString();
}

/** "Subquery returns more than 1 row": how a guard ends its transaction. */
const ER_SUBQUERY_NO_1_ROW = 1242;

/**
 * Locks the version, and fails for another one: the inner query depends on the row, so it has its two rows only then.
 * In the same text as the rest, it costs no round trip.
 */
function guardText({ table, version }: VersionGuard): string {
  return (
    `SELECT (SELECT g.n FROM (SELECT 1 AS n UNION ALL SELECT 2) g WHERE s.version <> ${version}) ` +
    `FROM ${table} s LOCK IN SHARE MODE`
  );
}

function textOf(statement: WriteStatement): string {
  return isRows(statement) ? rowsText(statement) : statementText(statement);
}

function statementText({ sql, values }: Statement): string {
  const parts = sql.split('?');
  let text = parts[0] ?? '';
  for (const [index, value] of values.entries()) text += literalOf(value) + (parts[index + 1] ?? '');
  return text;
}

function rowsText({ head, rows, tail }: RowsStatement): string {
  let text = `${head} VALUES `;
  for (const [index, row] of rows.entries()) {
    let values = '';
    for (const value of row) values += values === '' ? literalOf(value) : `,${literalOf(value)}`;
    text += index === 0 ? `(${values})` : `,(${values})`;
  }
  return `${text} ${tail}`;
}

function opening(guard: VersionGuard | null): string {
  return guard ? `START TRANSACTION;${guardText(guard)}` : 'START TRANSACTION';
}

function closing(statements: readonly WriteStatement[]): string {
  return [...statements.map(textOf), 'COMMIT'].join(';');
}

/**
 * Transactions in one round trip: `START TRANSACTION`, the statements and `COMMIT` go to the server as one text, on
 * connections of their own, which alone may carry several statements. Five round trips through the ORM cost ten
 * times the CPU of this one.
 */
export class BatchConnections {
  private readonly pool: Pool;

  constructor(url: string) {
    this.pool = createPool({
      uri: url.replace(/^mariadb:/, 'mysql:'),
      charset: 'utf8mb4',
      timezone: 'Z',
      multipleStatements: true,
      connectionLimit: CONNECTIONS,
      connectTimeout: 10_000,
      // The text is complete: nothing is searched for places to put values.
      queryFormat: (sql) => sql,
    });
  }

  /** Resolves when it is committed. @throws the driver's error; then nothing of it is kept, as far as is known */
  async commit(statements: readonly WriteStatement[], guard: VersionGuard | null): Promise<void> {
    const connection = await this.connect();
    await this.run(connection, `${opening(guard)};${closing(statements)}`);
    connection.release();
  }

  /** Two round trips: what is read, locked until the end if it says so, and then what is written because of it. */
  async exchange<T>(
    reads: readonly Statement[],
    decide: (rows: ReadRows) => Decision<T>,
    guard: VersionGuard | null,
  ): Promise<T> {
    const connection = await this.connect();
    const head = opening(guard);
    const results = await this.run(connection, [head, ...reads.map(statementText)].join(';'));
    let decision: Decision<T>;
    try {
      decision = decide((results as ReadRows).slice(-reads.length));
    } catch (error) {
      connection.destroy();
      throw error;
    }
    await this.run(connection, closing(decision.writes));
    connection.release();
    return decision.result;
  }

  private run(connection: PoolConnection, sql: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      connection.query(sql, (error, results) => {
        if (!error) {
          resolve(results);
          return;
        }
        // Whatever state the connection is in, no later transaction may inherit it.
        connection.destroy();
        if (error.errno === ER_SUBQUERY_NO_1_ROW) reject(new StaleVersion('The version is another one.'));
        else reject(new QueryFailedError('a batch', [], error));
      });
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.pool.end(() => resolve()));
  }

  private connect(): Promise<PoolConnection> {
    return new Promise((resolve, reject) => {
      this.pool.getConnection((error, connection) => {
        if (error) reject(new QueryFailedError('a connection for a batch', [], error));
        else resolve(connection);
      });
    });
  }
}
