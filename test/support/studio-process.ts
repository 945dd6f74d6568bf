import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createDataSource, databaseOptions } from '../../src/database/data-source';
import { migrate } from '../../src/database/migrate';
import { type TestDatabase } from './engines';
import { ADMIN_KEY, ENCRYPTION_KEYS, testSettings } from './studio';

const MAIN = join(__dirname, '../../dist/src/main.js');

/** The built server as a process of its own. */
export interface StudioProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** All it printed so far, on both streams. */
  output(): string;
  request(method: string, path: string, body?: unknown): Promise<Response>;
  /** Sends a signal and waits for the end; returns the exit code, null after a killing signal. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** Migrates the database and starts the built server on it. */
export async function startProcess(
  database: TestDatabase,
  environment: Readonly<Record<string, string>> = {},
): Promise<StudioProcess> {
  await migrate(testSettings(database));
  const child = spawn(process.execPath, [MAIN], {
    cwd: database.dataDir,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOST: '127.0.0.1',
      PORT: '0',
      STUDIO_DATA_DIR: database.dataDir,
      STUDIO_ADMIN_KEY: ADMIN_KEY,
      STUDIO_ENCRYPTION_KEYS: ENCRYPTION_KEYS,
      STUDIO_ALLOW_PRIVATE_BASE_URLS: 'true',
      STUDIO_ROLLUP_INTERVAL_SECONDS: '1',
      ...(database.databaseUrl === null ? {} : { DATABASE_URL: database.databaseUrl }),
      ...environment,
    },
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', () => {
      const match = /AI Studio is at (http:\S+)/.exec(output);
      if (match?.[1]) resolve(match[1]);
    });
    child.once('exit', (code) => reject(new Error(`The server ended with ${code}:\n${output}`)));
  });
  return {
    url,
    child,
    output: () => output,
    request: (method, path, body) =>
      fetch(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    async end(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
      return child.exitCode;
    },
  };
}

/** As if two minutes had passed since a killed process last said that it lives. */
export async function ageHeartbeats({ databaseUrl, dataDir }: TestDatabase): Promise<void> {
  const options = databaseOptions({ databaseUrl, databasePoolSize: 2, dataDir });
  const dataSource = await createDataSource(options).initialize();
  await dataSource.query('UPDATE instances SET heartbeat_at = heartbeat_at - 120000');
  await dataSource.destroy();
}
