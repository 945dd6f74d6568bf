import { Database } from '../../src/database/database';
import { formatDollars } from '../../src/common/money';
import { LedgerWriter } from '../../src/usage/ledger/ledger.writer';
import { bucketOf, GRAINS } from '../../src/usage/rollup/bucket';
import { GROUPINGS, type Grouping, type StatsView, type TotalsView } from '../../src/usage/dto/stats.dto';
import { createTeam } from '../support/configure';
import { engines } from '../support/engines';
import { type MadeAdjustment, recordAdjustments } from '../support/random-adjustments';
import { Dice, type MadeUsage, makeUsage, sumUp } from '../support/random-usage';
import { defaultTeam, rollUp } from '../support/settlements';
import { startStudio, type Studio } from '../support/studio';

const DAY = 86_400_000;
/** Around the last days on which clocks changed in Berlin, St John's, Lord Howe, Cairo and Beirut. */
const FROM = Date.parse('2026-03-01T00:00:00Z');
const TO = Date.parse('2026-05-01T00:00:00Z');
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'Asia/Kathmandu',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Africa/Cairo',
  'Asia/Beirut',
];
const EVENTS = 300;

type StoredRow = Readonly<Record<string, unknown>>;

describe.each(engines)('Rollups on $name', (engine) => {
  let studio: Studio;
  let teams: string[];
  let made: MadeUsage[];
  let corrected: MadeAdjustment[];
  const dice = new Dice(2026);

  const quarters = Array.from({ length: 30 }, () =>
    bucketOf(FROM + dice.roll((TO - FROM) / 1000) * 1000, 15),
  );
  // Neighbours on both sides of an hour, a day and a month of UTC.
  quarters.push(Date.parse('2026-03-31T23:45Z'), Date.parse('2026-04-01T00:00Z'));

  beforeAll(async () => {
    studio = await startStudio(engine);
    teams = [await defaultTeam(studio), (await createTeam(studio, 'others')).id];
    made = await recordRandom(EVENTS);
    corrected = await recordAdjustments(studio, dice, made, quarters);
    await rollUp(studio);
  });
  afterAll(() => studio.close());

  async function recordRandom(count: number): Promise<MadeUsage[]> {
    const usages: MadeUsage[] = [];
    for (const team of teams)
      usages.push(...(await makeUsage(studio, dice, team, count / teams.length, quarters)));
    const settlements = usages.map(({ settlement }) => settlement);
    const [database, writer] = [studio.app.get(Database), studio.app.get(LedgerWriter)];
    for (let start = 0; start < settlements.length; start += 100)
      await database.transaction((runner) => writer.record(runner, settlements.slice(start, start + 100)));
    return usages;
  }

  async function storedRollups(): Promise<StoredRow[]> {
    const rows = await studio.app
      .get(Database)
      .query<StoredRow>(
        'SELECT * FROM usage_rollups ORDER BY grain, bucket, team, tag, provider, model, vendor_model, api_key, end_user',
      );
    return rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)])),
    );
  }

  async function statistics(team: string, query: Record<string, string>): Promise<StatsView> {
    const path = `/api/v1/usage/stats?${new URLSearchParams(query).toString()}`;
    const { status, body } = await studio.request<StatsView>('GET', path, undefined, { team });
    expect(status).toBe(200);
    return body;
  }

  const within = (team: string, from: number, to: number): MadeUsage[] =>
    made.filter(
      ({ teamId, settlement: { event } }) =>
        teamId === team && event.occurredAt >= from && event.occurredAt < to,
    );

  const booked = (team: string, from: number, to: number): MadeAdjustment[] =>
    corrected.filter(
      ({ teamId, adjustment }) => teamId === team && adjustment.bookedAt >= from && adjustment.bookedAt < to,
    );

  function expectTotals(
    shown: TotalsView,
    usages: readonly MadeUsage[],
    corrections: readonly MadeAdjustment[],
  ): void {
    const { cost, p50LatencyMs, p95LatencyMs, p99LatencyMs, ...exact } = sumUp(usages, corrections);
    expect(shown).toMatchObject({ ...exact, cost: formatDollars(cost) });
    for (const [seen, true_] of [
      [shown.p50LatencyMs, p50LatencyMs],
      [shown.p95LatencyMs, p95LatencyMs],
      [shown.p99LatencyMs, p99LatencyMs],
    ] as const) {
      if (true_ === null) expect(seen).toBeNull();
      else expect(Math.abs((seen ?? Number.NaN) - true_)).toBeLessThanOrEqual(true_ * 0.02 + 0.005);
    }
  }

  /** Each group with its usage; one without a grouping. */
  function grouped<T extends Pick<MadeUsage, 'groups' | 'tags'>>(
    usages: readonly T[],
    grouping: Grouping | undefined,
  ): Map<string | null, T[]> {
    const groups = new Map<string | null, T[]>();
    for (const usage of usages) {
      const ids =
        grouping === undefined
          ? [null]
          : grouping === 'tag'
            ? usage.tags.length > 0
              ? usage.tags
              : [null]
            : [usage.groups[grouping]];
      for (const id of ids) groups.set(id, [...(groups.get(id) ?? []), usage]);
    }
    return groups;
  }

  const CASES = Array.from({ length: 24 }, (_, index) => ({
    zone: ZONES[index % ZONES.length] ?? 'UTC',
    granularity: (['day', 'month', 'hour'] as const)[index % 3] ?? 'day',
    groupBy: [undefined, ...GROUPINGS][index % (GROUPINGS.length + 1)],
    /** Whole quarter hours, whole days, or any millisecond. */
    step: [1, 900_000, DAY][Math.floor(index / 3) % 3] ?? 1,
  }));

  it.each(CASES)(
    'give the plain sums of the events, in $zone by $granularity and $groupBy at steps of $step ms',
    async ({ zone, granularity, groupBy, step }) => {
      const at = (): number =>
        Math.floor((FROM + dice.roll((TO - FROM) / 1000) * 1000 + dice.roll(1000)) / step) * step;
      const [from, to] = [at(), at()].sort((a, b) => a - b) as [number, number];
      const team = dice.pick(teams);
      const view = await statistics(team, {
        from: new Date(from).toISOString(),
        to: new Date(to + step).toISOString(),
        timezone: zone,
        granularity,
        ...(groupBy ? { groupBy } : {}),
        compare: 'previous',
      });
      const usages = within(team, from, to + step);
      const corrections = booked(team, from, to + step);
      expectTotals(view.totals, usages, corrections);
      const before = [team, from - (to + step - from), from] as const;
      expectTotals(view.previous?.totals ?? view.totals, within(...before), booked(...before));

      const wall = (moment: number): string =>
        new Date(moment).toLocaleDateString('sv-SE', { timeZone: zone });
      for (const { date, ...day } of view.daily) {
        const exact = sumUp(
          usages.filter(({ settlement }) => wall(settlement.event.occurredAt) === date),
          corrections.filter(({ adjustment }) => wall(adjustment.bookedAt) === date),
        );
        expect(day).toEqual({
          tokens: exact.totalTokens,
          cost: formatDollars(exact.cost),
          requests: exact.requests,
        });
      }
      expect(view.daily.reduce((total, { requests }) => total + requests, 0)).toBe(view.totals.requests);

      for (const point of view.series) {
        const [start, end] = [Date.parse(point.start), Date.parse(point.end)];
        const group = point.group?.id ?? null;
        expectTotals(
          point,
          grouped(within(team, start, end), groupBy).get(group) ?? [],
          grouped(booked(team, start, end), groupBy).get(group) ?? [],
        );
      }
      const attributed = [...grouped(usages, groupBy).values()].reduce(
        (total, members) => total + members.length,
        0,
      );
      expect(view.series.reduce((total, { attempts }) => total + attempts, 0)).toBe(attributed);
    },
  );

  it('let tags overlap, have a row for the untagged, and take the totals from the events', async () => {
    const team = teams[0] ?? '';
    const query = { from: '2026-03-01', to: '2026-05-02', granularity: 'month', groupBy: 'tag' };
    const { totals, series } = await statistics(team, query);
    const usages = within(team, FROM, TO + DAY);
    const attempts = (id: string | null): number =>
      series.filter(({ group }) => group?.id === id).reduce((total, point) => total + point.attempts, 0);
    expect(totals.attempts).toBe(usages.length);
    expect(attempts(null)).toBe(usages.filter(({ tags }) => tags.length === 0).length);
    expect(attempts('red')).toBe(usages.filter(({ tags }) => tags.includes('red')).length);
    expect(attempts('red') + attempts('green') + attempts('blue') + attempts(null)).toBeGreaterThan(
      totals.attempts,
    );
    expect(series.find(({ group }) => group?.id === null)?.group?.name).toBe('untagged');
  });

  it('keep what the list prices say beside the cost, corrections included', async () => {
    const rows = await studio.app
      .get(Database)
      .query<{ list_cost: string }>(
        `SELECT ${studio.app.get(Database).dialect.exactSum('list_cost')} AS list_cost FROM usage_rollups WHERE tag = 0 GROUP BY grain`,
      );
    const listed = made.reduce(
      (total, { settlement }) => total + (settlement.listCost ?? settlement.cost ?? 0n),
      0n,
    );
    const expected = corrected.reduce((total, { adjustment }) => total + adjustment.listAmount, listed);
    expect(rows.map(({ list_cost }) => BigInt(list_cost))).toEqual(GRAINS.map(() => expected));
    expect(corrected.length).toBeGreaterThan(100);
  });

  it('are the same when they are made anew, and when that is done twice', async () => {
    const before = await storedRollups();
    expect(before.length).toBeGreaterThan(EVENTS);
    expect([...new Set(before.map(({ grain }) => Number(grain)))]).toEqual([...GRAINS]);
    for (let time = 0; time < 2; time += 1) {
      await studio.app
        .get(Database)
        .execute(
          'INSERT INTO usage_dirty_buckets (bucket, since, version) SELECT DISTINCT bucket, bucket, 1 FROM usage_rollups WHERE grain = 15',
        );
      await rollUp(studio);
      expect(await storedRollups()).toEqual(before);
    }
  });

  it('take late events in, and say until when they are complete before they do', async () => {
    const query = { from: '2026-03-01', to: '2026-05-02', granularity: 'month' };
    const complete = await statistics(teams[1] ?? '', query);
    const late = await recordRandom(60);
    const earliest = Math.min(...late.map(({ settlement: { event } }) => event.occurredAt));
    const lacking = await statistics(teams[1] ?? '', query);
    expect(lacking.totals).toEqual(complete.totals);
    expect(Date.parse(lacking.dataCompleteUntil)).toBe(earliest);
    await rollUp(studio);
    made.push(...late);
    const whole = await statistics(teams[1] ?? '', query);
    const all = [teams[1] ?? '', FROM, TO + DAY] as const;
    expectTotals(whole.totals, within(...all), booked(...all));
    expect(Date.parse(whole.dataCompleteUntil)).toBeGreaterThan(TO);
  });
});
