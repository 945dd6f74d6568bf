import { createPool, type Pool, type PoolConnection } from 'mysql2';
import { QueryFailedError } from 'typeorm';
import { SqlText } from './sql-text';
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

function writeStatement(text: SqlText, statement: WriteStatement): void {
  if (isRows(statement)) writeRows(text, statement);
  else writeValues(text, statement);
}

function writeValues(text: SqlText, { sql, values }: Statement): void {
  const parts = sql.split('?');
  text.sql(parts[0] ?? '');
  values.forEach((value, index) => text.value(value).sql(parts[index + 1] ?? ''));
}

/** By index: an iterator takes as long as the values. */
function writeRow(text: SqlText, row: readonly SqlValue[]): void {
  for (let at = 0; at < row.length; at += 1) {
    if (at > 0) text.sql(',');
    text.value(row[at] ?? null);
  }
}

function writeRows(text: SqlText, { head, rows, tail }: RowsStatement): void {
  text.sql(head).sql(' VALUES ');
  rows.forEach((row, index) => {
    text.sql(index === 0 ? '(' : '),(');
    writeRow(text, row);
  });
  text.sql(') ').sql(tail);
}

function writeOpening(text: SqlText, guard: VersionGuard | null): void {
  text.sql('START TRANSACTION;');
  if (guard) text.sql(guardText(guard)).sql(';');
}

function writeClosing(text: SqlText, statements: readonly WriteStatement[]): void {
  for (const statement of statements) {
    writeStatement(text, statement);
    text.sql(';');
  }
  text.sql('COMMIT');
}

/**
 * Transactions in one round trip: `START TRANSACTION`, the statements and `COMMIT` go to the server as one text, on
 * connections of their own, which alone may carry several statements. Five round trips through the ORM cost ten
 * times the CPU of this one.
 */
export class BatchConnections {
  private readonly pool: Pool;
  private readonly text = new SqlText();

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
    const text = this.text.make((making) => {
      writeOpening(making, guard);
      writeClosing(making, statements);
    });
    await this.run(connection, text);
    connection.release();
  }

  /** Two round trips: what is read, locked until the end if it says so, and then what is written because of it. */
  async exchange<T>(
    reads: readonly Statement[],
    decide: (rows: ReadRows) => Decision<T>,
    guard: VersionGuard | null,
  ): Promise<T> {
    const connection = await this.connect();
    const asking = this.text.make((text) => {
      writeOpening(text, guard);
      reads.forEach((read, index) => writeValues(index > 0 ? text.sql(';') : text, read));
    });
    const results = await this.run(connection, asking);
    let decision: Decision<T>;
    try {
      decision = decide((results as ReadRows).slice(-reads.length));
    } catch (error) {
      connection.destroy();
      throw error;
    }
    await this.run(
      connection,
      this.text.make((text) => writeClosing(text, decision.writes)),
    );
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
