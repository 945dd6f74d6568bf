import { type DataSource } from 'typeorm';
import { createDataSource, type DatabaseSettings, databaseOptions } from './data-source';
import { engineOf } from './engine';

const LOCK = 'ai_studio_migrations';
const LOCK_SECONDS = 60;

async function runAlone(dataSource: DataSource): Promise<string[]> {
  const ran = await dataSource.runMigrations({ transaction: 'each' });
  return ran.map((migration) => migration.name);
}

/** On a server, one migrating process at a time: the lock is the connection's and goes with it. */
async function runUnderLock(dataSource: DataSource): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  try {
    const rows = (await runner.query('SELECT GET_LOCK(?, ?) AS got', [LOCK, LOCK_SECONDS])) as {
      got: unknown;
    }[];
    if (Number(rows[0]?.got) !== 1) {
      throw new Error(
        `Another process has been migrating this database for ${LOCK_SECONDS} seconds. Look at it first.`,
      );
    }
    return await runAlone(dataSource);
  } finally {
    await runner.query('SELECT RELEASE_LOCK(?)', [LOCK]);
    await runner.release();
  }
}

/**
 * Brings the schema to what this code expects, as a step of its own before the server starts.
 * Returns the names of the migrations that ran.
 */
export async function migrate(settings: DatabaseSettings): Promise<string[]> {
  const dataSource = await createDataSource(databaseOptions(settings)).initialize();
  try {
    const server = engineOf(dataSource.options.type) === 'mysql';
    return server ? await runUnderLock(dataSource) : await runAlone(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
