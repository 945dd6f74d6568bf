import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type EventPage, type EventView } from '../../src/usage/dto/event.dto';
import { type StatsView } from '../../src/usage/dto/stats.dto';
import { type ModelView } from '../../src/models/dto/model.dto';
import { type ProviderView } from '../../src/providers/dto/provider.dto';
import { directed } from '../support/configure';
import { engines, type TestDatabase } from '../support/engines';
import { type Simulator, startSimulator } from '../support/simulator/server';
import { ageHeartbeats, startProcess, type StudioProcess } from '../support/studio-process';
import { until } from '../support/until';

const CALLS = 100;

describe.each(engines)('The server process on $name', (engine) => {
  let database: TestDatabase;
  let simulator: Simulator;
  const running: StudioProcess[] = [];

  beforeEach(async () => {
    simulator = await startSimulator();
    database = await engine.open();
  });
  afterEach(async () => {
    for (const process of running.splice(0)) await process.end('SIGKILL');
    await simulator.close();
    await database.drop();
  });

  async function start(environment?: Record<string, string>): Promise<StudioProcess> {
    const started = await startProcess(database, environment);
    running.push(started);
    return started;
  }

  async function configure(studio: StudioProcess): Promise<void> {
    const provider = await studio.request('POST', '/api/v1/providers', {
      name: 'simulated',
      type: 'openai',
      apiKey: 'sk-test-not-a-real-key',
      configuration: { baseUrl: simulator.openai.baseUrl },
    });
    const { id } = (await provider.json()) as ProviderView;
    const model = await studio.request('POST', '/api/v1/models', {
      providerId: id,
      name: 'mini',
      modelId: 'gpt-4o-mini',
      isDefault: true,
    });
    expect(((await model.json()) as ModelView).isDefault).toBe(true);
  }

  async function listEvents(studio: StudioProcess): Promise<EventView[]> {
    const response = await studio.request('GET', '/api/v1/usage/events?limit=1000');
    return ((await response.json()) as EventPage).data;
  }

  it('loses, keeps pending and doubles no event when it is killed in the middle of 100 calls', async () => {
    const first = await start();
    await configure(first);
    const answered: string[] = [];
    const calls = Array.from({ length: CALLS }, async (_, index) => {
      try {
        const prompt = directed({ latencyMs: 20 + index * 5, usage: { input: 100, output: 10 } });
        const response = await first.request('POST', '/api/v1/completions', { prompt });
        const { id } = (await response.json()) as { id: string };
        answered.push(id);
      } catch {
        // The server was killed before it answered.
      }
    });
    await until(() => answered.length >= 10);
    await first.end('SIGKILL');
    await Promise.all(calls);
    const sent = simulator.requests().filter(({ path }) => path.endsWith('/chat/completions')).length;
    expect(answered.length).toBeLessThan(CALLS);

    await ageHeartbeats(database);
    const second = await start();
    await until(async () => (await listEvents(second)).every(({ status }) => status !== 'pending'), 30_000);
    const events = await listEvents(second);
    expect(events.length).toBeGreaterThanOrEqual(sent);
    expect(events.length).toBeLessThanOrEqual(CALLS);
    expect(new Set(events.map(({ completionId }) => completionId)).size).toBe(events.length);
    const succeeded = events
      .filter(({ status }) => status === 'succeeded')
      .map(({ completionId }) => completionId);
    expect(succeeded).toEqual(expect.arrayContaining(answered));
    const rest = events.filter(({ status }) => status !== 'succeeded');
    expect(rest.length).toBeGreaterThan(0);
    for (const event of rest)
      expect(event).toMatchObject({ status: 'unknown', cost: { amount: null, status: 'unpriced' } });

    await until(async () => {
      const { totals } = (await (await second.request('GET', '/api/v1/usage/stats')).json()) as StatsView;
      return totals.requests === events.length;
    }, 20_000);
  }, 60_000);

  it('ends in order on SIGTERM: the call in flight is answered and settled, no new one begins, exit 0', async () => {
    const studio = await start();
    await configure(studio);
    const slow = studio.request('POST', '/api/v1/completions', {
      prompt: directed({ latencyMs: 700, text: 'late' }),
    });
    await until(() => simulator.requests().some(({ path }) => path.endsWith('/chat/completions')));
    const ended = studio.end('SIGTERM');
    await until(() =>
      studio.request('POST', '/api/v1/completions', { prompt: 'x' }).then(
        (answer) => answer.status === 503,
        () => true,
      ),
    );
    const answer = await slow;
    expect([answer.status, ((await answer.json()) as { content: string }).content]).toEqual([200, 'late']);
    expect(await ended).toBe(0);

    const again = await start();
    // A probe that came before the signal did is a call like any other.
    const statuses = (await listEvents(again)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set(['succeeded']));
  }, 60_000);

  it('ends a call that outlasts the limit, and settles it as failed by us', async () => {
    const studio = await start({ STUDIO_SHUTDOWN_TIMEOUT_SECONDS: '1' });
    await configure(studio);
    const endless = studio.request('POST', '/api/v1/completions', {
      prompt: directed({ latencyMs: 60_000 }),
    });
    await until(() => simulator.requests().some(({ path }) => path.endsWith('/chat/completions')));
    const ended = studio.end('SIGTERM');
    expect((await endless).status).toBe(503);
    expect(await ended).toBe(0);
    const again = await start();
    expect(await listEvents(again)).toMatchObject([
      { status: 'failed', origin: 'studio', errorCode: 'aborted' },
    ]);
  }, 60_000);

  it('refuses to start on a schema that is not migrated, with a sentence', async () => {
    const main = join(__dirname, '../../dist/src/main.js');
    const started = spawnSync(process.execPath, [main], {
      cwd: database.dataDir,
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH,
        PORT: '0',
        STUDIO_DATA_DIR: database.dataDir,
        STUDIO_ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
        ...(database.databaseUrl === null ? {} : { DATABASE_URL: database.databaseUrl }),
      },
    });
    expect(started.status).toBe(1);
    expect(started.stderr).toContain('npm run migrate');
  });

  it.each([
    [
      'a wrong master key',
      { STUDIO_ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 8).toString('base64')}` },
      'does not decrypt',
    ],
    [
      'a missing master key',
      { STUDIO_ENCRYPTION_KEYS: `k2:${Buffer.alloc(32, 8).toString('base64')}` },
      'STUDIO_ENCRYPTION_KEYS',
    ],
    ['a master key of wrong length', { STUDIO_ENCRYPTION_KEYS: 'k1:c2hvcnQ=' }, 'openssl rand'],
  ])(
    'refuses to start with %s, with a sentence',
    async (_what, environment, sentence) => {
      const studio = await start();
      await configure(studio);
      await studio.end('SIGTERM');
      await expect(start(environment)).rejects.toThrow(sentence);
    },
    60_000,
  );

  it('reads with old keys and writes with the first: a rotation needs no downtime of the data', async () => {
    const studio = await start();
    await configure(studio);
    await studio.end('SIGTERM');
    const newKey = `k2:${Buffer.alloc(32, 8).toString('base64')}`;
    const rotated = await start({
      STUDIO_ENCRYPTION_KEYS: `${newKey},k1:${Buffer.alloc(32, 7).toString('base64')}`,
    });
    expect((await rotated.request('POST', '/api/v1/completions', { prompt: 'x' })).status).toBe(200);
    await rotated.end('SIGTERM');
    const onlyNew = await start({ STUDIO_ENCRYPTION_KEYS: newKey });
    expect((await onlyNew.request('POST', '/api/v1/completions', { prompt: 'x' })).status).toBe(200);
  }, 60_000);
});

describe('The server process on an embedded database', () => {
  it('keeps a second process off its data directory', async () => {
    const [engine] = engines;
    if (!engine) throw new Error('There is no engine to test.');
    const database = await engine.open();
    const first = await startProcess(database);
    try {
      await expect(startProcess(database)).rejects.toThrow('Another AI Studio works on the data directory');
    } finally {
      await first.end('SIGTERM');
      await database.drop();
    }
  }, 30_000);
});
