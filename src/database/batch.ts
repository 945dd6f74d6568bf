import { createPool, type Pool, type PoolConnection } from 'mysql2';
import { QueryFailedError } from 'typeorm';
import { type RowsStatement, type SqlValue } from './statement';

/** Two group commits, each with one commit in flight. */
const CONNECTIONS = 2;

/** What needs no second look between quotes. */
const PLAIN = /^[A-Za-z0-9 _.:/-]*$/;

/**
 * A value as a literal of MariaDB's and MySQL's SQL. Bytes and all but the plainest texts are in hexadecimal:
 * nothing in them can end the literal, and it is made faster than an escaped one.
 */
function literalOf(value: SqlValue): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') {
    return PLAIN.test(value) ? `'${value}'` : `_utf8mb4 x'${Buffer.from(value).toString('hex')}'`;
  }
  if (Buffer.isBuffer(value)) return `x'${value.toString('hex')}'`;
  if (typeof value === 'boolean') return value ? '1' : '0';
  return value.toString();
}

function textOf({ head, rows, tail }: RowsStatement): string {
  let text = `${head} VALUES `;
  for (const [index, row] of rows.entries()) {
    let values = '';
    for (const value of row) values += values === '' ? literalOf(value) : `,${literalOf(value)}`;
    text += index === 0 ? `(${values})` : `,(${values})`;
  }
  return `${text} ${tail}`;
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
  async commit(statements: readonly RowsStatement[]): Promise<void> {
    const connection = await this.connect();
    const sql = `START TRANSACTION;${statements.map(textOf).join(';')};COMMIT`;
    await new Promise<void>((resolve, reject) => {
      connection.query(sql, (error) => {
        if (!error) {
          connection.release();
          resolve();
          return;
        }
        // Whatever state the connection is in, no later transaction may inherit it.
        connection.destroy();
        reject(new QueryFailedError('a batch', [], error));
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
