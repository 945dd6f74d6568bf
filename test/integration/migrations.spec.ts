import { migrations } from '../../migrations';
import { type DataSource } from 'typeorm';
import { createDataSource, databaseOptions } from '../../src/database/data-source';
import { engineOf } from '../../src/database/engine';
import { migrate } from '../../src/database/migrate';
import { assertSchema, SchemaMismatch } from '../../src/database/schema-gate';
import { engines, type TestDatabase } from '../support/engines';
import { startStudio, testSettings } from '../support/studio';

describe.each(engines)('The schema on $name', (engine) => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeEach(async () => {
    database = await engine.open();
    dataSource = await createDataSource(databaseOptions(testSettings(database))).initialize();
  });
  afterEach(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  async function tables(): Promise<string[]> {
    const sql =
      engineOf(dataSource.options.type) === 'sqlite'
        ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        : 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()';
    const rows = await dataSource.query<{ name: string }[]>(sql);
    return rows.map(({ name }) => name).sort();
  }

  /** Table by table, its columns with their types. */
  async function structure(): Promise<unknown> {
    const runner = dataSource.createQueryRunner();
    try {
      const found = await runner.getTables(await tables());
      return found
        .map((table) => ({
          name: table.name.split('.').at(-1),
          columns: table.columns.map(({ name, type, isNullable }) => [name, type, isNullable]),
          uniques: [...table.uniques, ...table.indices].map(({ columnNames }) => columnNames.join()).sort(),
        }))
        .sort((a, b) => String(a.name).localeCompare(String(b.name)));
    } finally {
      await runner.release();
    }
  }

  it('goes up from empty, down to empty, and up again to the same', async () => {
    const count = dataSource.migrations.length;
    expect(await migrate(testSettings(database))).toHaveLength(count);
    const first = await structure();
    expect(await tables()).toEqual(expect.arrayContaining(['ai_models', 'ai_providers', 'usage_events']));
    for (let index = 0; index < count; index += 1) await dataSource.undoLastMigration();
    expect((await tables()).filter((name) => name !== 'migrations')).toEqual([]);
    expect(await migrate(testSettings(database))).toHaveLength(count);
    expect(await structure()).toEqual(first);
    expect(await migrate(testSettings(database))).toEqual([]);
  });

  it('is migrated once by several processes at a time', async () => {
    const ran = await Promise.all([1, 2].map(() => migrate(testSettings(database))));
    expect(ran.map((names) => names.length).sort()).toEqual([0, dataSource.migrations.length]);
  });

  it('that lacks migrations stops the boot with a sentence', async () => {
    await expect(assertSchema(dataSource)).rejects.toThrow(/lacks migrations .*Run "npm run migrate"/);
    await migrate(testSettings(database));
    await dataSource.undoLastMigration();
    const refusal = await assertSchema(dataSource).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(SchemaMismatch);
    expect(String(refusal)).toContain(migrations.at(-1)?.name);
  });

  it('that a newer version migrated stops the boot with a sentence', async () => {
    await migrate(testSettings(database));
    await expect(assertSchema(dataSource)).resolves.toBeUndefined();
    await dataSource.query('INSERT INTO migrations (timestamp, name) VALUES (?, ?)', [1, 'OfTomorrow1']);
    await expect(assertSchema(dataSource)).rejects.toThrow(
      'The database has migrations that this version does not know (OfTomorrow1).',
    );
    await expect(startStudio(engine, { database })).rejects.toThrow(SchemaMismatch);
  });

  it('whose migration fails says so, and no later one runs', async () => {
    await dataSource.query('CREATE TABLE ai_prices (id integer)');
    await expect(migrate(testSettings(database))).rejects.toThrow(/ai_prices/);
    expect(await tables()).not.toContain('usage_events');
    await expect(assertSchema(dataSource)).rejects.toThrow(SchemaMismatch);
    await expect(startStudio(engine, { database })).rejects.toThrow(/ai_prices/);
  });
});
