import { findVendor } from '../../src/providers/vendors';
import { type EventDetailView, type EventPage } from '../../src/usage/dto/event.dto';
import { type StatsView } from '../../src/usage/dto/stats.dto';
import { type TrackResultView } from '../../src/usage/dto/track.dto';
import { createModel, createTeam } from '../support/configure';
import { engines } from '../support/engines';
import { rollUp } from '../support/settlements';
import { type Simulator, startSimulator } from '../support/simulator/server';
import { startStudio, type Studio } from '../support/studio';

const plain = {
  vendor: 'openai',
  vendorModel: 'gpt-4o-mini',
  usage: { inputTokens: 1000, outputTokens: 200 },
};
/** By hand, in dollars: 1000 × 0.15 + 200 × 0.60 a million. */
const COST = '0.000270000000';

describe.each(engines)('Tracked usage on $name', (engine) => {
  let studio: Studio;
  let simulator: Simulator;
  let team: string;
  let count = 0;

  beforeAll(async () => {
    simulator = await startSimulator();
    studio = await startStudio(engine);
  });
  beforeEach(async () => {
    count += 1;
    team = (await createTeam(studio, `team-${count}`)).id;
  });
  afterAll(async () => {
    await studio.close();
    await simulator.close();
  });

  const track = (body: unknown) =>
    studio.request<TrackResultView & { code?: string }>('POST', '/api/v1/usage', body, { team });
  const list = async () =>
    (await studio.request<EventPage>('GET', '/api/v1/usage/events?limit=1000', undefined, { team })).body
      .data;

  it('is an event like any other, priced as of when it happened, and found by its id', async () => {
    const occurredAt = '2026-09-01T10:00:00.123Z';
    const sent = { ...plain, id: 'a', occurredAt, latencyMs: 900, timeToFirstTokenMs: 90 };
    const answer = await track({ ...sent, tags: ['blue'], metadata: { ticket: 7 }, user: 'ada' });
    expect([answer.status, answer.body]).toEqual([201, { accepted: 1, duplicates: 0, rejected: [] }]);
    const [listed] = await list();
    const { body } = await studio.request<EventDetailView>(
      'GET',
      `/api/v1/usage/events/${listed?.id}`,
      undefined,
      { team },
    );
    expect(body).toMatchObject({
      door: 'track',
      status: 'succeeded',
      occurredAt,
      vendor: 'openai',
      vendorModel: 'gpt-4o-mini',
      user: 'ada',
      tags: ['blue'],
      metadata: { ticket: 7 },
      cost: { amount: COST, status: 'priced' },
      performance: { latencyMs: 900, timeToFirstTokenMs: 90 },
      rawUsage: plain.usage,
    });
  });

  it('is recorded though others of its batch are wrong', async () => {
    const wrong = [
      { ...plain, occurredAt: null },
      { ...plain, context: { responseHeaders: { 'x-tier': 5 } } },
      { ...plain, usage: { inputTokens: null } },
    ];
    const { status, body } = await track({ events: [plain, ...wrong, plain] });
    expect([status, body.accepted]).toEqual([201, 2]);
    expect(body.rejected.map(({ index, errors }) => [index, errors?.[0]?.field])).toEqual([
      [1, 'occurredAt'],
      [2, 'context.responseHeaders'],
      [3, 'usage.inputTokens'],
    ]);
    expect(await list()).toHaveLength(2);
  });

  it('is recorded though the usage of another fails its reader', async () => {
    const vendor = findVendor('openai');
    if (!vendor) throw new Error('The vendor is not registered.');
    const reader = jest.spyOn(vendor, 'meterUsage').mockImplementation(() => {
      throw new TypeError('Nobody foresaw this.');
    });
    try {
      const odd = { ...plain, usage: { prompt_tokens: 5 } };
      const { status, body } = await track({ events: [odd, plain] });
      expect([status, body.accepted]).toEqual([201, 1]);
      expect(body.rejected).toMatchObject([{ index: 0, code: 'unreadable_usage' }]);
      const alone = await track(odd);
      expect([alone.status, alone.body.code]).toEqual([400, 'unreadable_usage']);
      expect(JSON.stringify([body, alone.body])).not.toContain('foresaw');
    } finally {
      reader.mockRestore();
    }
  });

  it('is counted once for the same id: in a batch, again later, and in another team anew', async () => {
    const twice = { ...plain, id: 'same' };
    expect((await track({ events: [twice, twice, plain, plain] })).body).toMatchObject({
      accepted: 3,
      duplicates: 1,
    });
    expect((await track({ ...twice, usage: { inputTokens: 5 } })).body).toMatchObject({
      accepted: 0,
      duplicates: 1,
    });
    expect(await list()).toHaveLength(3);
    team = (await createTeam(studio, `other-${count}`)).id;
    expect((await track(twice)).body).toMatchObject({ accepted: 1, duplicates: 0 });
  });

  it('takes an id, a user and a tag for the same with or without white space at its ends', async () => {
    const users = ['ada', 'ada ', ' ada'];
    const events = users.map((user) => ({ ...plain, id: user, user, tags: [user] }));
    expect((await track({ events })).body).toMatchObject({ accepted: 1, duplicates: 2 });
    expect((await track({ events: events.map(({ id: _id, ...event }) => event) })).body).toMatchObject({
      accepted: 3,
    });
    expect((await list()).map(({ user, tags }) => [user, tags])).toEqual(Array(4).fill(['ada', ['ada']]));
    expect((await track({ ...plain, tags: ['a', 'a '] })).status).toBe(400);
  });

  it('is counted once however many send the same id at the same moment', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        track(index % 2 === 0 ? { ...plain, id: 'raced' } : { events: [plain, { ...plain, id: 'raced' }] }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    const sum = (read: (result: TrackResultView) => number): number =>
      answers.reduce((total, { body }) => total + read(body), 0);
    expect([sum(({ accepted }) => accepted), sum(({ duplicates }) => duplicates)]).toEqual([26, 49]);
    expect(await list()).toHaveLength(26);
  });

  it('takes batches whose ids cross each other at the same moment', async () => {
    const ids = Array.from({ length: 40 }, (_, index) => ({ ...plain, id: `id-${index}` }));
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => track({ events: index % 2 === 0 ? ids : [...ids].reverse() })),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    expect(answers.reduce((total, { body }) => total + body.accepted, 0)).toBe(40);
    expect(await list()).toHaveLength(40);
  });

  it('of a thousand events is taken at once, and its sum is exact', async () => {
    const events = Array.from({ length: 1000 }, (_, index) => ({
      ...plain,
      id: `e-${index}`,
      tags: ['bulk'],
    }));
    expect((await track({ events })).body).toEqual({ accepted: 1000, duplicates: 0, rejected: [] });
    expect((await track({ events })).body).toEqual({ accepted: 0, duplicates: 1000, rejected: [] });
    await rollUp(studio);
    const { body } = await studio.request<StatsView>('GET', '/api/v1/usage/stats', undefined, { team });
    expect(body.totals).toMatchObject({ requests: 1000, cost: '0.270000000000', totalTokens: 1_200_000 });
    expect((await track({ events: [...events, plain] })).status).toBe(400);
    expect((await track({ events: [] })).status).toBe(400);
  });

  const WRONG: readonly (readonly [string, object, string, string])[] = [
    ['no model', { usage: { inputTokens: 1 } }, 'invalid_input', 'modelId'],
    ['an unknown vendor', { ...plain, vendor: 'acme' }, 'invalid_input', 'vendor'],
    ['a count below zero', { ...plain, usage: { inputTokens: -1 } }, 'invalid_input', 'usage.inputTokens'],
    ['no usage', { vendor: 'openai', vendorModel: 'm' }, 'invalid_input', 'usage'],
    ['an unknown field', { ...plain, colour: 1 }, 'invalid_input', 'colour'],
    ['a time that is none', { ...plain, occurredAt: '2026-W05-3' }, 'invalid_input', 'occurredAt'],
    ['a time before all', { ...plain, occurredAt: '1969-12-31' }, 'invalid_input', 'occurredAt'],
    ['the future', { ...plain, occurredAt: '2999-01-01T00:00:00Z' }, 'invalid_input', 'occurredAt'],
    ['the same tag twice', { ...plain, tags: ['a', 'a'] }, 'invalid_input', 'tags'],
  ];

  it('is rejected event by event, by its index, while the others are recorded', async () => {
    const events = WRONG.flatMap(([, event]) => [event, plain]);
    const { status, body } = await track({ events });
    expect(status).toBe(201);
    expect(body.accepted).toBe(WRONG.length);
    expect(body.rejected.map(({ index, code, errors }) => [index, code, errors?.[0]?.field])).toEqual(
      WRONG.map(([, , code, field], index) => [2 * index, code, field]),
    );
  });

  it.each(WRONG)('alone with %s is refused as a whole', async (_name, event, code, field) => {
    const { status, body } = await track(event);
    expect([status, body.code]).toEqual([400, code]);
    expect(body).toMatchObject({ errors: [expect.objectContaining({ field })] });
    expect(await list()).toEqual([]);
  });

  it("finds the team's own model by name or id, and no other team's", async () => {
    const model = await createModel(studio, simulator, 'openai', {}, { team });
    const usage = plain.usage;
    expect((await track({ modelId: model.id, usage })).status).toBe(201);
    expect((await track({ modelId: model.name, usage })).status).toBe(201);
    expect((await list()).map((event) => [event.model?.id, event.cost.amount])).toEqual([
      [model.id, COST],
      [model.id, COST],
    ]);
    team = (await createTeam(studio, `stranger-${count}`)).id;
    const stranger = await track({ modelId: model.id, usage });
    expect([stranger.status, stranger.body.code]).toEqual([404, 'model_not_found']);
    expect(await list()).toEqual([]);
  });

  it.each<[string, object, object, string]>([
    [
      "OpenAI's chat usage",
      {
        vendor: 'openai',
        vendorModel: 'gpt-4o-mini',
        usage: { prompt_tokens: 1200, completion_tokens: 300, prompt_tokens_details: { cached_tokens: 800 } },
      },
      { input_text: 400, cache_read_text: 800, output_text: 300 },
      '0.000300000000',
    ],
    [
      "OpenAI's responses usage",
      {
        vendor: 'openai',
        vendorModel: 'gpt-4o-mini',
        api: 'responses',
        usage: { input_tokens: 1000, output_tokens: 200, output_tokens_details: { reasoning_tokens: 50 } },
      },
      { input_text: 1000, output_text: 150, output_reasoning: 50 },
      COST,
    ],
    [
      "Anthropic's usage",
      {
        vendor: 'anthropic',
        vendorModel: 'claude-opus-5',
        usage: { input_tokens: 400, cache_read_input_tokens: 800, output_tokens: 300 },
      },
      { input_text: 400, cache_read_text: 800, output_text: 300 },
      '0.009900000000',
    ],
    [
      "Anthropic's usage of a batch, at half the price",
      {
        vendor: 'anthropic',
        vendorModel: 'claude-opus-5',
        context: { batch: true },
        usage: { input_tokens: 400, output_tokens: 300 },
      },
      { input_text: 400, output_text: 300 },
      '0.004750000000',
    ],
    [
      "Google's usage",
      {
        vendor: 'google',
        vendorModel: 'gemini-2.5-flash',
        usage: {
          promptTokenCount: 1200,
          cachedContentTokenCount: 800,
          candidatesTokenCount: 180,
          thoughtsTokenCount: 120,
          totalTokenCount: 1500,
        },
      },
      { input_text: 400, cache_read_text: 800, output_text: 180, output_reasoning: 120 },
      '0.000894000000',
    ],
  ])('is metered from %s', async (_name, event, vector, amount) => {
    expect((await track(event)).status).toBe(201);
    expect((await list())[0]).toMatchObject({ usage: { vector }, cost: { amount, status: 'priced' } });
  });

  it('that has no form known to the vendor is recorded as unknown, never as zero', async () => {
    expect((await track({ ...plain, usage: { anything: 1 } })).status).toBe(201);
    expect((await list())[0]).toMatchObject({
      usage: { inputTokens: null, vector: null },
      cost: { amount: null, status: 'unpriced' },
    });
  });
});
