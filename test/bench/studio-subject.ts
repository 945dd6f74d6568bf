import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type RunningChild, startChild } from '../support/child-process';
import { StudioClient } from '../support/demo/studio-client';
import { createDatabase } from './databases';
import { pinned, SERVER_CORE } from './pinned';
import { type DatabaseServer } from './private-mariadb';
import { MESSAGES, type Subject } from './subject';

/** The project's root, seen from dist-tools/test/bench. */
const ROOT = resolve(__dirname, '../../..');
const COMPLETE_LIMIT_MS = 120_000;
/** gpt-4o: 292 × 2.50 + 128 × 1.25 + 96 × 10.00 dollars per million, in pico-dollars. */
const PICO_DOLLARS_PER_CALL = 1_850_000_000n;

export type Durability = 'strict' | 'relaxed';

interface Stats {
  readonly totals: { readonly requests: number; readonly failedRequests: number; readonly cost: string };
  readonly dataCompleteUntil: string;
}

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

async function startServer(env: NodeJS.ProcessEnv, cwd: string): Promise<RunningChild> {
  const migration = await startChild({
    name: 'migration',
    command: process.execPath,
    args: [join(ROOT, 'dist', 'src', 'migrate.js')],
    cwd,
    env,
    ready: /Migrated the database/,
  });
  await migration.ended;
  const extra = (process.env.BENCH_NODE_OPTIONS ?? '').split(' ').filter((option) => option !== '');
  const [command, args] = pinned(SERVER_CORE, process.execPath, [
    ...extra,
    join(ROOT, 'dist', 'src', 'main.js'),
  ]);
  return startChild({
    name: `server (${env.STUDIO_DURABILITY})`,
    command,
    args,
    cwd,
    env,
    ready: /AI Studio is at (\S+)/,
  });
}

/** The built server with a database of its own, a provider, a model and a member's key. */
export async function startStudio(
  durability: Durability,
  upstream: string,
  databaseServer: DatabaseServer | null,
): Promise<Subject> {
  const dataDir = mkdtempSync(join(tmpdir(), 'ai-studio-bench-'));
  const adminKey = randomBytes(24).toString('base64url');
  const database = databaseServer
    ? await createDatabase(databaseServer, `ai_studio_bench_${process.pid}_${durability}`)
    : null;
  const clean = async (): Promise<void> => {
    await database?.drop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const env = environment(durability, dataDir, adminKey);
    const server = await startServer(database ? { ...env, DATABASE_URL: database.url } : env, dataDir);
    const studio = new StudioClient(server.match[1] ?? '', adminKey);
    const memberKey = await configure(studio, upstream);
    return {
      name: `AI Studio, ${durability}`,
      pid: server.pid,
      call: {
        url: `${studio.url}/v1/chat/completions`,
        headers: { authorization: `Bearer ${memberKey}` },
        body: JSON.stringify({ model: 'bench', messages: MESSAGES }),
      },
      verify: (calls) => verify(studio, calls),
      async stop() {
        await server.stop(40_000);
        await clean();
      },
    };
  } catch (error) {
    await clean();
    throw error;
  }
}

async function configure(studio: StudioClient, upstream: string): Promise<string> {
  const provider = await studio.post<{ id: string }>('/api/v1/providers', {
    name: 'upstream',
    type: 'openai',
    apiKey: 'sk-bench-not-real',
    configuration: { baseUrl: `${upstream}/v1` },
  });
  await studio.post('/api/v1/models', { providerId: provider.id, name: 'bench', modelId: 'gpt-4o' });
  const { key } = await studio.post<{ key: string }>('/api/v1/api-keys', { name: 'bench', role: 'member' });
  return key;
}

/** A benchmark of a server that loses calls would be worth nothing: all must be in the statistics, priced. */
async function verify(studio: StudioClient, calls: number): Promise<void> {
  const now = Date.now();
  let stats: Stats;
  do {
    await new Promise((resolvePause) => setTimeout(resolvePause, 500));
    stats = await studio.get<Stats>('/api/v1/usage/stats');
    if (Date.now() > now + COMPLETE_LIMIT_MS)
      throw new Error('The statistics are not complete after two minutes.');
  } while (Date.parse(stats.dataCompleteUntil) < now);
  const { requests, failedRequests, cost } = stats.totals;
  const expected = PICO_DOLLARS_PER_CALL * BigInt(calls);
  if (requests !== calls || failedRequests !== 0 || BigInt(cost.replace('.', '')) !== expected) {
    throw new Error(
      `${calls} calls were made, but the statistics say ${requests}, ${failedRequests} of them failed, for ${cost} dollars.`,
    );
  }
}
