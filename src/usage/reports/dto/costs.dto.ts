import { ApiProperty, PickType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, IsInt, IsString, Length, Max, Min } from 'class-validator';
import { IsMoment } from '../../../common/validation/moment';
import { Optional } from '../../../common/validation/optional';
import { toQueryNumber } from '../../../common/validation/page.query.dto';
import { COST_GROUPINGS, type CostGrouping, GroupView } from '../../dto/stats.dto';
import { ExchangeRateRefView } from '../exchange-rates/dto/exchange-rate.dto';

export const BUCKET_WIDTHS = ['1h', '1d', '1mo'] as const;
export type BucketWidth = (typeof BUCKET_WIDTHS)[number];

/** A parameter that may be repeated. */
const toList = ({ value }: { value: unknown }): unknown =>
  value === undefined || Array.isArray(value) ? value : [value];

/** A parameter that may be repeated, or separated by commas. */
const toWords = ({ value }: { value: unknown }): unknown => {
  const list: unknown = toList({ value });
  if (!Array.isArray(list)) return list;
  return list.flatMap((each: unknown): unknown[] =>
    typeof each === 'string' ? each.split(',').map((word) => word.trim()) : [each],
  );
};

function Filter(): PropertyDecorator {
  return (target, name) => {
    Optional()(target, name);
    Transform(toList)(target, name);
    IsArray()(target, name);
    ArrayMaxSize(100)(target, name);
    IsString({ each: true })(target, name);
    Length(1, 300, { each: true })(target, name);
  };
}

export class CostsQuery {
  /** ISO 8601, inclusive; default: the start of the current month in the zone. */
  @Optional()
  @IsMoment()
  startingAt?: string;

  /** ISO 8601, exclusive; default: now. */
  @Optional()
  @IsMoment()
  endingAt?: string;

  /** Local hours, days (the default) or months. The first and the last may be partial. */
  @Optional()
  @IsIn(BUCKET_WIDTHS)
  bucketWidth?: BucketWidth;

  /** IANA zone in which the buckets are cut; default: the team's. */
  @Optional()
  @IsString()
  @Length(1, 64)
  timezone?: string;

  /** Repeated, or separated by commas. By tag the groups overlap. */
  @Optional()
  @Transform(toWords)
  @IsArray()
  @ArrayUnique()
  @IsIn(COST_GROUPINGS, { each: true })
  @ApiProperty({
    required: false,
    type: 'array',
    items: { type: 'string', enum: [...COST_GROUPINGS] },
  })
  groupBy?: CostGrouping[];

  /** Ids or names, as a grouping by model shows them; repeated for several. The same for the other filters. */
  @Filter()
  model?: string[];

  @Filter()
  provider?: string[];

  @Filter()
  vendor?: string[];

  @Filter()
  vendorModel?: string[];

  @Filter()
  apiKey?: string[];

  @Filter()
  user?: string[];

  /** One tag, or `untagged`. */
  @Optional()
  @IsString()
  @Length(1, 64)
  tag?: string;

  /** ISO 4217; default: USD. Another one needs exchange rates. */
  @Optional()
  @IsString()
  @Length(3, 3)
  currency?: string;

  /** ISO 8601: the report as it was recorded then. Corrections and late events of afterwards are left out. */
  @Optional()
  @IsMoment()
  recordedAt?: string;

  /** Buckets on a page; default: 24 hours, 31 days or 12 months. */
  @Optional()
  @Transform(toQueryNumber)
  @IsInt()
  @Min(1)
  @Max(1000)
  limit?: number;

  @Optional()
  @IsString()
  @Length(1, 100)
  cursor?: string;
}

export const EXPORT_FORMATS = ['csv', 'focus'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** What both the report and its exports take. */
export class CostExportQuery extends PickType(CostsQuery, [
  'startingAt',
  'endingAt',
  'bucketWidth',
  'timezone',
  'groupBy',
  'model',
  'provider',
  'vendor',
  'vendorModel',
  'apiKey',
  'user',
  'tag',
  'currency',
  'recordedAt',
] as const) {
  /** csv: the report's lines, a column for each number. focus: FOCUS 1.2 (USD, a row per day and what it was used for). */
  @IsIn(EXPORT_FORMATS)
  format: ExportFormat;
}

export class CostAmountsView {
  /** Exact decimal with twelve decimals: the sum of the known costs, corrections included. */
  cost: string;
  /** The same by list prices: what it would have cost without the team's own prices. */
  listCost: string;
  currency: string;
  /** Null in USD. */
  exchangeRate: ExchangeRateRefView | null;
  /** Calls, failed and aborted ones included. */
  requests: number;
  failedRequests: number;
  inputTokens: number;
  cachedTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  unpricedRequests: number;
  /** Share of the requests whose cost is known, 0 to 1; null without requests. */
  coverage: number | null;
}

/** One group's line. Only the groupings asked for are there. */
export class CostResultView extends CostAmountsView {
  team?: GroupView;
  model?: GroupView;
  provider?: GroupView;
  vendor?: GroupView;
  vendorModel?: GroupView;
  apiKey?: GroupView;
  user?: GroupView;
  tag?: GroupView;
}

export class CostBucketView {
  startingAt: string;
  endingAt: string;
  /** Of all that the filters let through, from the events: never the sum of tags. */
  total: CostAmountsView;
  /** Without groupBy one line, with zeros where nothing was used; with it none there. */
  results: CostResultView[];
}

export class CostsView {
  data: CostBucketView[];
  nextCursor: string | null;
  timezone: string;
  /** Up to here the numbers are exactly the sums of the ledger. */
  dataCompleteUntil: string;
}
