import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { isDeadlock } from './driver-errors';
import { engineOf, type SqlDialect, sqlDialectOf } from './engine';

/** A value that can be bound to a `?` of hand-written SQL on both engines. */
export type SqlValue = string | number | bigint | boolean | Buffer | null;

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

const MAX_ATTEMPTS = 12;
const LONGEST_BACKOFF_MS = 40;

/** The unit of work, and SQL where entities would cost too much. */
@Injectable()
export class Database {
  readonly dialect: SqlDialect;
  private readonly runner: SqlRunner;

  constructor(@InjectDataSource() private readonly dataSource: DataSource) {
    this.dialect = sqlDialectOf(engineOf(dataSource.options.type));
    this.runner = runnerOf(dataSource.manager);
  }

  query<T>(sql: string, values?: readonly SqlValue[]): Promise<T[]> {
    return this.runner.query<T>(sql, values);
  }

  execute(sql: string, values?: readonly SqlValue[]): Promise<void> {
    return this.runner.execute(sql, values);
  }

  /**
   * Runs the work in one transaction; inside, use only its runner. When the engine ends it in favour of
   * another (a deadlock), it is run again from its beginning.
   */
  async transaction<T>(work: (runner: SqlRunner) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.dataSource.transaction((manager) => work(runnerOf(manager)));
      } catch (error) {
        if (attempt >= MAX_ATTEMPTS || !isDeadlock(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_BACKOFF_MS));
      }
    }
  }

  /** The same with every read from one moment's snapshot (MariaDB); SQLite transactions always are. */
  snapshot<T>(work: (runner: SqlRunner) => Promise<T>): Promise<T> {
    if (this.dialect.engine === 'sqlite') return this.transaction(work);
    return this.dataSource.transaction('REPEATABLE READ', (manager) => work(runnerOf(manager)));
  }
}
