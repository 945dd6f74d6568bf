import {
  type ReconciliationDetailView,
  type ReconciliationPage,
} from '../../src/reconciliation/dto/reconciliation.dto';
import { RECONCILIATION_JOB } from '../../src/reconciliation/reconciliation.job';
import { createKey, createModel, createProvider, createTeam } from '../support/configure';
import { engines } from '../support/engines';
import { type Simulator, startSimulator } from '../support/simulator/server';
import { type Answer, startStudio, type Studio } from '../support/studio';

const DAY_MS = 86_400_000;
const dayAt = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
const secondsOf = (day: string): number => Date.parse(`${day}T00:00:00Z`) / 1000;
const OPENAI_ADMIN = 'sk-admin-not-a-real-key';

describe.each(engines)('Reconciliation on $name', (engine) => {
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
  beforeEach(() => simulator.reset());

  const reconcile = (body: object): Promise<Answer<ReconciliationDetailView>> =>
    studio.request<ReconciliationDetailView>('POST', '/api/v1/reconciliations', body);
  const today = { from: dayAt(0), to: dayAt(1) };

  async function track(
    provider: { id: string },
    modelId: string,
    usage: object,
    more: object = {},
  ): Promise<void> {
    const model = await createModelAt(provider.id, modelId);
    const { status } = await studio.request('POST', '/api/v1/usage', { modelId: model, usage, ...more });
    expect(status).toBe(201);
  }

  async function createModelAt(providerId: string, modelId: string): Promise<string> {
    const name = `${modelId}-${providerId}`;
    const made = await studio.request<{ id: string }>('POST', '/api/v1/models', {
      providerId,
      name,
      modelId,
    });
    if (made.status === 201) return made.body.id;
    const list = await studio.request<{ data: { id: string; name: string }[] }>(
      'GET',
      '/api/v1/models?limit=100',
    );
    return list.body.data.find((model) => model.name === name)?.id ?? '';
  }

  it('asks OpenAI page by page, with the administrator key, and explains what differs', async () => {
    const provider = await createProvider(studio, simulator, 'openai');
    const put = await studio.request('PUT', `/api/v1/providers/${provider.id}/admin-key`, {
      adminKey: OPENAI_ADMIN,
      apiKeyIds: ['key_ours'],
    });
    expect(put).toMatchObject({ status: 200, body: { keyHint: '-key', apiKeyIds: ['key_ours'] } });
    expect(JSON.stringify(put.body)).not.toContain(OPENAI_ADMIN);
    await track(provider, 'gpt-4o', { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500 });

    // More days than a page holds, the last of them today.
    const bucket = (days: number, results: object[]) => ({
      object: 'bucket',
      start_time: secondsOf(dayAt(-days)),
      end_time: secondsOf(dayAt(1 - days)),
      results,
    });
    const usage = (api_key_id: string, tokens: number) => ({
      object: 'organization.usage.completions.result',
      input_tokens: tokens,
      output_tokens: 500,
      model: 'gpt-4o-2024-08-06',
      batch: false,
      service_tier: 'default',
      api_key_id,
    });
    const days = Array.from({ length: 40 }, (_, index) => 40 - index);
    simulator.report('/v1/organization/usage/completions', [
      ...days.map((day) => bucket(day, [])),
      bucket(0, [usage('key_ours', 1000), usage('key_theirs', 200)]),
    ]);
    const cost = (line_item: string, value: number, api_key_id: string | null = 'key_ours') => ({
      object: 'organization.costs.result',
      amount: { value, currency: 'usd' },
      line_item,
      api_key_id,
    });
    simulator.report('/v1/organization/costs', [
      bucket(0, [
        cost('gpt-4o-2024-08-06, input', 0.0025),
        cost('gpt-4o-2024-08-06, output', 0.005),
        cost('gpt-4o-2024-08-06, input', 0.0055, 'key_theirs'),
        cost('web search tool calls', 0.01),
      ]),
    ]);

    const { status, body } = await reconcile({ providerId: provider.id, from: dayAt(-40), to: dayAt(1) });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      status: 'completed',
      source: 'api',
      vendor: 'openai',
      summary: { lines: 2, equal: 0, explained: 2, unexplained: 0, oursTokens: 1500, vendorTokens: 2200 },
    });
    expect(body.lines.find(({ model }) => model === 'gpt-4o')).toMatchObject({
      day: dayAt(0),
      verdict: 'explained',
      tokens: { difference: 700, causes: [{ cause: 'other_keys', amount: 700 }], unexplained: 0 },
      money: {
        ours: '0.007500000000',
        vendor: '0.013000000000',
        causes: [{ cause: 'other_keys', amount: '0.005500000000' }],
        unexplained: '0.000000000000',
      },
    });
    expect(body.lines.find(({ model }) => model === null)?.money.causes).toMatchObject([
      { cause: 'tool_fees' },
    ]);
    const pages = simulator.requests().filter(({ path }) => path.includes('/usage/completions'));
    expect(pages).toHaveLength(2);
    expect(pages[0]?.headers.authorization).toBe(`Bearer ${OPENAI_ADMIN}`);
    expect(decodeURIComponent(pages[1]?.path ?? '')).toContain('group_by[]=model');

    const listed = await studio.request<ReconciliationPage>('GET', '/api/v1/reconciliations');
    expect(listed.body.data.map(({ id }) => id)).toContain(body.id);
    expect(JSON.stringify(listed.body)).not.toContain('"lines":[');
    const shown = await studio.request<ReconciliationDetailView>('GET', `/api/v1/reconciliations/${body.id}`);
    expect(shown.body).toEqual(body);
  });

  it('reads what Anthropic bills in cents', async () => {
    const provider = await createProvider(studio, simulator, 'anthropic');
    await studio.request('PUT', `/api/v1/providers/${provider.id}/admin-key`, {
      adminKey: 'sk-ant-admin-fake',
    });
    await track(provider, 'claude-opus-5', { input_tokens: 1000, output_tokens: 100 });
    const bucket = (results: object[]) => ({
      starting_at: `${dayAt(0)}T00:00:00Z`,
      ending_at: `${dayAt(1)}T00:00:00Z`,
      results,
    });
    simulator.report('/v1/organizations/usage_report/messages', [
      bucket([
        {
          uncached_input_tokens: 1000,
          cache_read_input_tokens: 0,
          cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
          output_tokens: 100,
          model: 'claude-opus-5',
          service_tier: 'standard',
          inference_geo: 'global',
          api_key_id: 'apikey_1',
        },
      ]),
    ]);
    simulator.report('/v1/organizations/cost_report', [
      bucket([
        { amount: '0.5', currency: 'USD', model: 'claude-opus-5', cost_type: 'tokens' },
        { amount: '0.25', currency: 'USD', model: 'claude-opus-5', cost_type: 'tokens' },
      ]),
    ]);
    const { body } = await reconcile({ providerId: provider.id, ...today });
    expect(body.lines).toMatchObject([
      {
        model: 'claude-opus-5',
        verdict: 'equal',
        money: { ours: '0.007500000000', vendor: '0.007500000000' },
      },
    ]);
  });

  it('imports Google’s export, and of one with a broken line nothing, saying where', async () => {
    const provider = await createProvider(studio, simulator, 'google');
    await track(provider, 'gemini-2.5-flash', {
      promptTokenCount: 1000,
      candidatesTokenCount: 100,
      totalTokenCount: 1100,
    });
    const header = 'usage_start_time,sku.description,usage.amount,usage.unit,cost,currency,credits';
    const line = (day: string, what: string, tokens: number, cost: string) =>
      `${day} 10:00:00 UTC,"Generate content ${what} token count Gemini 2.5 Flash, text",${tokens},count,${cost},USD,`;
    const csv = [
      header,
      line(dayAt(-9), 'input', 5, '1'),
      line(dayAt(0), 'input', 1000, '0.0003'),
      line(dayAt(0), 'output', 100, '0.00025'),
    ].join('\n');
    const { status, body } = await reconcile({ providerId: provider.id, ...today, csv });
    expect(status).toBe(201);
    expect(body).toMatchObject({ source: 'csv', lines: [{ model: 'gemini-2.5-flash', verdict: 'equal' }] });

    const before = await studio.request<ReconciliationPage>('GET', '/api/v1/reconciliations?limit=100');
    const filler = line(dayAt(0), 'input', 1, '0.000000000000000000000000000000001');
    const lines = Array.from({ length: 90_000 }, () => filler);
    lines[69_998] = line(dayAt(0), 'input', 1, 'a lot');
    const large = [header, ...lines].join('\n');
    expect(large.length).toBeGreaterThan(10_000_000);
    const refused = await reconcile({ providerId: provider.id, ...today, csv: large });
    expect(refused).toMatchObject({
      status: 400,
      body: {
        code: 'csv_invalid',
        line: 70_000,
        errors: [{ field: 'csv', message: expect.stringMatching(/^line 70000: /) as string }],
      },
    });
    const after = await studio.request<ReconciliationPage>('GET', '/api/v1/reconciliations?limit=100');
    expect(after.body.data).toHaveLength(before.body.data.length);
  });

  it('takes a plain CSV for any vendor', async () => {
    const provider = await createProvider(studio, simulator, 'openai');
    await track(provider, 'gpt-4o', { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500 });
    const csv = `day,model,input_tokens,output_tokens,cost\r\n${dayAt(0)},gpt-4o,1000,600,0.0085\r\n`;
    const { body } = await reconcile({ providerId: provider.id, ...today, csv });
    expect(body.lines).toMatchObject([
      { verdict: 'unexplained', tokens: { unexplained: 100 }, money: { difference: '0.001000000000' } },
    ]);
  });

  it('refuses a report of more lines than can be kept', async () => {
    const provider = await createProvider(studio, simulator, 'openai');
    const lines = Array.from({ length: 10_001 }, (_, index) => `${dayAt(0)},model-a${index},1`);
    const csv = ['day,model,cost', ...lines].join('\n');
    expect(await reconcile({ providerId: provider.id, ...today, csv })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'to', message: expect.stringMatching(/10001 days and models/) as string }] },
    });
  });

  it('compares what events cost with their corrections', async () => {
    const provider = await createProvider(studio, simulator, 'openai');
    const vendorModel = `house-${provider.id}`;
    await track(provider, vendorModel, { inputTokens: 1000, outputTokens: 0 });
    const csv = `day,model,input_tokens,output_tokens,cost\n${dayAt(0)},${vendorModel},1000,0,0.003\n`;
    const compare = async (): Promise<unknown> =>
      (await reconcile({ providerId: provider.id, ...today, csv })).body.lines.find(
        ({ model }) => model === vendorModel,
      );
    expect(await compare()).toMatchObject({
      verdict: 'explained',
      money: { ours: '0.000000000000', causes: [{ cause: 'unpriced', amount: '0.003000000000', events: 1 }] },
    });

    const price = { vendor: 'openai', vendorModel, validFrom: '2026-01-01', source: 'contract' };
    const row = await studio.request<{ id: string }>('POST', '/api/v1/prices', {
      ...price,
      pricesPerMillion: { input_text: '2' },
    });
    await studio.runJob('late-prices');
    expect(await compare()).toMatchObject({
      verdict: 'explained',
      money: { ours: '0.002000000000', causes: [{ cause: 'rounding', amount: '0.001000000000' }] },
    });

    await studio.request('POST', '/api/v1/prices', {
      ...price,
      pricesPerMillion: { input_text: '3' },
      supersedes: row.body.id,
    });
    const { status } = await studio.request('POST', '/api/v1/prices/reprice?dryRun=false', {
      from: `${dayAt(0)}T00:00:00Z`,
      to: `${dayAt(1)}T00:00:00Z`,
      vendor: 'openai',
      vendorModel,
    });
    expect(status).toBe(200);
    expect(await compare()).toMatchObject({
      verdict: 'equal',
      money: { ours: '0.003000000000', vendor: '0.003000000000', causes: [] },
    });
  });

  it.each([
    ['a range that ends before it starts', { from: dayAt(0), to: dayAt(-1) }, 'to'],
    ['an empty range', { from: dayAt(0), to: dayAt(0) }, 'to'],
    ['a range that is too long', { from: dayAt(-200), to: dayAt(0) }, 'to'],
    ['the future', { from: dayAt(0), to: dayAt(3) }, 'to'],
    ['a day that is none', { from: '2026-02-30', to: dayAt(0) }, 'from'],
    ['no provider', { providerId: 'none', ...today }, 'providerId'],
  ])('refuses %s, by the field', async (_what, change, field) => {
    const provider = await createProvider(studio, simulator, 'openai');
    const { status, body } = await reconcile({ providerId: provider.id, ...change });
    expect(status).toBe(400);
    expect(body).toMatchObject({ errors: [{ field }] });
  });

  it('says what is needed where there is no key, no report, or a key without rights', async () => {
    const google = await createProvider(studio, simulator, 'google');
    expect(await reconcile({ providerId: google.id, ...today })).toMatchObject({
      status: 400,
      body: { code: 'report_not_offered' },
    });
    const path = (id: string): string => `/api/v1/providers/${id}/admin-key`;
    expect(await studio.request('PUT', path(google.id), { adminKey: OPENAI_ADMIN })).toMatchObject({
      status: 400,
    });
    const openai = await createProvider(studio, simulator, 'openai');
    expect(await reconcile({ providerId: openai.id, ...today })).toMatchObject({
      status: 409,
      body: { code: 'admin_key_needed' },
    });
    await studio.request('PUT', path(openai.id), { adminKey: 'sk-plain-fake' });
    const refused = await reconcile({ providerId: openai.id, ...today });
    expect(refused.status).toBe(424);
    expect(JSON.stringify(refused.body)).not.toContain('sk-plain-fake');
    expect((await studio.request('DELETE', path(openai.id))).status).toBe(204);
    expect((await studio.request('DELETE', path(openai.id))).status).toBe(404);
  });

  it('keeps keys, ids and reports within their team', async () => {
    const provider = await createProvider(studio, simulator, 'openai');
    const csv = `day,model,cost\n${dayAt(0)},gpt-4o,1\n`;
    const made = await reconcile({ providerId: provider.id, ...today, csv });
    const other = await createTeam(studio, `other-${provider.id}`);
    const { key } = await createKey(studio, 'admin', {}, { team: other.id });
    const theirs = (method: string, path: string, body?: object) =>
      studio.request(method, path, body, { key });
    expect((await theirs('GET', `/api/v1/reconciliations/${made.body.id}`)).status).toBe(404);
    expect((await theirs('GET', '/api/v1/reconciliations')).body).toMatchObject({ data: [] });
    expect(
      (await theirs('POST', '/api/v1/reconciliations', { providerId: provider.id, ...today, csv })).status,
    ).toBe(404);
    const member = await createKey(studio, 'member');
    const asMember = await studio.request('POST', '/api/v1/reconciliations', {}, { key: member.key });
    expect(asMember.status).toBe(403);
  });

  it('compares the last days of providers with a key by itself, once a day, and keeps a failure', async () => {
    const team = await createTeam(studio, 'nightly');
    const options = { team: team.id };
    const { providerId } = await createModel(studio, simulator, 'openai', {}, options);
    await studio.request(
      'PUT',
      `/api/v1/providers/${providerId}/admin-key`,
      { adminKey: OPENAI_ADMIN },
      options,
    );
    const broken = await createProvider(studio, simulator, 'anthropic', {}, options);
    await studio.request(
      'PUT',
      `/api/v1/providers/${broken.id}/admin-key`,
      { adminKey: 'sk-plain-fake' },
      options,
    );
    await studio.runJob(RECONCILIATION_JOB);
    await studio.runJob(RECONCILIATION_JOB);
    const { body } = await studio.request<ReconciliationPage>(
      'GET',
      '/api/v1/reconciliations',
      undefined,
      options,
    );
    expect(body.data).toHaveLength(2);
    expect(body.data.find((row) => row.providerId === providerId)).toMatchObject({
      isScheduled: true,
      status: 'completed',
      from: dayAt(-3),
      to: dayAt(0),
    });
    expect(body.data.find((row) => row.providerId === broken.id)).toMatchObject({
      status: 'failed',
      problem: expect.stringMatching(/permission/) as string,
    });
    const removed = await studio.request('DELETE', `/api/v1/providers/${broken.id}`, undefined, options);
    expect(removed.status).toBe(204);
  });
});
