import { type ProblemView } from '../../src/common/http/problem.dto';
import { convert, readRate } from '../../src/usage/reports/exchange-rates/conversion';
import { formatDollars, parseDollars } from '../../src/common/money';
import { type CostsView } from '../../src/usage/reports/dto/costs.dto';
import { type AnomaliesView, type ForecastView } from '../../src/usage/reports/dto/outlook.dto';
import { type ExchangeRatePage } from '../../src/usage/reports/exchange-rates/dto/exchange-rate.dto';
import { createKey, createTeam } from '../support/configure';
import { engines } from '../support/engines';
import { parseCsv } from '../support/csv';
import { rollUp } from '../support/settlements';
import { startStudio, type Studio } from '../support/studio';

const DAY = 86_400_000;

describe.each(engines)('Cost reports on $name', (engine) => {
  let studio: Studio;

  beforeAll(async () => {
    studio = await startStudio(engine);
  });
  afterAll(() => studio.close());

  const get = <T>(path: string, team?: string) =>
    studio.request<T>('GET', path, undefined, team === undefined ? {} : { team });

  /** Usage of a vendor's model with a price, that was metered elsewhere. */
  async function track(team: string, occurredAt: string, fields: object = {}): Promise<void> {
    const { status, body } = await studio.request(
      'POST',
      '/api/v1/usage',
      {
        vendor: 'openai',
        vendorModel: 'gpt-4o-mini',
        usage: { inputTokens: 1_000_000, outputTokens: 100_000 },
        occurredAt,
        ...fields,
      },
      { team },
    );
    expect([status, body]).toMatchObject([201, { accepted: 1 }]);
  }

  it.each([
    ['an unknown zone', 'timezone=Mars/Olympus', 'timezone'],
    ['an end before the start', 'startingAt=2026-02-02&endingAt=2026-02-01', 'endingAt'],
    ['an end at the start', 'startingAt=2026-02-02&endingAt=2026-02-02', 'endingAt'],
    ['an unknown grouping', 'groupBy=model&groupBy=colour', 'groupBy'],
    ['an unknown grouping in a list', 'groupBy=model,colour', 'groupBy'],
    ['a grouping twice', 'groupBy=model,model', 'groupBy'],
    ['an unknown width', 'bucketWidth=2d', 'bucketWidth'],
    ['too many buckets', 'startingAt=1990-01-01&endingAt=2026-01-01&bucketWidth=1h', 'bucketWidth'],
    ['a moment that is none', 'startingAt=yesterday', 'startingAt'],
    ['a cursor that is none', 'cursor=abc', 'cursor'],
    ['a limit of none', 'limit=0', 'limit'],
    ['a currency that is none', 'currency=eur', 'currency'],
    ['a moment of recording to come', 'recordedAt=2999-01-01', 'recordedAt'],
    ['an unknown parameter', 'group_by=model', 'group_by'],
  ])('refuse %s, naming the field', async (_what, query, field) => {
    for (const path of ['/api/v1/costs?', '/api/v1/costs/export?format=csv&']) {
      if (path.includes('export') && /^(cursor|limit)/.test(query)) continue;
      const { status, body } = await get<ProblemView>(`${path}${query}`);
      expect([status, body.errors?.map((error) => error.field)]).toEqual([400, [field]]);
    }
  });

  it.each([
    ['no format', '', 'format'],
    ['another format', '?format=xml', 'format'],
    ['groups in FOCUS', '?format=focus&groupBy=model', 'groupBy'],
    ['another currency in FOCUS', '?format=focus&currency=EUR', 'currency'],
  ])('refuse an export with %s', async (_what, query, field) => {
    const { status, body } = await get<ProblemView>(`/api/v1/costs/export${query}`);
    expect([status, body.errors?.map((error) => error.field)]).toEqual([400, [field]]);
  });

  it('are cut in the zone of the team by default, and have zeros where nothing was used', async () => {
    const { id } = await createTeam(studio, 'kathmandu', 'Asia/Kathmandu');
    await track(id, '2026-03-10T18:14:59.999Z');
    await track(id, '2026-03-10T18:15:00Z');
    await rollUp(studio);
    const { body } = await get<CostsView>(
      '/api/v1/costs?startingAt=2026-03-09T18:15:00Z&endingAt=2026-03-12T18:15:00Z',
      id,
    );
    expect(body.timezone).toBe('Asia/Kathmandu');
    expect(
      body.data.map(({ startingAt, results }) => [startingAt, results.length, results[0]?.requests]),
    ).toEqual([
      ['2026-03-09T18:15:00.000Z', 1, 1],
      ['2026-03-10T18:15:00.000Z', 1, 1],
      ['2026-03-11T18:15:00.000Z', 1, 0],
    ]);
    expect(body.data[0]?.results[0]).toEqual({
      cost: '0.210000000000',
      listCost: '0.210000000000',
      currency: 'USD',
      exchangeRate: null,
      requests: 1,
      failedRequests: 0,
      inputTokens: 1_000_000,
      cachedTokens: 0,
      outputTokens: 100_000,
      reasoningTokens: 0,
      unpricedRequests: 0,
      coverage: 1,
    });
    expect(body.data[2]?.results[0]).toMatchObject({ cost: '0.000000000000', coverage: null });
  });

  it('show the untagged beside tags, which overlap, and take the total from the events', async () => {
    const { id } = await createTeam(studio, 'tagged');
    await track(id, '2026-03-10T10:00:00Z', { tags: ['red', 'blue'] });
    await track(id, '2026-03-10T11:00:00Z', { tags: ['red'] });
    await track(id, '2026-03-10T12:00:00Z');
    await rollUp(studio);
    const { body } = await get<CostsView>(
      '/api/v1/costs?startingAt=2026-03-10&endingAt=2026-03-11&groupBy=tag',
      id,
    );
    expect(body.data[0]?.results.map(({ tag, requests }) => [tag, requests])).toEqual([
      [{ id: 'blue', name: 'blue' }, 1],
      [{ id: 'red', name: 'red' }, 2],
      [{ id: null, name: 'untagged' }, 1],
    ]);
    expect(body.data[0]?.total.requests).toBe(3);
    const empty = await get<CostsView>(
      '/api/v1/costs?startingAt=2026-03-11&endingAt=2026-03-12&groupBy=tag',
      id,
    );
    expect(empty.body.data.map(({ results }) => results)).toEqual([[]]);
  });

  it('leave out what was recorded later, and count what has no price', async () => {
    const { id } = await createTeam(studio, 'as recorded');
    await track(id, '2026-03-10T10:00:00Z');
    const recordedAt = new Date().toISOString();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await track(id, '2026-03-10T10:00:00Z', { vendorModel: 'model-without-a-price' });
    await rollUp(studio);
    const path = '/api/v1/costs?startingAt=2026-03-01&endingAt=2026-04-01&bucketWidth=1mo';
    const now = (await get<CostsView>(path, id)).body.data[0]?.total;
    const before = (await get<CostsView>(`${path}&recordedAt=${recordedAt}`, id)).body.data[0]?.total;
    expect(now).toMatchObject({
      requests: 2,
      unpricedRequests: 1,
      coverage: 0.5,
      cost: '0.210000000000',
    });
    expect(before).toMatchObject({ requests: 1, unpricedRequests: 0, coverage: 1, cost: '0.210000000000' });
  });

  it('make no formula of a name in CSV', async () => {
    const { id } = await createTeam(studio, 'formulas');
    await track(id, '2026-03-10T10:00:00Z', { user: '=HYPERLINK("http://x","y")', tags: ['@tag, "quoted"'] });
    await rollUp(studio);
    const response = await studio.fetch(
      'GET',
      '/api/v1/costs/export?format=csv&startingAt=2026-03-10&endingAt=2026-03-11&groupBy=user,tag',
      undefined,
      { team: id },
    );
    expect(response.headers.get('content-disposition')).toBe(
      'attachment; filename="costs-2026-03-10-2026-03-11.csv"',
    );
    const [, line] = parseCsv(await response.text());
    expect(line?.slice(2, 6)).toEqual([
      `'=HYPERLINK("http://x","y")`,
      `'=HYPERLINK("http://x","y")`,
      `'@tag, "quoted"`,
      `'@tag, "quoted"`,
    ]);
  });

  it('convert with the newest rate not after a bucket, and say which', async () => {
    const { id } = await createTeam(studio, 'euro', 'Europe/Berlin');
    const path = '/api/v1/costs?startingAt=2026-03-09T23:00:00Z&endingAt=2026-03-11T23:00:00Z&currency=EUR';
    await track(id, '2026-03-10T10:00:00Z', { usage: { inputTokens: 7, outputTokens: 1 } });
    await track(id, '2026-03-11T10:00:00Z', { usage: { inputTokens: 7, outputTokens: 1 } });
    await rollUp(studio);
    const missing = await get<ProblemView>(path, id);
    expect([missing.status, missing.body.code]).toEqual([409, 'exchange_rate_missing']);
    expect(missing.body.detail).toContain('2026-03-10');

    const add = (date: string, rate: string, source = 'test bank') =>
      studio.request('POST', '/api/v1/exchange-rates', { currency: 'EUR', date, rate, source }, { team: id });
    expect((await add('2026-03-01', '0.5')).status).toBe(201);
    await add('2026-03-11', '0.9');
    await add('2026-03-11', '0.923456789012', 'corrected');
    const { body } = await get<CostsView>(path, id);
    const usd = parseDollars('0.000001650000');
    expect(body.data.map(({ total }) => [total.cost, total.currency, total.exchangeRate])).toEqual([
      [
        formatDollars(convert(usd, readRate('0.5'))),
        'EUR',
        { rate: '0.5', date: '2026-03-01', source: 'test bank' },
      ],
      [
        formatDollars(convert(usd, readRate('0.923456789012'))),
        'EUR',
        { rate: '0.923456789012', date: '2026-03-11', source: 'corrected' },
      ],
    ]);
    const rates = await get<ExchangeRatePage>('/api/v1/exchange-rates?currency=EUR', id);
    expect(rates.body.data.map(({ rate }) => rate)).toEqual(['0.5', '0.9', '0.923456789012']);
    expect((await get<ExchangeRatePage>('/api/v1/exchange-rates')).body.data).toEqual([]);
  });

  it.each([
    ['currency', { currency: 'EURO' }],
    ['currency', { currency: 'USD' }],
    ['date', { date: '2026-02-30' }],
    ['rate', { rate: 0.92 }],
    ['rate', { rate: '-1' }],
    ['rate', { rate: '0' }],
    ['rate', { rate: '1e3' }],
    ['source', { source: ' ' }],
  ])('refuse an exchange rate with a wrong %s: %j', async (field, wrong) => {
    const input = { currency: 'EUR', date: '2026-03-01', rate: '0.92', source: 'bank', ...wrong };
    const { status, body } = await studio.request<ProblemView>('POST', '/api/v1/exchange-rates', input);
    expect([status, body.errors?.map((error) => error.field)]).toEqual([400, [field]]);
  });

  it('let viewers read, and only managers set exchange rates', async () => {
    const { key } = await createKey(studio, 'viewer');
    const input = { currency: 'EUR', date: '2026-03-01', rate: '0.92', source: 'bank' };
    expect((await studio.request('POST', '/api/v1/exchange-rates', input, { key })).status).toBe(403);
    for (const path of ['/costs', '/costs/forecast', '/costs/anomalies', '/exchange-rates'])
      expect((await studio.request('GET', `/api/v1${path}`, undefined, { key })).status).toBe(200);
  });

  it('forecast nothing without use, and the usual cost with it', async () => {
    const { id } = await createTeam(studio, 'forecast');
    const unknown = (await get<ForecastView>('/api/v1/costs/forecast', id)).body;
    expect(unknown).toMatchObject({
      spent: '0.000000000000',
      low: null,
      expected: null,
      high: null,
      basedOnDays: 0,
      coverage: null,
    });
    const today = Math.floor(Date.now() / DAY) * DAY;
    for (let day = 1; day <= 20; day += 1)
      await track(id, new Date(today - day * DAY + 3_600_000).toISOString());
    await rollUp(studio);
    const { body } = await get<ForecastView>('/api/v1/costs/forecast', id);
    const end = new Date(Date.parse(body.endingAt));
    const days = new Date(end.getTime() - 1).getUTCDate();
    const spentDays = Math.min(20, new Date(today).getUTCDate() - 1);
    const expected = 210_000_000_000n * BigInt(days - new Date(today).getUTCDate() + 1 + spentDays);
    expect(body).toMatchObject({
      basedOnDays: 20,
      coverage: 1,
      expected: formatDollars(expected),
      low: formatDollars(expected),
      high: formatDollars(expected),
      spent: formatDollars(210_000_000_000n * BigInt(spentDays)),
    });
  });

  it('flag a day that is far from the same weekdays, of the team and of its model', async () => {
    const { id } = await createTeam(studio, 'anomalies');
    const today = Math.floor(Date.now() / DAY) * DAY;
    for (let week = 1; week <= 6; week += 1)
      await track(id, new Date(today - 2 * DAY - week * 7 * DAY + 3_600_000).toISOString());
    const odd = new Date(today - 2 * DAY + 3_600_000).toISOString();
    await track(id, odd, { usage: { inputTokens: 20_000_000, outputTokens: 0 } });
    await rollUp(studio);
    const { body } = await get<AnomaliesView>('/api/v1/costs/anomalies', id);
    const flagged = {
      date: odd.slice(0, 10),
      direction: 'above',
      cost: '3.000000000000',
      expected: '0.210000000000',
      deviation: '0.000000000000',
      currency: 'USD',
    };
    expect(body.data).toEqual([
      { ...flagged, model: null },
      { ...flagged, model: { id: 'openai/gpt-4o-mini', name: 'gpt-4o-mini' } },
    ]);
    const none = await get<AnomaliesView>('/api/v1/costs/anomalies?minimumAmount=2.80', id);
    expect(none.body.data).toEqual([]);
    const wrong = await get<ProblemView>('/api/v1/costs/anomalies?minimumAmount=-1', id);
    expect([wrong.status, wrong.body.errors?.[0]?.field]).toEqual([400, 'minimumAmount']);
  });
});
