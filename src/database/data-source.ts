import { join } from 'node:path';
import { createPool, createPoolCluster } from 'mysql2';
import { DataSource, type DataSourceOptions, type MixedList } from 'typeorm';
import { migrations } from '../../migrations';
import { type Settings } from '../config/settings';
import { serialiseQueryRunners } from './serial-query-runner';

export type DatabaseSettings = Pick<Settings, 'databaseUrl' | 'databasePoolSize' | 'dataDir'>;

type EntityClasses = MixedList<string | (new () => object)>;

interface SqliteConnection {
  pragma(statement: string): unknown;
  aggregate(name: string, options: object): unknown;
}

/** `exact_sum(x)`: the sum of integers or of digits kept as text, as text, without a limit. */
function addExactSum(connection: SqliteConnection): void {
  connection.aggregate('exact_sum', {
    start: null,
    safeIntegers: true,
    deterministic: true,
    step: (total: bigint | null, value: bigint | string | null) =>
      value === null ? total : (total ?? 0n) + BigInt(value),
    result: (total: bigint | null) => total?.toString() ?? null,
  });
}

function sqliteOptions(settings: DatabaseSettings): DataSourceOptions {
  return {
    type: 'better-sqlite3',
    database: settings.dataDir === ':memory:' ? ':memory:' : join(settings.dataDir, 'ai-studio.sqlite'),
    enableWAL: true,
    prepareDatabase: (connection) => {
      const sqlite = connection as SqliteConnection;
      // FULL: a committed row survives the loss of power, not only the end of the process.
      sqlite.pragma('synchronous = FULL');
      sqlite.pragma('busy_timeout = 5000');
      addExactSum(sqlite);
    },
  };
}

function serverOptions(url: string, poolSize: number): DataSourceOptions {
  return {
    type: url.startsWith('mariadb:') ? 'mariadb' : 'mysql',
    url: url.replace(/^mariadb:/, 'mysql:'),
    // By itself TypeORM would load it by name, beside the copy that the built server holds.
    driver: { createPool, createPoolCluster },
    charset: 'utf8mb4',
    timezone: 'Z',
    supportBigNumbers: true,
    bigNumberStrings: true,
    poolSize,
    connectTimeout: 10_000,
  };
}

/** The one truth about the database, for the server and for the command line (`ormconfig.ts`). */
export function databaseOptions(settings: DatabaseSettings, entities: EntityClasses = []): DataSourceOptions {
  const engine = settings.databaseUrl
    ? serverOptions(settings.databaseUrl, settings.databasePoolSize)
    : sqliteOptions(settings);
  return { ...engine, entities, migrations, migrationsTableName: 'migrations', synchronize: false };
}

/** A data source that is safe under concurrent transactions on either engine; not yet connected. */
export function createDataSource(options: DataSourceOptions): DataSource {
  const dataSource = new DataSource(options);
  return options.type === 'better-sqlite3' ? serialiseQueryRunners(dataSource) : dataSource;
}
