import { type CompletionView } from '../../src/completions/dto/completion-view.dto';
import { type EstimateView } from '../../src/completions/dto/estimate-view.dto';
import { type EventPage } from '../../src/usage/dto/event.dto';
import { createBudget, ledgerCost, pico, reservationCount, statusOf } from '../support/budgets';
import { createKey, createModel, createTeam, directed, type VendorName } from '../support/configure';
import { engines } from '../support/engines';
import { type Simulator, startSimulator } from '../support/simulator/server';
import { startStudio, type Studio } from '../support/studio';
import { until } from '../support/until';
import { WIRE_FORMATS } from '../support/wire';

const VENDORS: readonly VendorName[] = ['openai', 'anthropic', 'google'];

interface ErrorBody {
  readonly code?: string;
  readonly error?: { readonly type?: string; readonly code?: string | number; readonly status?: string };
}

describe.each(engines)('Budgets at the doors on $name', (engine) => {
  let studio: Studio;
  let simulator: Simulator;
  let teamId: string;
  let key: string;

  beforeAll(async () => {
    simulator = await startSimulator();
    studio = await startStudio(engine);
  });

  afterAll(async () => {
    await studio.close();
    await simulator.close();
  });

  beforeEach(async () => {
    teamId = (await createTeam(studio, `team-${Math.random().toString(36).slice(2)}`)).id;
    key = (await createKey(studio, 'admin', {}, { team: teamId })).key;
  });

  const asTeam = () => ({ team: teamId });
  const makeModel = (vendor: VendorName, fields: object = {}) =>
    createModel(studio, simulator, vendor, { isDefault: true, ...fields }, asTeam());
  const callsToVendors = (): number => simulator.requests().length;
  const eventCount = async (): Promise<number> =>
    (await studio.request<EventPage>('GET', '/api/v1/usage/events', undefined, asTeam())).body.data.length;

  describe.each(VENDORS)('of a model of %s', (vendor) => {
    it.each(WIRE_FORMATS.flatMap((format) => [false, true].map((streamed) => ({ ...format, streamed }))))(
      'refuse at $name (streamed: $streamed) with 402 in its own form, and call nobody',
      async (format) => {
        const { streamed } = format;
        const model = await makeModel(vendor);
        await createBudget(studio, { limit: { amount: '0.000000000001' } }, asTeam());
        const before = callsToVendors();
        const answer = await studio.request<ErrorBody>(
          'POST',
          format.path(model.name, streamed),
          format.body(model.name, 'Hello', streamed),
          { key: null, headers: format.headers(key) },
        );
        expect(answer.status).toBe(402);
        expect(answer.headers.get('x-should-retry')).toBe('false');
        expect(answer.body.error).toBeDefined();
        expect(JSON.stringify(answer.body)).toContain('the budget');
        expect(callsToVendors()).toBe(before);
        expect(await eventCount()).toBe(0);
      },
    );

    it('refuse at our own doors: plain, streamed, tRPC, the test of a model', async () => {
      const model = await makeModel(vendor);
      const budget = await createBudget(studio, { limit: { amount: '0' } }, asTeam());
      const before = callsToVendors();
      const plain = await studio.request('POST', '/api/v1/completions', { prompt: 'Hello' }, { key });
      expect(plain).toMatchObject({
        status: 402,
        body: { code: 'budget_exceeded', budget: { id: budget.id, name: budget.name } },
      });
      const streamed = await studio.request(
        'POST',
        '/api/v1/completions',
        { prompt: 'Hello', stream: true },
        { key },
      );
      expect(streamed.status).toBe(402);
      const trpc = await studio.request(
        'POST',
        '/api/trpc/aiStudio.completions.generate',
        { prompt: 'Hello' },
        { key },
      );
      expect(trpc.status).toBe(402);
      const tested = await studio.request('POST', `/api/v1/models/${model.id}/test`, {}, { key });
      expect(JSON.stringify(tested.body)).toContain('budget');
      expect(callsToVendors()).toBe(before);
    });
  });

  it.each(['openai', 'google'] as const)('refuse embeddings of %s', async (vendor) => {
    const modelId = vendor === 'openai' ? 'text-embedding-3-small' : 'gemini-embedding-001';
    const model = await makeModel(vendor, { modelId });
    await createBudget(studio, { limit: { amount: '0' } }, asTeam());
    const before = callsToVendors();
    const answer = await studio.request(
      'POST',
      '/v1/embeddings',
      { model: model.name, input: 'Hello' },
      { key },
    );
    expect(answer.status).toBe(402);
    expect(callsToVendors()).toBe(before);
  });

  it('admit exactly as many of 200 calls at once as fit, and leave the whole rest when they are settled', async () => {
    await makeModel('openai');
    const body = {
      // Long enough for all to have asked before the first is settled; within what the request can use.
      prompt: directed({ latencyMs: 1500, usage: { input: 20, output: 100 } }),
      parameters: { maxTokens: 200 },
    };
    const estimate = await studio.request<EstimateView>('POST', '/api/v1/completions/estimate', body, {
      key,
    });
    const high = pico(estimate.body.high ?? '');
    const limit = high * 20n + high / 2n;
    const budget = await createBudget(
      studio,
      { limit: { amount: `${limit / 10n ** 12n}.${String(limit % 10n ** 12n).padStart(12, '0')}` } },
      asTeam(),
    );
    const before = callsToVendors();
    const answers = await Promise.all(
      Array.from({ length: 200 }, () =>
        studio.request<CompletionView>('POST', '/api/v1/completions', body, { key }),
      ),
    );
    const good = answers.filter(({ status }) => status === 200);
    expect(good.length).toBe(20);
    expect(answers.filter(({ status }) => status === 402).length).toBe(180);
    expect(callsToVendors() - before).toBe(20);
    const spent = good.reduce((sum, answer) => sum + pico(answer.body.cost.amount ?? ''), 0n);
    const status = await statusOf(studio, budget.id, asTeam());
    expect([pico(status.spent), pico(status.reserved), pico(status.remaining)]).toEqual([
      spent,
      0n,
      limit - spent,
    ]);
    expect(await ledgerCost(studio, teamId)).toBe(spent);
    expect(await reservationCount(studio)).toBe(0);
    const next = await studio.request('POST', '/api/v1/completions', body, { key });
    expect(next.status).toBe(200);
  });

  it('let an answer that is replayed pass, which costs nothing', async () => {
    await makeModel('openai');
    const budget = await createBudget(studio, {}, asTeam());
    const headers = { 'idempotency-key': `replay-${teamId}` };
    const ask = () =>
      studio.request<CompletionView>('POST', '/api/v1/completions', { prompt: 'Hello' }, { key, headers });
    const first = await ask();
    expect(first.status).toBe(200);
    const { spent } = await statusOf(studio, budget.id, asTeam());
    expect(spent).toBe(first.body.cost.amount);
    await studio.request('PATCH', `/api/v1/budgets/${budget.id}`, { limit: { amount: '0' } }, asTeam());
    const again = await ask();
    expect([again.status, again.body.id]).toEqual([200, first.body.id]);
    expect((await statusOf(studio, budget.id, asTeam())).spent).toBe(spent);
  });

  it.each([
    ['a failure that is not billed', { status: 500 }],
    ['a connection that is cut', { dropAfterEvents: 0 }],
    ['a plain answer', {}],
  ])('hold nothing back after %s', async (_case, directive) => {
    await makeModel('openai');
    const budget = await createBudget(studio, {}, asTeam());
    await studio.request('POST', '/api/v1/completions', { prompt: directed(directive) }, { key });
    const status = await statusOf(studio, budget.id, asTeam());
    expect(pico(status.reserved)).toBe(0n);
    expect(pico(status.spent)).toBe(await ledgerCost(studio, teamId));
  });

  it.each([false, true])(
    'count a call once whose further attempt they refuse (streamed: %s)',
    async (stream) => {
      await makeModel('openai', { provider: { configuration: { maxRetries: 1 } } });
      const budget = await createBudget(studio, {}, asTeam());
      simulator.enqueue({ status: 500, retryAfter: 2 }, { vendor: 'openai' });
      const before = callsToVendors();
      const asked = studio.request<ErrorBody>(
        'POST',
        '/api/v1/completions',
        { prompt: 'Hi', stream },
        { key },
      );
      await until(() => callsToVendors() > before);
      await studio.request('PATCH', `/api/v1/budgets/${budget.id}`, { limit: { amount: '0' } }, asTeam());
      expect((await asked).status).toBe(402);
      expect(callsToVendors()).toBe(before + 1);
      const listEvents = async () =>
        (await studio.request<EventPage>('GET', '/api/v1/usage/events', undefined, asTeam())).body.data;
      await until(async () => (await listEvents()).length === 2);
      expect(
        (await listEvents()).map(({ attempt, errorCode, cost }) => [attempt, errorCode, cost.amount]),
      ).toEqual([
        [2, 'budget_exceeded', '0.000000000000'],
        [1, expect.any(String), '0.000000000000'],
      ]);
      const { body } = await studio.request<{ totals: { requests: number; attempts: number } }>(
        'GET',
        '/api/v1/usage/stats',
        undefined,
        asTeam(),
      );
      expect(body.totals.requests).toBe(1);
      const { spent, reserved } = await statusOf(studio, budget.id, asTeam());
      expect([spent, reserved]).toEqual(['0.000000000000', '0.000000000000']);
    },
  );

  it('count what a key, a model, a provider, a user or a tag spends, and nothing else', async () => {
    const model = await makeModel('openai');
    const { id: keyId, key: own } = await createKey(studio, 'member', {}, asTeam());
    const scopes = {
      apiKey: keyId,
      model: model.name,
      provider: model.provider.id,
      user: 'ada',
      tag: 'nightly',
    };
    const ids = await Promise.all(
      Object.entries(scopes).map(
        async ([kind, id]) => (await createBudget(studio, { scope: { kind, id } }, asTeam())).id,
      ),
    );
    const mine = await studio.request<CompletionView>(
      'POST',
      '/api/v1/completions',
      { prompt: 'Hello', user: 'ada', tags: ['nightly'] },
      { key: own },
    );
    const cost = mine.body.cost.amount;
    for (const id of ids) expect((await statusOf(studio, id, asTeam())).spent).toBe(cost);
    await studio.request('POST', '/api/v1/completions', { prompt: 'Hello' }, { key });
    const spents = await Promise.all(ids.map(async (id) => (await statusOf(studio, id, asTeam())).spent));
    expect(spents.map((spent) => spent === cost)).toEqual([true, false, false, true, true]);
  });

  it('hold for a call whose tags are one to the database', async () => {
    await makeModel('openai');
    const team = await createBudget(studio, {}, asTeam());
    const tag = await createBudget(studio, { scope: { kind: 'tag', id: 'x\ud800' } }, asTeam());
    const tags = ['x\ud800', 'x\ud801', 'x'];
    const { status, body } = await studio.request<CompletionView>(
      'POST',
      '/api/v1/completions',
      { prompt: 'Hello', tags },
      { key },
    );
    expect(status).toBe(200);
    for (const { id } of [team, tag])
      expect(await statusOf(studio, id, asTeam())).toMatchObject({
        spent: body.cost.amount,
        reserved: '0.000000000000',
      });
  });

  it.each([
    [{ limit: { amount: '-1' } }, 'limit.amount'],
    [{ limit: { amount: 5 } }, 'limit.amount'],
    [{ limit: { amount: '1.0000000000001' } }, 'limit.amount'],
    [{ limit: {} }, 'limit'],
    [{ limit: { amount: '1', tokens: 5 } }, 'limit'],
    [{ limit: { tokens: -1 } }, 'limit.tokens'],
    [{ limit: { tokens: 1.5 } }, 'limit.tokens'],
    [{ scope: { kind: 'project' } }, 'scope.kind'],
    [{ scope: { kind: 'tag' } }, 'scope.id'],
    [{ window: 'year' }, 'window'],
    [{ timezone: 'Mars/Olympus' }, 'timezone'],
    [{ window: 'day', anchor: '2026-01-01' }, 'anchor'],
    [{ window: 'month', anchor: '2026-02-30' }, 'anchor'],
    [{ enforcement: 'firm' }, 'enforcement'],
    [{ thresholds: [0] }, 'thresholds'],
    [{ webhookUrl: 'ftp://example.com' }, 'webhookUrl'],
    [{ name: '' }, 'name'],
    [{ nonsense: 1 }, 'nonsense'],
  ])('say of %j which field is wrong', async (fields, field) => {
    const body = {
      name: 'x',
      scope: { kind: 'team' },
      limit: { amount: '1.00' },
      window: 'month',
      enforcement: 'hard',
      ...fields,
    };
    const answer = await studio.request<{ errors: { field: string }[] }>(
      'POST',
      '/api/v1/budgets',
      body,
      asTeam(),
    );
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((error) => error.field)).toContain(field);
  });

  it("are the team's alone: another's budget, key or model is not found", async () => {
    const budget = await createBudget(studio, {}, asTeam());
    const other = (await createTeam(studio, `other-${teamId}`)).id;
    const model = await createModel(studio, simulator, 'openai', {}, { team: other });
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/status'],
      ['GET', '/notifications'],
      ['PATCH', ''],
      ['DELETE', ''],
    ] as const) {
      const body = method === 'PATCH' ? { name: 'mine' } : undefined;
      const answer = await studio.request(method, `/api/v1/budgets/${budget.id}${path}`, body, {
        team: other,
      });
      expect(answer.status).toBe(404);
    }
    const foreign = await studio.request(
      'POST',
      '/api/v1/budgets',
      {
        name: 'f',
        scope: { kind: 'model', id: model.id },
        limit: { amount: '1' },
        window: 'day',
        enforcement: 'hard',
      },
      asTeam(),
    );
    expect(foreign.status).toBe(404);
  });

  it('have a name once in a team', async () => {
    const budget = await createBudget(studio, {}, asTeam());
    const again = await studio.request(
      'POST',
      '/api/v1/budgets',
      {
        name: budget.name,
        scope: { kind: 'team' },
        limit: { amount: '1' },
        window: 'day',
        enforcement: 'soft',
      },
      asTeam(),
    );
    expect(again).toMatchObject({ status: 409, body: { code: 'name_taken' } });
  });
});

describe.each(engines)('Budgets in relaxed mode on $name', (engine) => {
  it('hold just as exactly', async () => {
    const simulator = await startSimulator();
    const studio = await startStudio(engine, { settings: { durability: 'relaxed' } });
    try {
      await createModel(studio, simulator, 'openai', { isDefault: true });
      const body = { prompt: directed({ latencyMs: 1000 }), parameters: { maxTokens: 100 } };
      const { high } = (await studio.request<EstimateView>('POST', '/api/v1/completions/estimate', body))
        .body;
      const limit = pico(high ?? '') * 5n;
      const budget = await createBudget(studio, {
        limit: { amount: `0.${String(limit).padStart(12, '0')}` },
      });
      const answers = await Promise.all(
        Array.from({ length: 40 }, () => studio.request('POST', '/api/v1/completions', body)),
      );
      expect(answers.filter(({ status }) => status === 200).length).toBe(5);
      let status = await statusOf(studio, budget.id);
      for (let wait = 0; wait < 100 && pico(status.reserved) > 0n; wait += 1) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        status = await statusOf(studio, budget.id);
      }
      expect(pico(status.reserved)).toBe(0n);
      expect(pico(status.spent)).toBeGreaterThan(0n);
    } finally {
      await studio.close();
      await simulator.close();
    }
  });
});
