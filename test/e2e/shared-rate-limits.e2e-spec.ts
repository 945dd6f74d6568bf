import { type ProblemView } from '../../src/common/http/problem.dto';
import { type ModelView } from '../../src/models/dto/model.dto';
import { createKey, createModel, createTeam } from '../support/configure';
import { engines, type TestDatabase } from '../support/engines';
import { type Simulator, startSimulator } from '../support/simulator/server';
import { startProcess, type StudioProcess } from '../support/studio-process';
import { type Answer, startStudio, type StartOptions, type Studio } from '../support/studio';

const { TEST_REDIS_URL } = process.env;
const DEAD_REDIS = 'redis://127.0.0.1:1';

async function sent<T>(to: StudioProcess, method: string, path: string, body?: object): Promise<T> {
  const answer = await to.request(method, path, body);
  expect(answer.status).toBeLessThan(300);
  return (await answer.json()) as T;
}

/** As many pass as may, and the rest is refused; a call that a busy machine could not count in time passes nowhere. */
function expectShared(answers: readonly { readonly status: number }[], limit: number): void {
  const count = (wanted: number): number => answers.filter(({ status }) => status === wanted).length;
  const uncounted = count(503);
  expect(count(200) + count(429) + uncounted).toBe(answers.length);
  expect(count(200)).toBeLessThanOrEqual(limit);
  expect(count(200)).toBeGreaterThanOrEqual(limit - uncounted);
}

describe.each(engines)('Limits of teams and instances on $name', (engine) => {
  let simulator: Simulator;
  const studios: Studio[] = [];
  const start = async (options?: StartOptions): Promise<Studio> => {
    const studio = await startStudio(engine, options);
    studios.push(studio);
    return studio;
  };

  beforeAll(async () => (simulator = await startSimulator()));
  afterEach(async () => {
    for (const studio of studios.splice(0).reverse()) await studio.close();
  });
  afterAll(() => simulator.close());

  const ask = (studio: Studio, model: ModelView, key: string): Promise<Answer<ProblemView>> =>
    studio.request('POST', '/api/v1/completions', { model: model.name, prompt: 'Hello' }, { key });

  it('hold a team’s limit for all of its keys, and for no other team', async () => {
    const studio = await start();
    const team = await createTeam(studio, 'limited');
    const options = { team: team.id };
    const model = await createModel(studio, simulator, 'openai', {}, options);
    const keys = [
      await createKey(studio, 'member', {}, options),
      await createKey(studio, 'member', {}, options),
    ];
    const limit = { requestsPerMinute: 2, tokensPerMinute: 100_000 };
    const changed = await studio.request('PATCH', `/api/v1/teams/${team.id}`, limit);
    expect(changed).toMatchObject({ status: 200, body: limit });
    const [first, second, third] = [
      await ask(studio, model, keys[0]?.key ?? ''),
      await ask(studio, model, keys[1]?.key ?? ''),
      await ask(studio, model, keys[0]?.key ?? ''),
    ];
    expect([first.status, second.status, third.status]).toEqual([200, 200, 429]);
    expect(second.headers.get('x-ratelimit-remaining-requests')).toBe('0');
    expect(third.body.detail).toMatch(/The team "limited" has a limit of 2 requests a minute/);
    const other = await createModel(studio, simulator);
    const free = await createKey(studio, 'member');
    expect((await ask(studio, other, free.key)).status).toBe(200);
    await studio.request('PATCH', `/api/v1/teams/${team.id}`, {
      requestsPerMinute: null,
      tokensPerMinute: null,
    });
    expect((await ask(studio, model, keys[0]?.key ?? '')).status).toBe(200);
  });

  it('count in memory while Redis is dead, or refuse what is limited, by policy', async () => {
    const local = await start({ settings: { redisUrl: DEAD_REDIS } });
    const model = await createModel(local, simulator);
    const { key } = await createKey(local, 'member', { requestsPerMinute: 1 });
    expect((await ask(local, model, key)).status).toBe(200);
    expect((await ask(local, model, key)).status).toBe(429);

    const strict = await start({ settings: { redisUrl: DEAD_REDIS, rateLimitFallback: 'refuse' } });
    const same = await createModel(strict, simulator);
    const limited = await createKey(strict, 'member', { requestsPerMinute: 1 });
    const refused = await ask(strict, same, limited.key);
    expect(refused).toMatchObject({ status: 503, body: { code: 'rate_limits_unavailable' } });
    expect(refused.headers.get('retry-after')).toBe('2');
    const free = await createKey(strict, 'member');
    expect((await ask(strict, same, free.key)).status).toBe(200);
  });

  const together = !!TEST_REDIS_URL && engine.name !== 'SQLite';
  (together ? it : it.skip)('hold across instances that share Redis', async () => {
    const settings = { redisUrl: TEST_REDIS_URL ?? '', rateLimitFallback: 'refuse' as const };
    const one = await start({ settings });
    const database: TestDatabase = one.database;
    const two = await start({ settings, database });
    const model = await createModel(one, simulator);
    const { key } = await createKey(one, 'member', { requestsPerMinute: 10 });
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => ask(index % 2 === 0 ? one : two, model, key)),
    );
    expectShared(answers, 10);
  });

  (together ? it : it.skip)('hold across processes that race on one Redis', async () => {
    const database = await engine.open();
    const processes: StudioProcess[] = [];
    const begin = async (): Promise<StudioProcess> => {
      // Where a machine is too busy for Redis to answer in time, counting on in memory would be one too many.
      const begun = await startProcess(database, {
        REDIS_URL: TEST_REDIS_URL ?? '',
        STUDIO_RATE_LIMIT_FALLBACK: 'refuse',
      });
      processes.push(begun);
      return begun;
    };
    try {
      const one = await begin();
      const { id: providerId } = await sent<ModelView>(one, 'POST', '/api/v1/providers', {
        name: 'simulated',
        type: 'openai',
        apiKey: 'sk-test-not-a-real-key',
        configuration: { baseUrl: simulator.openai.baseUrl },
      });
      await sent(one, 'POST', '/api/v1/models', {
        providerId,
        name: 'mini',
        modelId: 'gpt-4o-mini',
        isDefault: true,
      });
      const teams = await sent<{ data: { id: string }[] }>(one, 'GET', '/api/v1/teams');
      await sent(one, 'PATCH', `/api/v1/teams/${teams.data[0]?.id}`, { requestsPerMinute: 20 });
      const both = [one, await begin()];
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, index) =>
          (both[index % 2] ?? one).request('POST', '/api/v1/completions', { prompt: 'Hello' }),
        ),
      );
      expectShared(answers, 20);
      for (const answer of answers) {
        if (answer.status === 429) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      }
    } finally {
      for (const process of processes) await process.end('SIGKILL');
      await database.drop();
    }
  });
});
