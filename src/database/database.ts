import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { pause } from '../common/pause';
import { BatchConnections } from './batch';
import { isDeadlock } from './driver-errors';
import { engineOf, type SqlDialect, sqlDialectOf } from './engine';
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

export interface SqlReader {
  query<T>(sql: string, values?: readonly SqlValue[]): Promise<T[]>;
}

/** Runs hand-written SQL: the database itself, or one transaction of it. */
export interface SqlRunner extends SqlReader {
  execute(sql: string, values?: readonly SqlValue[]): Promise<void>;
  /** For repositories that have to take part in the transaction. */
  readonly manager: EntityManager;
}

function runnerOf(manager: EntityManager): SqlRunner {
  return {
    manager,
    query: <T>(sql: string, values: readonly SqlValue[] = []) => manager.query<T[]>(sql, [...values]),
    execute: async (sql: string, values: readonly SqlValue[] = []) => {
      await manager.query(sql, [...values]);
    },
  };
}

/** `(?, ?, …)` for a row of so many columns, as often as there are rows. */
export function placeholders(columns: number, rows = 1): string {
  const row = `(${new Array<string>(columns).fill('?').join(', ')})`;
  return new Array<string>(rows).fill(row).join(', ');
}

/** SQLite binds 32,766 values to a statement at most. */
const MAX_VALUES = 30_000;

/** Runs an `INSERT` of many rows in a transaction, in as many statements as the values need. */
export async function insertRows(runner: SqlRunner, { head, rows, tail }: RowsStatement): Promise<void> {
  const columns = rows[0]?.length ?? 1;
  const most = Math.floor(MAX_VALUES / columns);
  for (let start = 0; start < rows.length; start += most) {
    const part = rows.slice(start, start + most);
    await runner.execute(`${head} VALUES ${placeholders(columns, part.length)} ${tail}`, part.flat());
  }
}

async function write(runner: SqlRunner, statement: WriteStatement): Promise<void> {
  if (isRows(statement)) await insertRows(runner, statement);
  else await runner.execute(statement.sql, statement.values);
}

/** Holds the version until the transaction ends. @throws StaleVersion when it is another one */
export async function keepVersion(
  runner: SqlRunner,
  { table, version }: VersionGuard,
  { forShare }: Pick<SqlDialect, 'forShare'>,
): Promise<void> {
  const rows = await runner.query<{ version: number | string }>(`SELECT version FROM ${table}${forShare}`);
  if (Number(rows[0]?.version) !== version) throw new StaleVersion(`${table} has another version.`);
}

const MAX_ATTEMPTS = 12;
const LONGEST_BACKOFF_MS = 40;

/** When the engine ends a transaction in favour of another (a deadlock), it is run again from its beginning. */
async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= MAX_ATTEMPTS || !isDeadlock(error)) throw error;
      await pause(Math.random() * LONGEST_BACKOFF_MS);
    }
  }
}

/** The unit of work, and SQL where entities would cost too much. */
@Injectable()
export class Database implements OnApplicationShutdown {
  readonly dialect: SqlDialect;
  private readonly runner: SqlRunner;
  private readonly batches: BatchConnections | null;

  constructor(@InjectDataSource() private readonly dataSource: DataSource) {
    this.dialect = sqlDialectOf(engineOf(dataSource.options.type));
    this.runner = runnerOf(dataSource.manager);
    const url = 'url' in dataSource.options ? dataSource.options.url : undefined;
    this.batches = this.dialect.engine === 'mysql' && url ? new BatchConnections(url) : null;
  }

  query<T>(sql: string, values?: readonly SqlValue[]): Promise<T[]> {
    return this.runner.query<T>(sql, values);
  }

  execute(sql: string, values?: readonly SqlValue[]): Promise<void> {
    return this.runner.execute(sql, values);
  }

  /** Runs the work in one transaction, again after a deadlock; inside, use only its runner. */
  transaction<T>(work: (runner: SqlRunner) => Promise<T>): Promise<T> {
    return retried(() => this.dataSource.transaction((manager) => work(runnerOf(manager))));
  }

  /**
   * Writes into several tables as one transaction, at the least cost that the engine allows.
   * @throws StaleVersion when the guard's version is not the table's any more
   */
  batch(statements: readonly WriteStatement[], guard: VersionGuard | null = null): Promise<void> {
    const filled = statements.filter((statement) => !isRows(statement) || statement.rows.length > 0);
    const { batches } = this;
    if (batches) return retried(() => batches.commit(filled, guard));
    return this.transaction(async (runner) => {
      if (guard) await keepVersion(runner, guard, this.dialect);
      for (const statement of filled) await write(runner, statement);
    });
  }

  /**
   * The same for what depends on what is there: reads first, each locked until the end if it says so, then what is
   * decided by their rows.
   * @throws StaleVersion; what `decide` throws ends the transaction without a trace
   */
  exchange<T>(
    reads: readonly Statement[],
    decide: (rows: ReadRows) => Decision<T>,
    guard: VersionGuard | null = null,
  ): Promise<T> {
    const { batches } = this;
    const decideFilled = (rows: ReadRows): Decision<T> => {
      const { writes, result } = decide(rows);
      return {
        result,
        writes: writes.filter((statement) => !isRows(statement) || statement.rows.length > 0),
      };
    };
    if (batches) return retried(() => batches.exchange(reads, decideFilled, guard));
    return this.transaction(async (runner) => {
      if (guard) await keepVersion(runner, guard, this.dialect);
      const rows: unknown[][] = [];
      for (const { sql, values } of reads) rows.push(await runner.query(sql, values));
      const { writes, result } = decideFilled(rows);
      for (const statement of writes) await write(runner, statement);
      return result;
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.batches?.close();
  }

  /** The same with every read from one moment's snapshot (MariaDB); SQLite transactions always are. */
  snapshot<T>(work: (runner: SqlRunner) => Promise<T>): Promise<T> {
    if (this.dialect.engine === 'sqlite') return this.transaction(work);
    return this.dataSource.transaction('REPEATABLE READ', (manager) => work(runnerOf(manager)));
  }
}
