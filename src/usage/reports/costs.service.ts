import { Injectable } from '@nestjs/common';
import { TeamsService } from '../../auth/teams.service';
import { Clock } from '../../common/clock';
import { InvalidInput } from '../../common/problem';
import { type TeamScope } from '../../common/tenancy/team-scope';
import { readMoment } from '../../common/validation/moment';
import { Dimensions } from '../ledger/dimensions';
import { StatsReader, type TimeRange, type UsageRows } from '../stats/stats.reader';
import { type TimeBucket } from '../stats/time-buckets';
import { type CostPlan, type CostsSelectionQuery, filtersOf } from './cost-plan';
import { type CostBucket, dimensionsNeeded, foldCosts } from './cost-report';
import { toBucketView } from './cost-views';
import { type CostBucketView, type CostsQuery, type CostsView } from './dto/costs.dto';
import { ExchangeRatesService } from './exchange-rates/exchange-rates.service';
import { countNext, resolveRange, resumeRange, takeBuckets, toCursor } from './report-range';

/** Costs of a time, by buckets and groups. */
@Injectable()
export class CostsService {
  constructor(
    private readonly reader: StatsReader,
    private readonly dimensions: Dimensions,
    private readonly teams: TeamsService,
    private readonly rates: ExchangeRatesService,
    private readonly clock: Clock,
  ) {}

  /** A page of the report. */
  async page(scope: TeamScope, query: CostsQuery): Promise<CostsView> {
    const plan = await this.plan(scope, query);
    const { range } = plan;
    const { from, end } =
      query.cursor === undefined
        ? { from: range.start, end: range.end }
        : resumeRange(range, query.cursor, query.endingAt !== undefined);
    const buckets = takeBuckets({ ...range, end }, from, range.page + 1);
    const next = buckets[range.page];
    const { folded, completeUntil } = await this.fold(scope, plan, buckets.slice(0, range.page));
    return {
      data: folded.map((bucket) => toBucketView(bucket, plan)),
      nextCursor: next === undefined ? null : toCursor(next.start, end),
      timezone: range.timezone,
      dataCompleteUntil: new Date(completeUntil).toISOString(),
    };
  }

  /** All buckets of the report, some at a time: the fewer, the more lines they have, so that memory holds few of them. */
  async *pages(scope: TeamScope, plan: CostPlan): AsyncGenerator<CostBucketView[], void> {
    const { range } = plan;
    let count = 1;
    for (let from = range.start; from < range.end;) {
      const buckets = takeBuckets(range, from, count);
      const { folded } = await this.fold(scope, plan, buckets);
      yield folded.map((bucket) => toBucketView(bucket, plan));
      from = buckets.at(-1)?.end ?? range.end;
      const lines = folded.reduce((total, bucket) => total + bucket.lines.length, 0);
      count = countNext(count, lines, range.page);
    }
  }

  /** @throws InvalidInput by field */
  async plan(scope: TeamScope, query: CostsSelectionQuery): Promise<CostPlan> {
    const now = this.clock.now();
    const { timezone } = await this.teams.get(scope.teamId);
    const range = resolveRange(query, timezone, now);
    const recordedUntil = query.recordedAt === undefined ? null : readMoment(query.recordedAt);
    if (recordedUntil !== null && recordedUntil > now)
      throw InvalidInput.field('recordedAt', 'lies in the future; leave it out for the report as it is now');
    return {
      range,
      selection: { groupings: query.groupBy ?? [], filters: filtersOf(query) },
      recordedUntil,
      rates: await this.rates.tableFor(scope, query.currency, recordedUntil),
    };
  }

  /** The rows of some times, folded into them. */
  async fold(
    scope: TeamScope,
    { selection, recordedUntil }: Pick<CostPlan, 'selection' | 'recordedUntil'>,
    buckets: readonly TimeBucket[],
  ): Promise<{ folded: CostBucket[]; completeUntil: number }> {
    const tagged = selection.groupings.includes('tag') || selection.filters.has('tag');
    const { rows, completeUntil } = await this.read(scope, buckets, recordedUntil, tagged);
    const described = await this.dimensions.describe(dimensionsNeeded(rows, selection));
    return { folded: foldCosts(buckets, rows, described, selection), completeUntil };
  }

  private read(
    scope: TeamScope,
    ranges: readonly TimeRange[],
    recordedUntil: number | null,
    tagged: boolean,
  ): Promise<UsageRows> {
    return recordedUntil === null
      ? this.reader.read(scope, ranges, { tagged, latencies: false })
      : this.reader.readRecorded(scope, ranges, recordedUntil, { tagged });
  }
}
