import { type ProblemView } from '../../src/common/http/problem.dto';
import {
  type CreatedPriceView,
  type PriceLookupView,
  type PricePage,
  type PriceReviewPage,
  type PriceView,
} from '../../src/models/dto/price.dto';
import { PriceBookService } from '../../src/models/prices/price-book.service';
import { type DiscountView } from '../../src/models/dto/price-discount.dto';
import { type EventPage } from '../../src/usage/dto/event.dto';
import { createKey, createTeam } from '../support/configure';
import { engines } from '../support/engines';
import { type Answer, startStudio, type Studio } from '../support/studio';
import { until } from '../support/until';

const PRICE = {
  vendor: 'openai',
  vendorModel: 'gpt-4o-mini',
  validFrom: '2026-01-01T00:00:00Z',
  pricesPerMillion: { input_text: '0.10', output_text: '0.40' },
  source: 'contract 17',
};

describe.each(engines)('Prices on $name', (engine) => {
  let studio: Studio;
  let team: string;
  let count = 0;

  beforeAll(async () => {
    studio = await startStudio(engine);
  });
  beforeEach(async () => {
    count += 1;
    team = (await createTeam(studio, `team-${count}`)).id;
  });
  afterAll(() => studio.close());

  const post = <T = CreatedPriceView>(fields: object): Promise<Answer<T>> =>
    studio.request<T>('POST', '/api/v1/prices', { ...PRICE, ...fields }, { team });
  const get = <T>(path: string, as = team): Promise<Answer<T>> =>
    studio.request<T>('GET', `/api/v1/prices${path}`, undefined, { team: as });
  const lookUp = (query: Record<string, string>, as = team) =>
    get<PriceLookupView & { code?: string; detail?: string }>(
      `/lookup?${new URLSearchParams({ vendor: 'openai', vendorModel: 'gpt-4o-mini', ...query }).toString()}`,
      as,
    );
  async function own(): Promise<[from: string, to: string | null, input: string | undefined][]> {
    const { body } = await get<PricePage>('?vendor=openai&vendorModel=gpt-4o-mini&limit=1000');
    return body.data
      .filter(({ origin }) => origin === 'team')
      .map(({ validFrom, validTo, pricesPerMillion }): [string, string | null, string | undefined] => [
        validFrom.slice(0, 10),
        validTo?.slice(0, 10) ?? null,
        pricesPerMillion.input_text,
      ])
      .sort();
  }

  it("go before the list for the team that recorded them, and for no other team's calls", async () => {
    const { status, body } = await post({ note: 'ten percent off' });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      origin: 'team',
      servedTier: 'standard',
      surface: null,
      regionClass: null,
      aboveContextTokens: 0,
      validFrom: '2026-01-01T00:00:00.000Z',
      validTo: null,
      pricesPerMillion: PRICE.pricesPerMillion,
      unitPrices: {},
      source: 'contract 17',
      note: 'ten percent off',
      supersededAt: null,
      warnings: [],
      superseded: [],
      remaining: [],
    });
    const { body: found } = await lookUp({ vendorModel: 'gpt-4o-mini-2024-07-18', at: '2026-06-01' });
    expect(found.id).toBe(body.id);
    expect(found.why[0]).toBe("It is the team's own price, which goes before list prices.");
    expect((await lookUp({ at: '2025-12-31T23:59:59.999Z' })).body.origin).toBe('list');
    const other = (await createTeam(studio, `other-${count}`)).id;
    expect((await lookUp({ at: '2026-06-01' }, other)).body.origin).toBe('list');
    expect((await get<PriceView>(`/${body.id}`, other)).status).toBe(404);
    expect((await get<PriceView>(`/${body.id}`)).body).toMatchObject({
      id: body.id,
      note: 'ten percent off',
    });
  });

  it('are announced by the new row alone, and kept as they were recorded', async () => {
    const first = (await post({})).body;
    const { body } = await post({ validFrom: '2026-12-01', pricesPerMillion: { input_text: '0.2' } });
    expect(body.superseded).toEqual([first.id]);
    expect(body.remaining).toMatchObject([{ validTo: '2026-12-01T00:00:00.000Z', note: null }]);
    expect(await own()).toEqual([
      ['2026-01-01', '2026-12-01', '0.10'],
      ['2026-12-01', null, '0.2'],
    ]);
    const before = await lookUp({ at: '2026-12-24', recordedAt: first.recordedAt });
    expect(before.body.id).toBe(first.id);
    expect((await lookUp({ at: '2026-12-24' })).body.id).toBe(body.id);
    expect((await get<PriceView>(`/${first.id}`)).body.supersededAt).toBe(body.recordedAt);
  });

  it('are refused where they overlap, naming the row, until they say which one was wrong', async () => {
    const first = (await post({ validTo: '2026-07-01' })).body;
    const overlap = { validFrom: '2026-06-30', pricesPerMillion: { input_text: '0.15' } };
    const refused = await post<ProblemView & { priceId: string }>(overlap);
    expect([refused.status, refused.body.code, refused.body.priceId]).toEqual([
      409,
      'price_overlap',
      first.id,
    ]);
    expect(refused.body.detail).toContain('from 2026-01-01T00:00:00.000Z, to 2026-07-01T00:00:00.000Z');
    expect((await post({ validFrom: '2026-07-01' })).status).toBe(201);
    const corrected = await post({ supersedes: first.id, validTo: '2026-07-01' });
    expect(corrected.body.superseded).toEqual([first.id]);
    expect((await post({ supersedes: first.id, validTo: '2026-07-01' })).status).toBe(404);
    const other = await post({ servedTier: 'batch', supersedes: corrected.body.id });
    expect([other.status, (other.body as unknown as ProblemView).errors?.[0]?.field]).toEqual([
      400,
      'supersedes',
    ]);
  });

  it('never overlap, however many are recorded at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        post({ pricesPerMillion: { input_text: `0.1${index}` } }).then(({ status }) => status),
      ),
    );
    expect(answers.sort()).toEqual([201, ...Array<number>(11).fill(409)]);
    expect(await own()).toHaveLength(1);
  });

  it('stop pricing when they are withdrawn; list prices cannot be', async () => {
    const { body } = await post({});
    const withdraw = (id: string, as = team) =>
      studio.request<ProblemView>('DELETE', `/api/v1/prices/${encodeURIComponent(id)}`, undefined, {
        team: as,
      });
    const other = (await createTeam(studio, `other-${count}`)).id;
    expect((await withdraw(body.id, other)).status).toBe(404);
    expect((await withdraw(body.id)).status).toBe(204);
    expect((await withdraw(body.id)).status).toBe(204);
    const listed = (await lookUp({ at: '2026-06-01' })).body;
    expect(listed.origin).toBe('list');
    expect((await lookUp({ at: '2026-06-01', recordedAt: body.recordedAt })).body.id).toBe(body.id);
    const refused = await withdraw(listed.id);
    expect([refused.status, refused.body.code]).toEqual([409, 'price_not_own']);
  });

  it('are recorded by who manages the team alone', async () => {
    const { key } = await createKey(studio, 'member', {}, { team });
    expect((await studio.request('POST', '/api/v1/prices', PRICE, { key })).status).toBe(403);
    expect((await studio.request('GET', '/api/v1/prices?limit=1', undefined, { key })).status).toBe(200);
  });

  it.each<[string, object, string, RegExp]>([
    [
      'a negative price',
      { pricesPerMillion: { input_text: '-1' } },
      'pricesPerMillion.input_text',
      /negative/,
    ],
    ['a number', { pricesPerMillion: { input_text: 1.5 } }, 'pricesPerMillion.input_text', /in quotes/],
    ['no price', { pricesPerMillion: {} }, 'pricesPerMillion', /must have a price/],
    ['an unknown vendor', { vendor: 'acme' }, 'vendor', /registered are openai, anthropic, google/],
    ['an end before the start', { validTo: '2025-12-31' }, 'validTo', /after validFrom/],
    ['an end at the start', { validTo: PRICE.validFrom }, 'validTo', /after validFrom/],
    ['a wrong date', { validFrom: 'soon' }, 'validFrom', /ISO 8601/],
    ['no date', { validFrom: undefined }, 'validFrom', /ISO 8601/],
    ['no source', { source: '  ' }, 'source', /longer than or equal to 1/],
    ['half a token', { aboveContextTokens: 1.5 }, 'aboveContextTokens', /integer/],
    ['an unknown field', { prices: {} }, 'prices', /not a known field/],
  ])('are refused with %s, by the name of the field', async (_name, fields, field, message) => {
    const { status, body } = await post<ProblemView>(fields);
    expect(status).toBe(400);
    const error = body.errors?.find((each) => each.field === field);
    expect(error?.message).toMatch(message);
  });

  it('warn of a leap from the price before, their own or the list price', async () => {
    const slip = await post({ pricesPerMillion: { input_text: '0.015', output_text: '0.60' } });
    expect([slip.status, slip.body.warnings]).toEqual([
      201,
      [
        {
          field: 'pricesPerMillion.input_text',
          message: 'is 10 times less than the 0.15 before. Check that it is no slip of the decimal point',
        },
      ],
    ]);
    const { body } = await post({ validFrom: '2026-02-01', pricesPerMillion: { input_text: '15000' } });
    expect(body.warnings[0]?.message).toMatch(/is 1000000 times more than the 0.015 before/);
    expect(studio.logs.join('')).toContain('probably a slip');
  });

  it('are looked up by tier, region, context and API, and missed with what there is', async () => {
    const long = (await post({ aboveContextTokens: 1000 })).body.id;
    expect((await lookUp({ contextTokens: '1000' })).body.origin).toBe('list');
    const found = (await lookUp({ contextTokens: '1001' })).body;
    expect(found.id).toBe(long);
    expect(found.why).toContain('It is for prompts of more than 1000 tokens, and this has 1001.');
    const missing = await lookUp({ servedTier: 'scale' });
    expect([missing.status, missing.body.code]).toEqual([404, 'price_not_found']);
    expect(missing.body.detail).toMatch(/There are rows for: batch, from .*; standard, /);
    expect((await lookUp({ vendorModel: 'nobody-knows' })).body.detail).toMatch(/no row for this model id/);
    expect((await get('/lookup?vendor=openai')).status).toBe(400);
  });

  it('are listed page by page, each once', async () => {
    const { body: whole } = await get<PricePage>('?vendor=anthropic&at=2026-11-22&limit=1000');
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const more: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const { body }: Answer<PricePage> = await get(`?vendor=anthropic&at=2026-11-22&limit=37${more}`);
      seen.push(...body.data.map(({ id }) => id));
      cursor = body.nextCursor;
    }
    expect(seen).toEqual(whole.data.map(({ id }) => id));
    expect(new Set(seen).size).toBeGreaterThan(40);
    expect((await get('?cursor=%00')).status).toBe(400);
  });

  describe('made of the list by a negotiated change', () => {
    const discount = <T = DiscountView>(fields: object, dryRun = false): Promise<Answer<T>> =>
      studio.request<T>(
        'POST',
        `/api/v1/prices/discounts${dryRun ? '?dryRun=true' : ''}`,
        { vendor: 'openai', changePercent: '-10', validFrom: '2026-01-01', source: 'contract 9', ...fields },
        { team },
      );

    it('are explicit rows, one for each of the list in that time', async () => {
      const shown = await discount({ vendorModel: 'gpt-4o-mini' }, true);
      expect([shown.status, shown.body.dryRun, await own()]).toEqual([201, true, []]);
      const { body } = await discount({ vendorModel: 'gpt-4o-mini' });
      expect(
        body.data.map(({ servedTier, pricesPerMillion }) => [servedTier, pricesPerMillion.input_text]),
      ).toEqual(
        expect.arrayContaining([
          ['standard', '0.135'],
          ['batch', '0.0675'],
        ]),
      );
      expect(body.data[0]?.source).toMatch(/^contract 9 \(-10 % on openai\/gpt-4o-mini\//);
      expect((await lookUp({ at: '2026-05-01', servedTier: 'batch' })).body).toMatchObject({
        origin: 'team',
        pricesPerMillion: { input_text: '0.0675' },
      });
      await studio.request(
        'POST',
        '/api/v1/usage',
        { vendor: 'openai', vendorModel: 'gpt-4o-mini', usage: { inputTokens: 1_000_000, outputTokens: 0 } },
        { team },
      );
      const events = await studio.request<EventPage>('GET', '/api/v1/usage/events', undefined, { team });
      expect(events.body.data[0]?.cost).toMatchObject({
        amount: '0.135000000000',
        listAmount: '0.150000000000',
      });
    });

    it("follow the list's own changes in that time, for all of a vendor's models", async () => {
      const { body } = await discount({
        validFrom: '2026-08-01',
        validTo: '2026-10-01',
        changePercent: '50',
      });
      const sol = body.data.filter(
        ({ vendorModel, servedTier, regionClass, aboveContextTokens }) =>
          vendorModel === 'gpt-5.6-sol' &&
          servedTier === 'standard' &&
          regionClass === null &&
          aboveContextTokens === 0,
      );
      expect(
        sol.map(({ validFrom, validTo, pricesPerMillion }) => [
          validFrom.slice(0, 10),
          validTo?.slice(0, 10),
          pricesPerMillion.input_text,
        ]),
      ).toEqual([
        ['2026-08-01', '2026-08-21', '7.5'],
        ['2026-08-21', '2026-10-01', '6'],
      ]);
      const models = new Set(body.data.map(({ vendorModel }) => vendorModel));
      expect(models.size).toBeGreaterThan(30);
    });

    it('are recorded all or none', async () => {
      await post({ validFrom: '2026-03-01', validTo: '2026-04-01', servedTier: 'batch' });
      const refused = await discount<ProblemView>({ vendorModel: 'gpt-4o-mini' });
      expect([refused.status, refused.body.code]).toEqual([409, 'price_overlap']);
      expect(refused.body.detail).toContain('of "gpt-4o-mini" (batch)');
      expect(await own()).toHaveLength(1);
    });

    it.each<[object, string]>([
      [{ changePercent: -10 }, 'changePercent'],
      [{ changePercent: '-100.1' }, 'changePercent'],
      [{ changePercent: '-1.23456' }, 'changePercent'],
      [{ vendor: 'acme' }, 'vendor'],
      [{ vendorModel: 'nobody-knows' }, 'vendorModel'],
      [{ validTo: '2025-01-01' }, 'validTo'],
    ])('are refused for %j', async (fields, field) => {
      const { status, body } = await discount<ProblemView>(fields);
      expect([status, body.errors?.[0]?.field]).toEqual([400, field]);
    });
  });

  it('past their guarantee are listed for review', async () => {
    const { id } = (await post({ guaranteedUntil: '2026-03-01' })).body;
    const { body } = await get<PriceReviewPage>('/review?limit=1000');
    expect(body.data.find((row) => row.id === id)?.reason).toBe('past_guarantee');
    const { body: strict } = await get<PriceReviewPage>('/review?limit=3&maxAgeDays=1');
    expect(strict.data).toHaveLength(3);
    expect(strict.nextCursor).not.toBeNull();
  });

  it('reach calls of this instance at once, and those of another within seconds', async () => {
    const second = engine.name === 'SQLite' ? null : await startStudio(engine, { database: studio.database });
    try {
      const rows = (which: Studio): readonly { id: string }[] =>
        which.app.get(PriceBookService).listRows(team, 'openai', 'gpt-4o-mini');
      const { id } = (await post({})).body;
      expect(rows(studio).map((row) => row.id)).toContain(id);
      if (second) await until(() => rows(second).some((row) => row.id === id));
    } finally {
      await second?.close();
    }
  });
});
