import { Injectable } from '@nestjs/common';
import { TeamsService } from '../../auth/teams.service';
import { Clock } from '../../common/clock';
import { formatDollars } from '../../common/money';
import { InvalidInput } from '../../common/problem';
import { type TeamScope } from '../../common/tenancy/team-scope';
import { readMoment } from '../../common/validation/moment';
import { type MonthlyUsageView } from '../../models/dto/model.dto';
import { type MonthlyUsageSource } from '../../models/monthly-usage';
import { type SeriesPointView, type StatsQuery, type StatsView, type TotalsView } from '../dto/stats.dto';
import { Dimensions } from '../ledger/dimensions';
import { percentileOf } from '../rollup/histogram';
import { groupBy, indexOfBucket, tally } from './fold';
import { belongsTo, dimensionOf, type Group, groupOf, isTotal } from './grouping';
import { StatsReader, type UsageRow } from './stats.reader';
import { Tally } from './tally';
import { cutTime, isTimeZone, startOfLocalDay, startOfMonth, type TimeBucket } from './time-buckets';

const DEFAULT_DAYS = 30;
const MAX_BUCKETS = 5_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A report's time, checked. UTC milliseconds, half-open. */
interface Period {
  readonly from: number;
  readonly to: number;
  readonly timezone: string;
}

@Injectable()
export class StatsService implements MonthlyUsageSource {
  constructor(
    private readonly reader: StatsReader,
    private readonly dimensions: Dimensions,
    private readonly teams: TeamsService,
    private readonly clock: Clock,
  ) {}

  async getStats(scope: TeamScope, query: StatsQuery): Promise<StatsView> {
    const period = this.periodOf(query);
    const granularity = query.granularity ?? 'day';
    const { from, to, timezone } = period;
    if (granularity === 'hour' && (to - from) / HOUR_MS > MAX_BUCKETS) {
      throw InvalidInput.field(
        'granularity',
        `hour is for at most ${MAX_BUCKETS} hours; ask for less time, or for days`,
      );
    }
    // Before the days are cut: each costs a look at the zone's calendar.
    if ((to - from) / DAY_MS > MAX_BUCKETS)
      throw InvalidInput.field('from', `a report spans at most ${MAX_BUCKETS} days`);
    const days = cutTime(from, to, timezone, 'day');
    const buckets = granularity === 'day' ? days : cutTime(from, to, timezone, granularity);
    const { rows, completeUntil } = await this.reader.read(scope, granularity === 'hour' ? buckets : days);
    return {
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      timezone,
      totals: toTotalsView(tally(rows.filter(isTotal))),
      daily: daily(days, rows),
      series: await this.series(buckets, rows, query.groupBy),
      ...(query.compare === 'previous' ? { previous: await this.previous(scope, period) } : {}),
      dataCompleteUntil: new Date(completeUntil).toISOString(),
    };
  }

  async monthlyUsage(
    scope: TeamScope,
    modelIds: readonly string[],
  ): Promise<ReadonlyMap<string, MonthlyUsageView>> {
    const { timezone } = await this.teams.get(scope.teamId);
    const now = this.clock.now();
    const start = startOfMonth(now, timezone);
    const before = startOfMonth(now, timezone, -1);
    const current = await this.byModel(scope, start, now + 1);
    const previous = await this.byModel(scope, before, start);
    return new Map(
      modelIds.map((id) => {
        const tallied = current.get(id) ?? new Tally();
        return [
          id,
          {
            requests: tallied.counts.requests,
            tokens: tallied.counts.input_tokens + tallied.counts.output_tokens,
            cost: formatDollars(tallied.cost),
            changePercent: changePercent(previous.get(id)?.cost ?? 0n, tallied.cost),
          },
        ];
      }),
    );
  }

  private async byModel(scope: TeamScope, start: number, end: number): Promise<Map<string, Tally>> {
    const { rows } = await this.reader.read(scope, [{ start, end }]);
    const groups = groupBy(rows.filter(isTotal), (row) => dimensionOf(row, 'model'));
    const described = await this.dimensions.describe(groups.keys());
    return new Map([...groups].map(([id, members]) => [described.get(id)?.value ?? '', tally(members)]));
  }

  private async previous(scope: TeamScope, { from, to }: Period): Promise<StatsView['previous']> {
    const start = from - (to - from);
    const { rows } = await this.reader.read(scope, [{ start, end: from }]);
    return {
      from: new Date(start).toISOString(),
      to: new Date(from).toISOString(),
      totals: toTotalsView(tally(rows.filter(isTotal))),
    };
  }

  /** Without a grouping every bucket is there; with one, every group that has usage in a bucket. */
  private async series(
    buckets: readonly TimeBucket[],
    rows: readonly UsageRow[],
    grouping: StatsQuery['groupBy'],
  ): Promise<SeriesPointView[]> {
    const counted = rows.filter((row) => belongsTo(row, grouping));
    const byBucket = groupBy(counted, (row) => indexOfBucket(buckets, row.start));
    if (!grouping)
      return buckets.map((bucket, index) => toPoint(bucket, null, tally(byBucket.get(index) ?? [])));
    const described = await this.dimensions.describe(counted.map((row) => dimensionOf(row, grouping)));
    const points: SeriesPointView[] = [];
    for (const [index, bucket] of buckets.entries()) {
      const groups = new Map<string, { group: Group; members: UsageRow[] }>();
      for (const row of byBucket.get(index) ?? []) {
        const id = dimensionOf(row, grouping);
        const group = groupOf(id, described.get(id), grouping);
        const entry = groups.get(group.id ?? '') ?? { group, members: [] };
        entry.members.push(row);
        groups.set(group.id ?? '', entry);
      }
      for (const { group, members } of groups.values()) points.push(toPoint(bucket, group, tally(members)));
    }
    return points;
  }

  private periodOf(query: StatsQuery): Period {
    const timezone = query.timezone ?? 'UTC';
    if (!isTimeZone(timezone))
      throw InvalidInput.field('timezone', `"${timezone}" is not an IANA zone such as Europe/Berlin`);
    const to = query.to === undefined ? this.clock.now() : readMoment(query.to);
    const from =
      query.from === undefined ? startOfLocalDay(to, timezone, 1 - DEFAULT_DAYS) : readMoment(query.from);
    if (from >= to) throw InvalidInput.field('to', 'must be after from: the time is half-open, [from, to)');
    return { from, to, timezone };
  }
}

function daily(days: readonly TimeBucket[], rows: readonly UsageRow[]): StatsView['daily'] {
  const byDay = groupBy(rows.filter(isTotal), (row) => indexOfBucket(days, row.start));
  return days.map((day, index) => {
    const { counts, cost } = tally(byDay.get(index) ?? []);
    return {
      date: day.label,
      tokens: counts.input_tokens + counts.output_tokens,
      cost: formatDollars(cost),
      requests: counts.requests,
    };
  });
}

function toPoint(bucket: TimeBucket, group: Group | null, total: Tally): SeriesPointView {
  return {
    start: new Date(bucket.start).toISOString(),
    end: new Date(bucket.end).toISOString(),
    group,
    ...toTotalsView(total),
  };
}

export function toTotalsView({ counts, cost, histogram }: Tally): TotalsView {
  const { requests, unpriced_requests, latency_count } = counts;
  return {
    requests,
    attempts: counts.attempts,
    failedRequests: counts.failed_requests,
    inputTokens: counts.input_tokens,
    outputTokens: counts.output_tokens,
    cachedTokens: counts.cached_tokens,
    reasoningTokens: counts.reasoning_tokens,
    totalTokens: counts.input_tokens + counts.output_tokens,
    cost: formatDollars(cost),
    unpricedRequests: unpriced_requests,
    coverage: requests === 0 ? null : (requests - unpriced_requests) / requests,
    averageLatencyMs:
      latency_count === 0 ? null : Math.round((counts.latency_total / latency_count) * 100) / 100,
    p50LatencyMs: percentileOf(histogram, 50),
    p95LatencyMs: percentileOf(histogram, 95),
    p99LatencyMs: percentileOf(histogram, 99),
  };
}

/** By cost, in percent with one decimal; null when there was no cost before. */
function changePercent(before: bigint, now: bigint): number | null {
  return before === 0n ? null : Number(((now - before) * 1000n) / before) / 10;
}
