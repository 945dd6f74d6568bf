import { Writable } from 'node:stream';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { readSettings, type Settings } from '../../src/config/settings';
import { createApp } from '../../src/create-app';
import { migrate } from '../../src/database/migrate';
import { JobRunner } from '../../src/jobs/job-runner';
import { type EngineUnderTest, type TestDatabase } from './engines';

export const ADMIN_KEY = 'admin-key-for-tests-only';
export const ENCRYPTION_KEYS = `k1:${Buffer.alloc(32, 7).toString('base64')}`;

export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

export interface RequestOptions {
  readonly key?: string | null;
  readonly team?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** A running server with an empty database. */
export interface Studio {
  readonly url: string;
  readonly app: NestFastifyApplication;
  readonly database: TestDatabase;
  readonly logs: readonly string[];
  request<T>(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<Answer<T>>;
  fetch(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<Response>;
  /** Runs a scheduled job now. */
  runJob(name: string): Promise<void>;
  close(): Promise<void>;
}

export function testSettings(database: TestDatabase, overrides: Partial<Settings> = {}): Settings {
  return {
    ...readSettings({
      HOST: '127.0.0.1',
      PORT: '0',
      STUDIO_ADMIN_KEY: ADMIN_KEY,
      STUDIO_ENCRYPTION_KEYS: ENCRYPTION_KEYS,
      STUDIO_ALLOW_PRIVATE_BASE_URLS: 'true',
      STUDIO_JOBS: 'false',
      STUDIO_SHUTDOWN_TIMEOUT_SECONDS: '5',
    }),
    databaseUrl: database.databaseUrl,
    dataDir: database.dataDir,
    ...overrides,
  };
}

export interface StartOptions {
  readonly settings?: Partial<Settings>;
  /** Uses a database that exists, and leaves it at `close`. */
  readonly database?: TestDatabase;
}

/** Starts a server in this process; jobs run when a test says so. */
export async function startStudio(engine: EngineUnderTest, options: StartOptions = {}): Promise<Studio> {
  const database = options.database ?? (await engine.open());
  const settings = testSettings(database, options.settings);
  await migrate(settings);
  const logs: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logs.push(chunk.toString());
      done();
    },
  });
  const app = await createApp(settings, sink);
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();

  const send = (
    method: string,
    path: string,
    body?: unknown,
    request: RequestOptions = {},
  ): Promise<Response> => {
    const key = request.key === undefined ? ADMIN_KEY : request.key;
    return fetch(`${url}${path}`, {
      method,
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(request.team === undefined ? {} : { 'x-team-id': request.team }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...request.headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(request.signal ? { signal: request.signal } : {}),
    });
  };
  return {
    url,
    app,
    database,
    logs,
    fetch: send,
    async request<T>(
      method: string,
      path: string,
      body?: unknown,
      request?: RequestOptions,
    ): Promise<Answer<T>> {
      const response = await send(method, path, body, request);
      const text = await response.text();
      const json = /json/.test(response.headers.get('content-type') ?? '');
      return {
        status: response.status,
        headers: response.headers,
        body: (json ? JSON.parse(text) : text) as T,
      };
    },
    runJob: (name) => app.get(JobRunner).runNow(name),
    async close() {
      await app.close();
      if (!options.database) await database.drop();
    },
  };
}
