import { type DataSource } from 'typeorm';
import { type BetterSqlite3Driver } from 'typeorm/driver/better-sqlite3/BetterSqlite3Driver';
import { BetterSqlite3QueryRunner } from 'typeorm/driver/better-sqlite3/BetterSqlite3QueryRunner';
import { type IsolationLevel } from 'typeorm/driver/types/IsolationLevel';
import { SerialLock } from './serial-lock';

/**
 * Stock TypeORM hands every caller of a SQLite data source the same query runner, so concurrent
 * transactions nest into each other and one's rollback takes another's commit with it. Here each
 * caller gets a runner of its own over the one connection, and a first-come lock: a transaction
 * holds it from BEGIN to COMMIT, a plain statement for its own duration.
 */
export class SerialQueryRunner extends BetterSqlite3QueryRunner {
  private holdsLock = false;

  constructor(
    driver: BetterSqlite3Driver,
    private readonly lock: SerialLock,
    statements: Map<string, unknown>,
  ) {
    super(driver);
    // Prepared statements belong to the connection, so all runners share them.
    Object.assign(this, { stmtCache: statements });
  }

  override async startTransaction(isolationLevel?: IsolationLevel): Promise<void> {
    if (!this.holdsLock) {
      await this.lock.acquire();
      this.holdsLock = true;
    }
    try {
      await super.startTransaction(isolationLevel);
    } catch (error) {
      this.freeLock();
      throw error;
    }
  }

  override async commitTransaction(): Promise<void> {
    await super.commitTransaction();
    if (!this.isTransactionActive) this.freeLock();
  }

  override async rollbackTransaction(): Promise<void> {
    try {
      await super.rollbackTransaction();
    } finally {
      if (!this.isTransactionActive) this.freeLock();
    }
  }

  override async query<T>(query: string, parameters?: unknown[], useStructuredResult?: false): Promise<T>;
  override async query<T>(query: string, parameters: unknown[], useStructuredResult: true): Promise<T>;
  override async query<T>(
    query: string,
    parameters: unknown[] = [],
    useStructuredResult = false,
  ): Promise<T> {
    const run = (): Promise<T> =>
      useStructuredResult
        ? (super.query(query, parameters, true) as Promise<T>)
        : (super.query(query, parameters) as Promise<T>);
    if (this.holdsLock) return run();
    await this.lock.acquire();
    try {
      return await run();
    } finally {
      this.lock.release();
    }
  }

  override async release(): Promise<void> {
    if (this.isTransactionActive) await this.rollbackTransaction();
    await super.release();
  }

  private freeLock(): void {
    if (!this.holdsLock) return;
    this.holdsLock = false;
    this.lock.release();
  }
}

/** Makes a SQLite data source hand out serial query runners. Call it before `initialize`. */
export function serialiseQueryRunners(dataSource: DataSource): DataSource {
  const driver = dataSource.driver as BetterSqlite3Driver;
  const lock = new SerialLock();
  const statements = new Map<string, unknown>();
  driver.createQueryRunner = () => new SerialQueryRunner(driver, lock, statements);
  return dataSource;
}
