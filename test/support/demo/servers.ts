import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { type RunningChild, startChild } from '../child-process';

/** The project's root, seen from dist-tools/test/support/demo. */
const ROOT = resolve(__dirname, '../../../..');
const PREFERRED_PORT = 3000;

export interface Demo {
  readonly url: string;
  readonly adminKey: string;
  /** By provider type. */
  readonly baseUrls: Readonly<Record<string, string>>;
  /** Resolves with a sentence when one of the two processes has ended by itself. */
  readonly broken: Promise<string>;
  stop(): Promise<void>;
}

/** The environment without settings of another server. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(STUDIO_|DATABASE_URL$|REDIS_URL$|HOST$)/.test(name)),
  );
}

/** The wanted port if it is free, otherwise 0: any. */
function choosePort(wanted: number): Promise<number> {
  return new Promise((resolvePort) => {
    const probe = createServer();
    probe.once('error', () => resolvePort(0));
    probe.listen(wanted, '127.0.0.1', () => probe.close(() => resolvePort(wanted)));
  });
}

/** An empty directory of this run alone, so that another demo that still runs keeps its own. */
function emptyDataDir(): string {
  const dataDir = join(ROOT, 'data', 'demo', String(process.pid));
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(dataDir, { recursive: true });
  return dataDir;
}

/** Starts the simulator and the built server, with an empty database. */
export async function startDemo(): Promise<Demo> {
  const dataDir = emptyDataDir();
  const env = ownEnvironment();
  const simulator = await startChild({
    name: 'simulator',
    command: process.execPath,
    args: [join(__dirname, '..', 'simulator', 'main.js'), '--port', '0'],
    cwd: dataDir,
    env,
    ready: /OpenAI +(\S+)\n.*Anthropic +(\S+)\n.*Google +(\S+)\n/s,
  });
  const adminKey = `demo-${randomBytes(18).toString('base64url')}`;
  let server: RunningChild;
  try {
    server = await startServer(dataDir, adminKey, env);
  } catch (error) {
    await simulator.stop();
    throw error;
  }
  const [, openai = '', anthropic = '', google = ''] = simulator.match;
  return {
    url: server.match[1] ?? '',
    adminKey,
    baseUrls: { openai, anthropic, google },
    broken: Promise.race([
      server.ended.then(() => 'The server ended by itself; its log is above.'),
      simulator.ended.then(() => 'The simulator ended by itself.'),
    ]),
    async stop() {
      await server.stop(40_000);
      await simulator.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function startServer(dataDir: string, adminKey: string, env: NodeJS.ProcessEnv): Promise<RunningChild> {
  const settings = {
    ...env,
    PORT: String(await choosePort(Number(process.env.PORT ?? PREFERRED_PORT))),
    STUDIO_DATA_DIR: join(dataDir, 'studio'),
    STUDIO_ADMIN_KEY: adminKey,
    STUDIO_ALLOW_PRIVATE_BASE_URLS: 'true',
    STUDIO_ROLLUP_INTERVAL_SECONDS: '1',
    LOG_LEVEL: 'warn',
  };
  const migration = await startChild({
    name: 'migration',
    command: process.execPath,
    args: [join(ROOT, 'dist', 'src', 'migrate.js')],
    cwd: dataDir,
    env: settings,
    ready: /Migrated the database/,
  });
  await migration.ended;
  return startChild({
    name: 'server',
    command: process.execPath,
    args: [join(ROOT, 'dist', 'src', 'main.js')],
    cwd: dataDir,
    env: settings,
    ready: /AI Studio is at (\S+)/,
  });
}
