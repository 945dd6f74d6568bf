import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type RunningChild, startChild } from '../../support/child-process';
import { createDatabase } from '../world/databases';
import { pinned, SERVER_CORE } from '../world/pinned';
import { type DatabaseServer } from '../world/private-mariadb';
import { type StartOptions } from './start-options';

/** The project's root, seen from dist-tools/test/bench/subjects. */
const ROOT = resolve(__dirname, '../../../..');
const MAIN = join(ROOT, 'dist', 'src', 'main.js');
const MIGRATE = join(ROOT, 'dist', 'src', 'migrate.js');

export type Durability = 'strict' | 'relaxed';

function environment(durability: Durability, dataDir: string, adminKey: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(STUDIO_|DATABASE_URL$|REDIS_URL$|HOST$|NODE_OPTIONS$)/.test(name),
  );
  return {
    ...Object.fromEntries(inherited),
    PORT: '0',
    LOG_LEVEL: 'warn',
    STUDIO_DATA_DIR: dataDir,
    STUDIO_ADMIN_KEY: adminKey,
    STUDIO_ENCRYPTION_KEYS: `bench:${randomBytes(32).toString('base64')}`,
    STUDIO_ALLOW_PRIVATE_BASE_URLS: 'true',
    STUDIO_DURABILITY: durability,
  };
}

/** A migrated database and a directory of its own: all that a server needs to be started, once or again. */
export interface StudioHome {
  readonly adminKey: string;
  /** On any free port unless one is given. */
  start(options?: StartOptions & { readonly port?: number }): Promise<RunningChild>;
  readonly remove: () => Promise<void>;
}

let homes = 0;

export async function makeStudioHome(
  durability: Durability,
  databaseServer: DatabaseServer | null,
): Promise<StudioHome> {
  homes += 1;
  const cwd = mkdtempSync(join(tmpdir(), 'ai-studio-bench-'));
  const adminKey = randomBytes(24).toString('base64url');
  let drop = (): Promise<void> => Promise.resolve();
  const remove = async (): Promise<void> => {
    await drop();
    rmSync(cwd, { recursive: true, force: true });
  };
  try {
    const database = databaseServer
      ? await createDatabase(databaseServer, `ai_studio_bench_${process.pid}_${homes}`)
      : null;
    if (database) drop = () => database.drop();
    const own = environment(durability, cwd, adminKey);
    const env = database ? { ...own, DATABASE_URL: database.url } : own;
    const migration = await startChild({
      name: 'migration',
      command: process.execPath,
      args: [MIGRATE],
      cwd,
      env,
      ready: /Migrated the database/,
    });
    await migration.ended;
    return {
      adminKey,
      remove,
      start: ({ nodeOptions = [], onOutput, port = 0 } = {}) => {
        const extra = (process.env.BENCH_NODE_OPTIONS ?? '').split(' ').filter((option) => option !== '');
        const [command, args] = pinned(SERVER_CORE, process.execPath, [...extra, ...nodeOptions, MAIN]);
        return startChild({
          name: `server (${durability})`,
          command,
          args,
          cwd,
          env: { ...env, PORT: String(port) },
          ready: /AI Studio is at (\S+)/,
          ...(onOutput && { onOutput }),
        });
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
