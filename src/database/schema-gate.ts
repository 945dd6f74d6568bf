import { type DataSource } from 'typeorm';

/** The schema is not the one that this code expects; the message says what to run. */
export class SchemaMismatch extends Error {
  override readonly name = 'SchemaMismatch';
}

async function listExecuted(dataSource: DataSource): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  try {
    if (!(await runner.hasTable('migrations'))) return [];
    const rows = await dataSource.query<{ name: string }[]>('SELECT name FROM migrations');
    return rows.map((row) => row.name);
  } finally {
    await runner.release();
  }
}

/**
 * Stops the boot unless exactly the migrations that this code knows have run.
 * @throws SchemaMismatch
 */
export async function assertSchema(dataSource: DataSource): Promise<void> {
  const known = dataSource.migrations.map((migration) => migration.name ?? migration.constructor.name);
  const executed = await listExecuted(dataSource);
  const missing = known.filter((name) => !executed.includes(name));
  const unknown = executed.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new SchemaMismatch(
      `The database has migrations that this version does not know (${unknown.join(', ')}). Run a newer version of AI Studio, or revert them with it.`,
    );
  }
  if (missing.length > 0) {
    throw new SchemaMismatch(
      `The database lacks migrations that this version needs (${missing.join(', ')}). Run "npm run migrate" and start again.`,
    );
  }
}
