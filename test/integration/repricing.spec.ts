import { type PricePage, type PriceView } from '../../src/models/dto/price.dto';
import { type EventDetailView, type EventPage, type EventView } from '../../src/usage/dto/event.dto';
import { type RepricingView } from '../../src/usage/dto/repricing.dto';
import { type StatsView } from '../../src/usage/dto/stats.dto';
import { Clock } from '../../src/common/clock';
import { Database } from '../../src/database/database';
import { formatDollars, parseDecimal, parseDollars } from '../../src/common/money';
import { PERIOD_LOCKS, type PeriodLocks } from '../../src/usage/ledger/period-locks';
import { createKey, createTeam } from '../support/configure';
import { engines } from '../support/engines';
import { Dice } from '../support/random-usage';
import { rollUp } from '../support/settlements';
import { type Answer, startStudio, type Studio } from '../support/studio';

const MODELS = ['house-a', 'house-b'];
const FROM = '2026-03-01T00:00:00Z';
const TO = '2026-06-01T00:00:00Z';
const [START, END] = [Date.parse(FROM), Date.parse(TO)];

describe.each(engines)('Repricing on $name', (engine) => {
  let studio: Studio;
  let team: string;
  let count = 0;

  beforeAll(async () => {
    studio = await startStudio(engine);
  });
  beforeEach(async () => {
    count += 1;
    team = (await createTeam(studio, `team-${count}`, 'Asia/Kathmandu')).id;
  });
  afterAll(() => studio.close());

  const send = <T>(method: string, path: string, body?: unknown): Promise<Answer<T>> =>
    studio.request<T>(method, path, body, { team });

  async function track(events: readonly object[]): Promise<void> {
    const answer = await send<{ accepted: number }>('POST', '/api/v1/usage', { events });
    expect(answer.body.accepted).toBe(events.length);
  }
  const usageOf = (
    at: number,
    vendorModel: string,
    inputTokens: number,
    outputTokens: number,
    tags?: string[],
  ) => ({
    occurredAt: new Date(at).toISOString(),
    vendor: 'openai',
    vendorModel,
    usage: { inputTokens, outputTokens },
    ...(tags ? { tags } : {}),
  });
  async function price(fields: object): Promise<PriceView> {
    const { status, body } = await send<PriceView>('POST', '/api/v1/prices', {
      vendor: 'openai',
      vendorModel: 'house-a',
      validFrom: '2026-01-01',
      pricesPerMillion: { input_text: '1', output_text: '2' },
      source: 'contract',
      ...fields,
    });
    expect(status).toBe(201);
    return body;
  }
  const reprice = (dryRun: boolean | null, fields: object = {}) =>
    send<RepricingView>('POST', `/api/v1/prices/reprice${dryRun === null ? '' : `?dryRun=${dryRun}`}`, {
      from: FROM,
      to: TO,
      ...fields,
    });
  const events = async (): Promise<EventView[]> =>
    (await send<EventPage>('GET', '/api/v1/usage/events?limit=1000')).body.data;
  const detail = async (id: string | undefined): Promise<EventDetailView> =>
    (await send<EventDetailView>('GET', `/api/v1/usage/events/${id}`)).body;
  async function totals(): Promise<StatsView['totals']> {
    await rollUp(studio);
    const query = new URLSearchParams({ from: FROM, to: TO, granularity: 'month' }).toString();
    return (await send<StatsView>('GET', `/api/v1/usage/stats?${query}`)).body.totals;
  }
  const sumOf = (amounts: readonly (string | null)[]): string =>
    formatDollars(amounts.reduce((sum, amount) => sum + parseDollars(amount ?? '0'), 0n));

  it('prices what had no price, once its row is there, and coverage rises', async () => {
    await track([
      usageOf(START, 'house-a', 1000, 500),
      usageOf(START + 1, 'house-a', 2000, 0, ['red']),
      usageOf(START + 2, 'house-b', 10, 10),
    ]);
    expect(await totals()).toMatchObject({ cost: '0.000000000000', unpricedRequests: 3, coverage: 0 });
    const row = await price({});
    await studio.runJob('late-prices');
    expect(await totals()).toMatchObject({ cost: '0.004000000000', unpricedRequests: 1, requests: 3 });
    const [unpriced, second, first] = await events();
    expect(unpriced?.cost).toMatchObject({ amount: null, status: 'unpriced' });
    expect(second?.cost).toMatchObject({ amount: '0.002000000000', status: 'adjusted' });
    const shown = await detail(first?.id);
    expect(shown.cost).toEqual({
      amount: '0.002000000000',
      listAmount: '0.002000000000',
      currency: 'USD',
      status: 'adjusted',
      priceVersionId: row.id,
    });
    expect(shown.adjustments).toMatchObject([
      {
        revision: 1,
        kind: 'late_price',
        bookedAt: first?.occurredAt,
        amount: '0.002000000000',
        priceVersionId: row.id,
        runId: null,
        costLines: [
          { usageClass: 'input_text', count: 1000, unitPrice: '1', amount: '0.001000000000' },
          { usageClass: 'output_text', count: 500, unitPrice: '2', amount: '0.001000000000' },
        ],
      },
    ]);
    await studio.runJob('late-prices');
    expect((await detail(first?.id)).adjustments).toHaveLength(1);
    const listed = await studio.app
      .get(Database)
      .query<{ tried: number | string }>('SELECT tried FROM usage_unpriced_events');
    expect(listed.every(({ tried }) => Number(tried) > 0)).toBe(true);
  });

  it('says what would change by default, and changes it when it is told to, once', async () => {
    const wrong = await price({});
    const at = Date.parse('2026-03-31T18:14:59.999Z');
    await track([
      usageOf(at, 'house-a', 1_000_000, 0),
      usageOf(at + 1, 'house-a', 1_000_000, 0),
      usageOf(at + 2, 'house-b', 5, 5),
    ]);
    await price({ supersedes: wrong.id, pricesPerMillion: { input_text: '1.5', output_text: '2' } });
    const dry = (await reprice(null)).body;
    expect(dry).toMatchObject({ dryRun: true, nextCursor: null });
    // Kathmandu is 5:45 ahead: its April began between the first two.
    const part = { changedEvents: 1, before: '1.000000000000', after: '1.500000000000' };
    expect(dry.data).toMatchObject([
      { month: '2026-03', vendor: 'openai', vendorModel: 'house-a', events: 1, ...part },
      { month: '2026-04', vendor: 'openai', vendorModel: 'house-a', events: 1, ...part },
      { month: '2026-04', vendorModel: 'house-b', events: 1, changedEvents: 0, unpriceableEvents: 1 },
    ]);
    expect(dry.data[0]?.team).toEqual({ id: team, name: `team-${count}`, timezone: 'Asia/Kathmandu' });
    expect(dry.totals).toMatchObject({
      events: 3,
      before: '2.000000000000',
      after: '3.000000000000',
      difference: '1.000000000000',
    });
    expect((await totals()).cost).toBe('2.000000000000');
    const done = (await reprice(false)).body;
    expect([done.data, done.totals]).toEqual([dry.data, dry.totals]);
    expect((await totals()).cost).toBe('3.000000000000');
    const again = (await reprice(false)).body;
    expect(again.totals).toMatchObject({
      changedEvents: 0,
      before: '3.000000000000',
      difference: '0.000000000000',
    });
    const [, , first] = await events();
    const shown = await detail(first?.id);
    expect(shown.cost).toMatchObject({ amount: '1.500000000000', status: 'adjusted' });
    expect(shown.costLines).toMatchObject([{ amount: '1.000000000000' }]);
    expect(shown.adjustments).toMatchObject([
      { kind: 'reprice', runId: done.runId, amount: '0.500000000000' },
    ]);
  });

  it('corrects each event once, however many reprice at once', async () => {
    const wrong = await price({});
    await track(Array.from({ length: 300 }, (_, index) => usageOf(START + index, 'house-a', 1000, index)));
    await price({ supersedes: wrong.id, pricesPerMillion: { input_text: '3', output_text: '3' } });
    const answers = await Promise.all(Array.from({ length: 4 }, () => reprice(false)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const expected = 3n * 1000n * 300n + 3n * ((299n * 300n) / 2n);
    expect((await totals()).cost).toBe(formatDollars(expected * 1_000_000n));
    expect(answers.reduce((sum, { body }) => sum + body.totals.changedEvents, 0)).toBe(300);
  });

  it('goes on where it stopped for the time, as the same run', async () => {
    const wrong = await price({});
    for (let part = 0; part < 2; part += 1) {
      await track(
        Array.from({ length: 601 }, (_, index) => usageOf(START + (index % 7), 'house-a', 1000, part)),
      );
    }
    await price({ supersedes: wrong.id, pricesPerMillion: { input_text: '3', output_text: '3' } });
    let now = Date.now();
    const clock = jest.spyOn(studio.app.get(Clock), 'now').mockImplementation(() => (now += 30_000));
    const answers: RepricingView[] = [];
    try {
      for (let cursor: string | null | undefined; cursor !== null && answers.length < 10;) {
        const { body } = await reprice(false, cursor ? { cursor } : {});
        answers.push(body);
        cursor = body.nextCursor;
      }
    } finally {
      clock.mockRestore();
    }
    expect(answers.map(({ totals: { events: seen, changedEvents } }) => [seen, changedEvents])).toEqual([
      [500, 500],
      [500, 500],
      [202, 202],
    ]);
    expect(new Set(answers.map(({ runId }) => runId)).size).toBe(1);
    expect((await totals()).cost).toBe(formatDollars(3n * (1202n * 1000n + 601n) * 1_000_000n));
  });

  it('books in the open month what belongs to a closed one', async () => {
    const locks = studio.app.get<PeriodLocks>(PERIOD_LOCKS);
    const open = jest
      .spyOn(locks, 'bookingMoment')
      .mockImplementation((_team, occurredAt, now) =>
        occurredAt < Date.parse('2026-04-01') ? now : occurredAt,
      );
    try {
      await track([
        usageOf(START, 'house-a', 1000, 0),
        usageOf(Date.parse('2026-05-01'), 'house-a', 1000, 0),
      ]);
      await price({});
      await studio.runJob('late-prices');
      expect(await totals()).toMatchObject({ cost: '0.001000000000', unpricedRequests: 1 });
      const [, closed] = await events();
      const [adjustment] = (await detail(closed?.id)).adjustments;
      expect(Date.parse(adjustment?.bookedAt ?? '')).toBeGreaterThan(END);
      expect(closed?.cost.amount).toBe('0.001000000000');
    } finally {
      open.mockRestore();
    }
  });

  it('leaves a closed month as it was, and shows what was only moved out of it as it is', async () => {
    const wrong = await price({});
    await track([usageOf(START, 'house-a', 1000, 0)]);
    await rollUp(studio);
    expect((await send('POST', '/api/v1/periods/2026-03/close')).status).toBeLessThan(300);
    await track([usageOf(START + 86_400_000, 'house-a', 1000, 0)]);
    const [late] = await events();
    expect(late?.cost).toMatchObject({ amount: '0.001000000000', status: 'priced' });
    expect((await totals()).cost).toBe('0.001000000000');
    await price({ supersedes: wrong.id, pricesPerMillion: { input_text: '4', output_text: '2' } });
    expect((await reprice(false)).body.totals).toMatchObject({
      changedEvents: 2,
      difference: '0.006000000000',
    });
    expect((await totals()).cost).toBe('0.001000000000');
    const shown = await detail(late?.id);
    expect(shown.cost).toMatchObject({ amount: '0.004000000000', status: 'adjusted' });
    expect(shown.adjustments.map(({ kind, amount }) => [kind, amount])).toEqual([
      ['period', '-0.001000000000'],
      ['period', '0.001000000000'],
      ['reprice', '0.003000000000'],
    ]);
    expect((await reprice(true)).body.totals.changedEvents).toBe(0);
  });

  it('keeps what list prices say beside what the team pays', async () => {
    const usage = {
      vendor: 'openai',
      vendorModel: 'gpt-4o-mini',
      usage: { inputTokens: 1_000_000, outputTokens: 0 },
    };
    await track([{ ...usage, occurredAt: FROM }]);
    await price({
      vendorModel: 'gpt-4o-mini',
      pricesPerMillion: { input_text: '0.10', output_text: '0.60' },
    });
    await track([{ ...usage, occurredAt: FROM }]);
    await reprice(false, { vendor: 'openai', vendorModel: 'gpt-4o-mini' });
    for (const { cost } of await events()) {
      expect([cost.amount, cost.listAmount]).toEqual(['0.100000000000', '0.150000000000']);
    }
  });

  it('prices several models of one call each at its own row again', async () => {
    await price({
      vendor: 'anthropic',
      vendorModel: 'main',
      pricesPerMillion: { input_text: '1', output_text: '1' },
    });
    await price({
      vendor: 'anthropic',
      vendorModel: 'main',
      aboveContextTokens: 100,
      pricesPerMillion: { input_text: '10', output_text: '10' },
    });
    const entry = (type: string, model: string, input: number) => ({
      type,
      model,
      input_tokens: input,
      output_tokens: 1,
      cache_read_input_tokens: 0,
      cache_creation_input_tokens: 0,
    });
    await track([
      {
        occurredAt: FROM,
        vendor: 'anthropic',
        vendorModel: 'main',
        api: 'messages',
        usage: {
          model: 'main',
          usage: {
            input_tokens: 200,
            output_tokens: 1,
            iterations: [
              entry('message', 'main', 200),
              entry('compaction', 'main', 50),
              entry('advisor_message', 'other', 7),
            ],
          },
        },
      },
    ]);
    const [before] = await events();
    expect(before?.cost.status).toBe('unpriced');
    await price({
      vendor: 'anthropic',
      vendorModel: 'other',
      pricesPerMillion: { input_text: '100', output_text: '100' },
    });
    await reprice(false);
    // In micro-dollars: 201 at 10 beyond the border, 51 at 1 below it, 8 of the other model at 100.
    expect((await events())[0]?.cost.amount).toBe(formatDollars((2010n + 51n + 800n) * 1_000_000n));
  });

  it('comes, after any history of prices and corrections, to what the rows that hold now say', async () => {
    const dice = new Dice(41 + count);
    const day = (limit: number): number => START + dice.roll(limit) * 86_400_000;
    for (let round = 0; round < 6; round += 1) {
      await track(
        Array.from({ length: 40 }, () =>
          usageOf(
            START + dice.roll(END - START),
            dice.pick(MODELS),
            dice.roll(5_000_000),
            dice.roll(900_000),
          ),
        ),
      );
      for (let change = 0; change < 4; change += 1) {
        const validFrom = day(80);
        const own = (
          await send<PricePage>('GET', '/api/v1/prices?vendor=openai&limit=1000')
        ).body.data.filter(({ origin }) => origin === 'team');
        const corrected = own.length > 0 && dice.roll(3) === 0 ? dice.pick(own) : null;
        await send('POST', '/api/v1/prices', {
          vendor: 'openai',
          vendorModel: corrected?.vendorModel ?? dice.pick(MODELS),
          validFrom: corrected?.validFrom ?? new Date(validFrom).toISOString(),
          validTo: corrected
            ? corrected.validTo
            : dice.roll(2) === 0
              ? null
              : new Date(validFrom + 20 * 86_400_000).toISOString(),
          pricesPerMillion: {
            input_text: `${dice.roll(30)}.${String(dice.roll(1_000_000)).padStart(6, '0')}`,
            output_text: `${dice.roll(90)}.5`,
          },
          source: 'dice',
          ...(corrected ? { supersedes: corrected.id } : {}),
        });
      }
      if (dice.roll(2) === 0) await studio.runJob('late-prices');
      if (dice.roll(2) === 0)
        await reprice(false, dice.roll(2) === 0 ? { vendor: 'openai', vendorModel: dice.pick(MODELS) } : {});
    }
    const dry = (await reprice(true)).body;
    const last = (await reprice(false)).body;
    expect(last.totals).toEqual(dry.totals);

    const rows = (await send<PricePage>('GET', '/api/v1/prices?vendor=openai&limit=1000')).body.data.filter(
      ({ origin }) => origin === 'team',
    );
    const priceOf = (row: PriceView, name: 'input_text' | 'output_text'): bigint =>
      parseDecimal(row.pricesPerMillion[name] ?? '', 6);
    const all = await events();
    const repriced: (string | null)[] = [];
    let compared = 0;
    for (const { occurredAt, vendorModel, usage, cost } of all) {
      const row = rows.find(
        (each) =>
          each.vendorModel === vendorModel &&
          each.validFrom <= occurredAt &&
          (each.validTo === null || occurredAt < each.validTo),
      );
      repriced.push(cost.amount);
      if (!row) continue;
      compared += 1;
      const amount =
        BigInt(usage.inputTokens ?? 0) * priceOf(row, 'input_text') +
        BigInt(usage.outputTokens ?? 0) * priceOf(row, 'output_text');
      expect(cost.amount).toBe(formatDollars(amount));
    }
    expect(all).toHaveLength(240);
    expect(compared).toBeGreaterThan(60);
    const summed = await totals();
    expect(summed.cost).toBe(sumOf(repriced));
    expect(summed.unpricedRequests).toBe(all.filter(({ cost }) => cost.status === 'unpriced').length);
    expect((await reprice(true)).body.totals).toMatchObject({ changedEvents: 0, before: summed.cost });
  });

  it("of all teams is the platform administrator's, and says what changes for each in its own months", async () => {
    const { key } = await createKey(studio, 'admin', {}, { team });
    const body = { from: '2026-08-01', to: '2026-10-01', vendor: 'openai', allTeams: true };
    const path = '/api/v1/prices/reprice?dryRun=false';
    expect((await studio.request('POST', path, body, { key })).status).toBe(403);
    const first = team;
    const other = (await createTeam(studio, `far-${count}`, 'America/St_Johns')).id;
    const at = Date.parse('2026-09-01T00:00:00Z');
    for (const each of [first, other]) {
      team = each;
      const wrong = await price({});
      await track([usageOf(at, 'house-a', 1_000_000, 0)]);
      await price({ supersedes: wrong.id, pricesPerMillion: { input_text: '2', output_text: '2' } });
    }
    const answer = await studio.request<RepricingView>('POST', path, body);
    const shown = answer.body.data.map(({ month, team: { id }, difference }) => [month, id, difference]);
    expect(shown).toEqual(
      expect.arrayContaining([
        ['2026-09', first, '1.000000000000'],
        ['2026-08', other, '1.000000000000'],
      ]),
    );
    expect(shown).toHaveLength(2);
  });

  it.each<[string, object, string]>([
    ['a time that ends before it starts', { from: TO, to: FROM }, 'to'],
    ['a time without end', { to: undefined }, 'to'],
    ['centuries', { from: '1970-01-01' }, 'from'],
    ['an unknown vendor', { vendor: 'acme' }, 'vendor'],
    ['a model without its vendor', { vendorModel: 'gpt-4o' }, 'vendor'],
    ['a cursor of something else', { cursor: 'abc' }, 'cursor'],
  ])('refuses %s, by the name of the field', async (_name, fields, field) => {
    const { status, body } = await reprice(true, fields);
    expect([status, (body as unknown as { errors: { field: string }[] }).errors[0]?.field]).toEqual([
      400,
      field,
    ]);
  });

  it('is for who manages the team, says yes or no, and touches no other team', async () => {
    const { key } = await createKey(studio, 'member', {}, { team });
    const body = { from: FROM, to: TO };
    expect((await studio.request('POST', '/api/v1/prices/reprice', body, { key })).status).toBe(403);
    expect((await send('POST', '/api/v1/prices/reprice?dryRun=maybe', body)).status).toBe(400);
    await price({});
    await track([usageOf(START, 'house-a', 10, 0)]);
    const mine = team;
    team = (await createTeam(studio, `other-${count}`)).id;
    expect((await reprice(false)).body.totals.events).toBe(0);
    team = mine;
    expect((await reprice(false)).body.totals.events).toBe(1);
  });
});
