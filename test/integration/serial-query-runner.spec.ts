import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { createDataSource, databaseOptions } from '../../src/database/data-source';

const COUNT = 200;

/** Concurrent transactions of which every second one fails after its insert, with plain inserts between them. */
async function runMixedLoad(dataSource: DataSource): Promise<{ kept: string[]; committed: number }> {
  await dataSource.query('CREATE TABLE entries (name varchar(50) PRIMARY KEY)');
  const outcomes = await Promise.allSettled(
    Array.from({ length: COUNT }, async (_, index) => {
      await dataSource.transaction(async (manager) => {
        await manager.query('INSERT INTO entries (name) VALUES (?)', [`t${index}`]);
        await new Promise((resolve) => setImmediate(resolve));
        if (index % 2 === 1) throw new Error('This one fails.');
      });
    }).concat(
      Array.from({ length: COUNT }, async (_, index) => {
        await dataSource.query('INSERT INTO entries (name) VALUES (?)', [`p${index}`]);
      }),
    ),
  );
  const rows = await dataSource.query<{ name: string }[]>('SELECT name FROM entries');
  return {
    kept: rows.map(({ name }) => name),
    committed: outcomes.filter(({ status }) => status === 'fulfilled').length,
  };
}

describe('Concurrent transactions on SQLite', () => {
  let dataDir: string;
  const opened: DataSource[] = [];

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'ai-studio-serial-'));
  });
  afterEach(async () => {
    for (const dataSource of opened.splice(0)) await dataSource.destroy();
    await rm(dataDir, { recursive: true, force: true });
  });

  function options() {
    return databaseOptions({ databaseUrl: null, databasePoolSize: 10, dataDir });
  }

  it('keep exactly what was committed, and every plain insert', async () => {
    const dataSource = await createDataSource(options()).initialize();
    opened.push(dataSource);
    const { kept, committed } = await runMixedLoad(dataSource);
    expect(committed).toBe(COUNT / 2 + COUNT);
    expect(kept).toHaveLength(COUNT / 2 + COUNT);
    expect(kept.filter((name) => name.startsWith('p'))).toHaveLength(COUNT);
    expect(kept.every((name) => name.startsWith('p') || Number(name.slice(1)) % 2 === 0)).toBe(true);
  });

  it('lose writes with the stock data source, which is what ours cures', async () => {
    const stock = await new DataSource(options()).initialize();
    opened.push(stock);
    const { kept } = await runMixedLoad(stock);
    expect(kept.length).toBeLessThan(COUNT / 2 + COUNT);
  });

  it('nest as savepoints within one transaction', async () => {
    const dataSource = await createDataSource(options()).initialize();
    opened.push(dataSource);
    await dataSource.query('CREATE TABLE entries (name varchar(50) PRIMARY KEY)');
    await dataSource.transaction(async (outer) => {
      await outer.query("INSERT INTO entries (name) VALUES ('outer')");
      const inner = outer.transaction(async (manager) => {
        await manager.query("INSERT INTO entries (name) VALUES ('inner')");
        throw new Error('Only the inner one fails.');
      });
      await expect(inner).rejects.toThrow('inner');
    });
    expect(await dataSource.query('SELECT name FROM entries')).toEqual([{ name: 'outer' }]);
  });
});
