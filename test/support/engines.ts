import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';

/** An empty database for one test file, and how to drop it. */
export interface TestDatabase {
  /** Null: embedded SQLite in the data directory. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  drop(): Promise<void>;
}

export interface EngineUnderTest {
  readonly name: string;
  open(): Promise<TestDatabase>;
}

async function openDataDir(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'ai-studio-test-'));
}

const sqlite: EngineUnderTest = {
  name: 'SQLite',
  async open() {
    const dataDir = await openDataDir();
    return { databaseUrl: null, dataDir, drop: () => rm(dataDir, { recursive: true, force: true }) };
  },
};

async function run(url: string, statement: string): Promise<void> {
  const connection = await createConnection(url.replace(/^mariadb:/, 'mysql:'));
  try {
    await connection.query(statement);
  } finally {
    await connection.end();
  }
}

function serverAt(serverUrl: string): EngineUnderTest {
  return {
    name: new URL(serverUrl).protocol === 'mariadb:' ? 'MariaDB' : 'MySQL',
    async open() {
      const name = `ai_studio_test_${randomBytes(6).toString('hex')}`;
      await run(serverUrl, `CREATE DATABASE ${name}`);
      const url = new URL(serverUrl);
      url.pathname = `/${name}`;
      const dataDir = await openDataDir();
      return {
        databaseUrl: url.toString(),
        dataDir,
        drop: async () => {
          await run(serverUrl, `DROP DATABASE ${name}`);
          await rm(dataDir, { recursive: true, force: true });
        },
      };
    },
  };
}

const { TEST_DATABASE_URL } = process.env;

/** SQLite always; the database server too where TEST_DATABASE_URL names one (it needs the right to create databases). */
export const engines: readonly EngineUnderTest[] = TEST_DATABASE_URL
  ? [sqlite, serverAt(TEST_DATABASE_URL)]
  : [sqlite];
