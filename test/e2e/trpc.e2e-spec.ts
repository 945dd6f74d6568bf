import { createTRPCClient, httpBatchLink, TRPCClientError } from '@trpc/client';
import { type AppRouter } from '../../src/trpc/routers';
import { createKey, createModel } from '../support/configure';
import { engines } from '../support/engines';
import { type Simulator, startSimulator } from '../support/simulator/server';
import { ADMIN_KEY, startStudio, type Studio } from '../support/studio';

describe.each(engines)('tRPC on $name', (engine) => {
  let studio: Studio;
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await startSimulator();
    studio = await startStudio(engine);
  });
  afterAll(async () => {
    await studio.close();
    await simulator.close();
  });

  function clientOf(key = ADMIN_KEY) {
    const link = httpBatchLink({
      url: `${studio.url}/api/trpc`,
      headers: { authorization: `Bearer ${key}` },
    });
    return createTRPCClient<AppRouter>({ links: [link] }).aiStudio;
  }

  it('does the main job with the typed client', async () => {
    const client = clientOf();
    const provider = await client.providers.configure.mutate({
      name: 'main',
      type: 'openai',
      apiKey: 'sk-test-not-a-real-key',
      configuration: { baseUrl: simulator.openai.baseUrl },
    });
    const again = await client.providers.configure.mutate({
      name: 'main',
      type: 'openai',
      apiKey: 'sk-test-another-fake-key',
      configuration: { temperature: 0.2 },
    });
    expect(again).toMatchObject({
      id: provider.id,
      configuration: { baseUrl: simulator.openai.baseUrl, temperature: 0.2 },
    });
    const model = await client.models.create.mutate({
      providerId: provider.id,
      name: 'mini',
      modelId: 'gpt-4o-mini',
    });
    expect(await client.models.update.mutate({ id: model.id, isDefault: true })).toMatchObject({
      isDefault: true,
    });

    const [completion, providers, models] = await Promise.all([
      client.completions.generate.mutate({ prompt: 'Hello' }),
      client.providers.list.query({}),
      client.models.list.query({ include: 'monthlyUsage' }),
    ]);
    expect(completion).toMatchObject({ content: 'You said: Hello', cost: { status: 'priced' } });
    expect([providers.data.length, models.data.length]).toEqual([1, 1]);
    expect(await client.completions.estimate.query({ prompt: 'Hello' })).toMatchObject({ currency: 'USD' });

    const tracked = await client.usage.track.mutate({
      id: 'one',
      modelId: model.id,
      usage: { inputTokens: 10, outputTokens: 5 },
    });
    expect(tracked).toEqual({ accepted: 1, duplicates: 0, rejected: [] });
    await studio.runJob('usage-rollup');
    const now = Date.now();
    const stats = await client.usage.getStats.query({
      timeRange: { from: new Date(now - 3_600_000).toISOString(), to: new Date(now + 60_000).toISOString() },
      groupBy: 'model',
    });
    expect(stats.totals).toMatchObject({ requests: 2 });
  });

  it.each([
    ['with JSON', { 'content-type': 'application/json' }],
    ['as curl -d sends it', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['without a type', {}],
  ])('answers a plain POST %s, of mutations and queries', async (_how, headers) => {
    const post = (procedure: string, body: string) =>
      fetch(`${studio.url}/api/trpc/aiStudio.${procedure}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${ADMIN_KEY}`, ...headers },
        body: Buffer.from(body),
      });
    const generated = await post('completions.generate', '{"prompt":"Hello"}');
    expect([generated.status, await generated.json()]).toMatchObject([
      200,
      { result: { data: { content: 'You said: Hello' } } },
    ]);
    const listed = await post('models.list', '{}');
    expect([listed.status, await listed.json()]).toMatchObject([
      200,
      { result: { data: { nextCursor: null } } },
    ]);
  });

  it.each<[what: string, procedure: string, body: string, key: string | null, status: number, code: string]>([
    ['a wrong field', 'completions.generate', '{"prompt":5}', ADMIN_KEY, 400, 'BAD_REQUEST'],
    ['malformed JSON', 'completions.generate', '{"prompt"', ADMIN_KEY, 400, 'BAD_REQUEST'],
    ['a stream', 'completions.generate', '{"prompt":"x","stream":true}', ADMIN_KEY, 400, 'BAD_REQUEST'],
    [
      'an unknown model',
      'completions.generate',
      '{"prompt":"x","model":"nobody"}',
      ADMIN_KEY,
      404,
      'NOT_FOUND',
    ],
    ['a missing key', 'models.list', '{}', null, 401, 'UNAUTHORIZED'],
    ['an unknown procedure', 'models.explode', '{}', ADMIN_KEY, 404, 'NOT_FOUND'],
  ])('answers %s with a status and no stack trace', async (_what, procedure, body, key, status, code) => {
    const response = await fetch(`${studio.url}/api/trpc/aiStudio.${procedure}`, {
      method: 'POST',
      headers: key === null ? {} : { authorization: `Bearer ${key}` },
      body,
    });
    const text = await response.text();
    expect([response.status, JSON.parse(text)]).toMatchObject([
      status,
      { error: { data: { code, httpStatus: status } } },
    ]);
    expect(text).not.toMatch(/stack|node_modules/);
  });

  it('checks the role of the key for each procedure', async () => {
    const viewer = clientOf((await createKey(studio, 'viewer')).key);
    expect((await viewer.models.list.query({})).nextCursor).toBeNull();
    await expect(viewer.completions.generate.mutate({ prompt: 'x' })).rejects.toThrow(TRPCClientError);
    await expect(viewer.completions.generate.mutate({ prompt: 'x' })).rejects.toMatchObject({
      data: { code: 'FORBIDDEN' },
    });
  });

  it('gives the stored answer again under an Idempotency-Key, and refuses another input', async () => {
    await createModel(studio, simulator, 'openai', { name: 'once' });
    simulator.reset();
    const ask = (prompt: string, headers: Record<string, string> = { 'idempotency-key': 'trpc-1' }) =>
      studio.request<{ result?: { data: { id: string } }; error?: unknown }>(
        'POST',
        '/api/trpc/aiStudio.completions.generate',
        { model: 'once', prompt },
        { headers },
      );
    const first = await ask('Hello');
    const second = await ask('Hello');
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.body).toEqual(first.body);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    const other = await ask('Bye');
    expect(other.status).toBe(409);
    expect(other.headers.get('x-should-retry')).toBe('false');
    expect(other.body.error).toMatchObject({ data: { problem: { code: 'idempotency_key_reused' } } });
    expect((await ask('Hello', { 'idempotency-key': 'a b' })).status).toBe(400);
    expect(simulator.requests()).toHaveLength(1);
    expect((await ask('Hello', {})).body.result?.data.id).not.toBe(first.body.result?.data.id);
  });
});
