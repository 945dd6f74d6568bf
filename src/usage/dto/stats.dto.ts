import { OmitType } from '@nestjs/swagger';
import { IsIn, IsObject, IsString, Length, ValidateNested } from 'class-validator';
import { IsMoment } from '../../common/validation/moment';
import { Optional } from '../../common/validation/optional';
import { Nested } from '../../common/validation/shape';
import { type Granularity } from '../stats/time-buckets';

export const GROUPINGS = ['model', 'provider', 'vendor', 'apiKey', 'user', 'tag'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** What costs can be grouped by: the same, the vendor's own model, and the team, which is the caller's. */
export const COST_GROUPINGS = [...GROUPINGS, 'vendorModel', 'team'] as const;
export type CostGrouping = (typeof COST_GROUPINGS)[number];

export class StatsQuery {
  /** ISO 8601, inclusive; default: the start of the day 29 days ago. */
  @Optional()
  @IsMoment()
  from?: string;

  /** ISO 8601, exclusive; default: now. */
  @Optional()
  @IsMoment()
  to?: string;

  /** IANA zone in which days, months and hours are cut; default: UTC. */
  @Optional()
  @IsString()
  @Length(1, 64)
  timezone?: string;

  @Optional()
  @IsIn(['hour', 'day', 'month'])
  granularity?: Granularity;

  @Optional()
  @IsIn(GROUPINGS)
  groupBy?: Grouping;

  /** previous: adds the totals of the time of the same length before. */
  @Optional()
  @IsIn(['previous'])
  compare?: 'previous';
}

export class TotalsView {
  /** Calls, failed and aborted ones included. */
  requests: number;
  /** Attempts at vendors: a retried call has several. */
  attempts: number;
  failedRequests: number;
  inputTokens: number;
  outputTokens: number;
  cachedTokens: number;
  reasoningTokens: number;
  totalTokens: number;
  /** Dollars, exact: the sum of the known costs. */
  cost: string;
  unpricedRequests: number;
  /** Share of the requests whose cost is known, 0 to 1; null without requests. */
  coverage: number | null;
  averageLatencyMs: number | null;
  /** Within 2 % of the true value. */
  p50LatencyMs: number | null;
  p95LatencyMs: number | null;
  p99LatencyMs: number | null;
}

export class DailyView {
  /** Local date, YYYY-MM-DD. */
  date: string;
  tokens: number;
  cost: string;
  requests: number;
}

export class GroupView {
  /** Null for what belongs to no group, such as untagged. */
  id: string | null;
  name: string;
}

export class SeriesPointView extends TotalsView {
  start: string;
  end: string;
  group: GroupView | null;
}

export class PreviousView {
  from: string;
  to: string;
  totals: TotalsView;
}

export class StatsView {
  from: string;
  to: string;
  timezone: string;
  totals: TotalsView;
  /** Every local day of the time, also those without usage. */
  daily: DailyView[];
  series: SeriesPointView[];
  previous?: PreviousView;
  /** Up to here the numbers are exactly the sums of the ledger. */
  dataCompleteUntil: string;
}

export class TimeRangeInput {
  /** ISO 8601, inclusive. */
  @IsMoment()
  from: string;

  /** ISO 8601, exclusive. */
  @IsMoment()
  to: string;
}

/** The tRPC form of a statistics query. */
export class GetStatsInput extends OmitType(StatsQuery, ['from', 'to'] as const) {
  @Optional()
  @IsObject()
  @ValidateNested()
  @Nested(() => TimeRangeInput)
  timeRange?: TimeRangeInput;
}
