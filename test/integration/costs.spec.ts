import { formatDollars, parseDollars } from '../../src/common/money';
import { Database } from '../../src/database/database';
import { LedgerWriter } from '../../src/usage/ledger/ledger.writer';
import { type CostGrouping } from '../../src/usage/dto/stats.dto';
import {
  type CostAmountsView,
  type CostBucketView,
  type CostsView,
} from '../../src/usage/reports/dto/costs.dto';
import { bucketOf } from '../../src/usage/rollup/bucket';
import { createTeam } from '../support/configure';
import { parseCsvRecords } from '../support/csv';
import { engines } from '../support/engines';
import { judgeFocus } from '../support/focus-rules';
import { type MadeAdjustment, recordAdjustments } from '../support/random-adjustments';
import { Dice, type MadeUsage, makeUsage, sumUp } from '../support/random-usage';
import { defaultTeam, rollUp } from '../support/settlements';
import { startStudio, type Studio } from '../support/studio';

const DAY = 86_400_000;
/** Around the days on which clocks changed in all of these zones that change them. */
const FROM = Date.parse('2026-03-01T00:00:00Z');
const TO = Date.parse('2026-05-01T00:00:00Z');
const ZONES = ['UTC', 'Asia/Kathmandu', 'America/St_Johns', 'Australia/Lord_Howe', 'Europe/Berlin'];
const GROUPINGS = ['model', 'provider', 'vendor', 'vendorModel', 'apiKey', 'user', 'tag'] as const;
type Grouped = Extract<CostGrouping, (typeof GROUPINGS)[number]>;
const WIDTHS = ['1h', '1d', '1mo'] as const;

/** What counts in a report at a moment: an event, or a correction. */
interface Entry extends Pick<MadeUsage, 'groups' | 'tags'> {
  readonly at: number;
  readonly recordedAt: number;
  readonly usage: MadeUsage | null;
  readonly correction: MadeAdjustment | null;
}

describe.each(engines)('Costs on $name', (engine) => {
  let studio: Studio;
  let teams: string[];
  let usages: MadeUsage[];
  let corrections: MadeAdjustment[];
  const dice = new Dice(64);
  const quarters = Array.from({ length: 40 }, () =>
    bucketOf(FROM + dice.roll((TO - FROM) / 1000) * 1000, 15),
  );
  // The hours in which clocks change, and the ends of local days.
  for (const moment of ['2026-04-04T15:00Z', '2026-03-08T05:30Z', '2026-03-29T01:00Z', '2026-03-31T18:15Z'])
    quarters.push(Date.parse(moment), Date.parse(moment) - 900_000);

  beforeAll(async () => {
    studio = await startStudio(engine);
    teams = [await defaultTeam(studio), (await createTeam(studio, 'others')).id];
    usages = [];
    for (const team of teams) usages.push(...(await makeUsage(studio, dice, team, 200, quarters)));
    const settlements = usages.map(({ settlement }) => settlement);
    const [database, writer] = [studio.app.get(Database), studio.app.get(LedgerWriter)];
    for (let start = 0; start < settlements.length; start += 100)
      await database.transaction((runner) => writer.record(runner, settlements.slice(start, start + 100)));
    corrections = await recordAdjustments(studio, dice, usages, quarters);
    await rollUp(studio);
  });
  afterAll(() => studio.close());

  function entriesOf(team: string, from: number, to: number, recordedUntil: number | null): Entry[] {
    const all: Entry[] = [
      ...usages
        .filter(({ teamId }) => teamId === team)
        .map((usage) => ({
          groups: usage.groups,
          tags: usage.tags,
          at: usage.settlement.event.occurredAt,
          recordedAt: usage.settlement.settledAt,
          usage,
          correction: null,
        })),
      ...corrections
        .filter(({ teamId }) => teamId === team)
        .map((correction) => ({
          groups: correction.groups,
          tags: correction.tags,
          at: correction.adjustment.bookedAt,
          recordedAt: correction.adjustment.recordedAt,
          usage: null,
          correction,
        })),
    ];
    return all.filter(
      ({ at, recordedAt }) =>
        at >= from && at < to && (recordedUntil === null || recordedAt <= recordedUntil),
    );
  }

  function expectAmounts(shown: CostAmountsView, entries: readonly Entry[]): void {
    const used = entries.flatMap(({ usage }) => usage ?? []);
    const corrected = entries.flatMap(({ correction }) => correction ?? []);
    const { cost, ...counts } = sumUp(used, corrected);
    const listCost =
      used.reduce((sum, { settlement }) => sum + (settlement.listCost ?? settlement.cost ?? 0n), 0n) +
      corrected.reduce((sum, { adjustment }) => sum + adjustment.listAmount, 0n);
    expect(shown).toMatchObject({
      cost: formatDollars(cost),
      listCost: formatDollars(listCost),
      currency: 'USD',
      requests: counts.requests,
      failedRequests: counts.failedRequests,
      inputTokens: counts.inputTokens,
      cachedTokens: counts.cachedTokens,
      outputTokens: counts.outputTokens,
      reasoningTokens: counts.reasoningTokens,
      unpricedRequests: counts.unpricedRequests,
      coverage: counts.coverage,
    });
  }

  /** An entry's ids in each of its lines: by tag it may be in several. */
  function linesOf(entry: Entry, groupings: readonly Grouped[]): string[] {
    const tags = groupings.includes('tag') && entry.tags.length > 0 ? entry.tags : [null];
    return tags.map((tag) =>
      JSON.stringify(groupings.map((grouping) => (grouping === 'tag' ? tag : entry.groups[grouping]))),
    );
  }

  async function allPages(team: string, query: URLSearchParams, limit: number): Promise<CostBucketView[]> {
    const buckets: CostBucketView[] = [];
    let cursor: string | null = null;
    do {
      const page: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { status, body } = await studio.request<CostsView>(
        'GET',
        `/api/v1/costs?${query.toString()}&limit=${limit}${page}`,
        undefined,
        { team },
      );
      expect(status).toBe(200);
      expect(body.data.length).toBeLessThanOrEqual(limit);
      buckets.push(...body.data);
      cursor = body.nextCursor;
    } while (cursor !== null);
    return buckets;
  }

  const CASES = Array.from({ length: 30 }, (_, index) => ({
    zone: ZONES[index % ZONES.length] ?? 'UTC',
    width: WIDTHS[index % 3] ?? '1d',
    groupBy: GROUPINGS.filter((_grouping, place) => ((index * 37 + 11) >> (place % 5)) % 3 === 0),
    recorded: index % 4 === 3,
    filter: [null, 'model', 'vendor', 'user', 'tag'][index % 5] ?? null,
  }));

  it.each(CASES)(
    'are the plain sums of the ledger, in $zone by $width and $groupBy, filtered by $filter (as recorded: $recorded)',
    async ({ zone, width, groupBy, recorded, filter }) => {
      const span = width === '1h' ? 3 * DAY : TO - FROM;
      const from = FROM + dice.roll((TO - FROM - span) / 1000 + 1) * 1000 + dice.roll(1000);
      const to = from + 1 + dice.roll(span / 1000) * 1000;
      const team = dice.pick(teams);
      const recordedUntil = recorded ? from + dice.roll(span / 1000) * 1000 : null;
      const wanted = { model: `${team}-m1`, vendor: 'openai', user: 'ada', tag: 'red' }[filter ?? ''] ?? null;
      const query = new URLSearchParams({
        startingAt: new Date(from).toISOString(),
        endingAt: new Date(to).toISOString(),
        timezone: zone,
        bucketWidth: width,
        ...(recordedUntil === null ? {} : { recordedAt: new Date(recordedUntil).toISOString() }),
        ...(filter !== null && wanted !== null ? { [filter]: wanted } : {}),
      });
      for (const grouping of groupBy) query.append('groupBy', grouping);
      const buckets = await allPages(team, query, 7);

      const passing = entriesOf(team, from, to, recordedUntil).filter(
        ({ groups, tags }) =>
          filter === null ||
          (filter === 'tag' ? tags.includes('red') : groups[filter as Exclude<Grouped, 'tag'>] === wanted),
      );
      expect(buckets[0]?.startingAt).toBe(new Date(from).toISOString());
      expect(buckets.at(-1)?.endingAt).toBe(new Date(to).toISOString());
      const wall = (at: number): string =>
        new Date(at)
          .toLocaleString('sv-SE', { timeZone: zone })
          .slice(0, { '1h': 13, '1d': 10, '1mo': 7 }[width]);
      const seen = new Set<Entry>();
      for (const [index, bucket] of buckets.entries()) {
        const [start, end] = [Date.parse(bucket.startingAt), Date.parse(bucket.endingAt)];
        if (index > 0) expect(bucket.startingAt).toBe(buckets[index - 1]?.endingAt);
        expect(wall(end - 1)).toBe(wall(start));
        const entries = passing.filter(({ at }) => at >= start && at < end);
        for (const entry of entries) seen.add(entry);
        expectAmounts(bucket.total, entries);
        const lined = entries.filter(
          ({ tags }) => filter !== 'tag' || !groupBy.includes('tag') || tags.includes('red'),
        );
        const lines = new Map<string, Entry[]>();
        for (const entry of lined) {
          for (const line of linesOf(entry, groupBy)) {
            if (filter === 'tag' && groupBy.includes('tag') && !line.includes('"red"')) continue;
            lines.set(line, [...(lines.get(line) ?? []), entry]);
          }
        }
        if (groupBy.length === 0) lines.set('[]', entries);
        const shown = bucket.results.map((line) =>
          JSON.stringify(groupBy.map((grouping) => line[grouping]?.id ?? null)),
        );
        expect([...shown].sort()).toEqual([...lines.keys()].sort());
        for (const [place, line] of bucket.results.entries())
          expectAmounts(line, lines.get(shown[place] ?? '') ?? []);
      }
      expect(seen.size).toBe(passing.length);
    },
  );

  it.each(ZONES.map((zone, index) => ({ zone, width: WIDTHS[(index + 1) % 3] ?? '1d' })))(
    'are the same as a file, by lines and by FOCUS, in $zone by $width',
    async ({ zone, width }) => {
      const team = dice.pick(teams);
      const from = FROM + dice.roll(DAY / 1000) * 1000;
      const to = from + (width === '1h' ? 4 : 40) * DAY;
      const range = {
        startingAt: new Date(from).toISOString(),
        endingAt: new Date(to).toISOString(),
        timezone: zone,
        bucketWidth: width,
      };
      const query = new URLSearchParams({ ...range, groupBy: 'model,user' });
      const buckets = await allPages(team, query, 100);
      const sum = (costs: readonly string[]): bigint =>
        costs.reduce((total, cost) => total + parseDollars(cost), 0n);
      const lines = buckets.flatMap(({ results }) => results);
      expect(sum(lines.map(({ cost }) => cost))).toBe(sum(buckets.map(({ total }) => total.cost)));

      for (const csv of [
        await studio.fetch('GET', `/api/v1/costs?${query.toString()}`, undefined, {
          team,
          headers: { accept: 'text/csv' },
        }),
        await studio.fetch('GET', `/api/v1/costs/export?format=csv&${query.toString()}`, undefined, { team }),
      ]) {
        expect([csv.status, csv.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
        const records = parseCsvRecords(await csv.text());
        expect(
          records.map(({ modelId, userId, cost, listCost, requests }) => [
            modelId,
            userId,
            cost,
            listCost,
            requests,
          ]),
        ).toEqual(
          lines.map(({ model, user, cost, listCost, requests }) => [
            model?.id ?? null,
            user?.id ?? null,
            cost,
            listCost,
            String(requests),
          ]),
        );
      }

      const focus = await studio.fetch(
        'GET',
        `/api/v1/costs/export?format=focus&${new URLSearchParams(range).toString()}`,
        undefined,
        { team },
      );
      const rows = parseCsvRecords(await focus.text());
      expect(judgeFocus(rows)).toEqual([]);
      for (const [column, name] of [
        ['BilledCost', 'cost'],
        ['EffectiveCost', 'cost'],
        ['ContractedCost', 'cost'],
        ['ListCost', 'listCost'],
      ] as const) {
        expect(sum(rows.map((row) => row[column] ?? ''))).toBe(sum(buckets.map(({ total }) => total[name])));
      }
      for (const [column, name] of [
        ['x_Requests', 'requests'],
        ['x_FailedRequests', 'failedRequests'],
        ['x_UnpricedRequests', 'unpricedRequests'],
        ['x_InputTokens', 'inputTokens'],
        ['x_OutputTokens', 'outputTokens'],
      ] as const) {
        expect(rows.reduce((total, row) => total + Number(row[column]), 0)).toBe(
          buckets.reduce((total, bucket) => total + bucket.total[name], 0),
        );
      }
      const tagged = entriesOf(team, from, to, null).some(({ tags }) => tags.includes('red'));
      expect(rows.some(({ Tags }) => Tags?.includes('"red":true'))).toBe(tagged);
    },
  );

  it('mark corrections of a month that is over, and no others, in FOCUS', async () => {
    const team = teams[0] ?? '';
    const text = await (
      await studio.fetch(
        'GET',
        '/api/v1/costs/export?format=focus&startingAt=2026-03-01&endingAt=2026-05-01&timezone=UTC',
        undefined,
        { team },
      )
    ).text();
    const rows = parseCsvRecords(text);
    const month = (at: number): string => new Date(at).toISOString().slice(0, 7);
    const late = corrections.filter(
      ({ teamId, adjustment }) =>
        teamId === team && month(adjustment.bookedAt) !== month(adjustment.eventOccurredAt),
    );
    expect(late.length).toBeGreaterThan(0);
    const total = rows
      .filter(({ ChargeClass }) => ChargeClass === 'Correction')
      .reduce((sum, { BilledCost }) => sum + parseDollars(BilledCost ?? ''), 0n);
    expect(total).toBe(late.reduce((sum, { adjustment }) => sum + adjustment.amount, 0n));
  });
});
