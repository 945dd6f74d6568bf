import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsString, Length, Max, Min } from 'class-validator';
import { IsMoment } from '../../common/validation/moment';
import { Optional } from '../../common/validation/optional';
import { toQueryNumber } from '../../common/validation/page.query.dto';
import { ADJUSTMENT_KINDS, type AdjustmentKind } from '../adjustments/adjustment';
import { EVENT_STATUSES, type EventStatus } from '../ledger/event';

export class EventsQuery {
  @Optional()
  @IsMoment()
  from?: string;

  @Optional()
  @IsMoment()
  to?: string;

  /** Name or id of one of the team's models. */
  @Optional()
  @IsString()
  @Length(1, 200)
  model?: string;

  @Optional()
  @IsIn(EVENT_STATUSES)
  status?: EventStatus;

  @Optional()
  @IsString()
  @Length(1, 64)
  tag?: string;

  @Optional()
  @Transform(toQueryNumber)
  @IsInt()
  @Min(1)
  @Max(1000)
  limit?: number;

  @Optional()
  @IsString()
  @Length(1, 200)
  cursor?: string;
}

export class EventRef {
  id: string;
  name: string;
}

export class EventUsageView {
  inputTokens: number | null;
  outputTokens: number | null;
  cachedTokens: number | null;
  reasoningTokens: number | null;
  totalTokens: number | null;
  /** Counts in disjoint classes; null when unknown. */
  @ApiProperty({ type: 'object', nullable: true, additionalProperties: { type: 'number' } })
  vector: Record<string, number> | null;
}

export class EventCostView {
  /** Dollars with twelve decimals, corrections included; null when unknown. */
  amount: string | null;
  /** The same by the list prices: another amount where the team has prices of its own. */
  listAmount: string | null;
  currency: 'USD';
  // Listed: the order of a union's members is the compiler's.
  @ApiProperty({ type: 'string', enum: ['none', 'priced', 'estimated', 'unpriced', 'free', 'adjusted'] })
  status: 'none' | 'priced' | 'estimated' | 'unpriced' | 'free' | 'adjusted';
  priceVersionId: string | null;
}

export class EventPerformanceView {
  latencyMs: number | null;
  timeToFirstTokenMs: number | null;
  overheadMs: number | null;
}

export class EventView {
  id: string;
  /** The id of the answer; the attempts of one call share it. */
  completionId: string;
  requestId: string;
  attempt: number;
  /** Whether the call ended with this attempt. */
  endsCall: boolean;
  status: EventStatus;
  /** Who caused a failure: client, studio, vendor or network. */
  origin: 'client' | 'studio' | 'vendor' | 'network' | null;
  errorCode: string | null;
  door: string;
  streamed: boolean;
  occurredAt: string;
  settledAt: string | null;
  model: EventRef | null;
  provider: EventRef | null;
  apiKey: EventRef | null;
  user: string | null;
  vendor: string;
  vendorModel: string;
  usage: EventUsageView;
  cost: EventCostView;
  performance: EventPerformanceView;
  tags: string[];
  @ApiProperty({ type: 'object', nullable: true, additionalProperties: true })
  metadata: Record<string, unknown> | null;
}

export class EventPage {
  data: EventView[];
  nextCursor: string | null;
}

export class EventCostLineView {
  vendorModel: string;
  priceVersionId: string | null;
  usageClass: string;
  count: number;
  /** Dollars per million tokens, or per unit. */
  unitPrice: string | null;
  amount: string | null;
}

/** A correction: what was recorded stays, and this is added to it. */
export class EventAdjustmentView {
  id: string;
  /** 1, 2, … in the order they were made. */
  revision: number;
  /** Why: the price came after the event, or was corrected; a closed month was short; by hand. */
  @ApiProperty({ type: 'string', enum: ADJUSTMENT_KINDS })
  kind: AdjustmentKind;
  /** When it counts in reports: at the event's time, or later when the event's month had been closed. */
  bookedAt: string;
  recordedAt: string;
  /** Dollars that are added to the cost; negative takes away. */
  amount: string;
  listAmount: string;
  priceVersionId: string | null;
  /** The repricing that it belongs to. */
  runId: string | null;
  /** The whole cost line by line, as it is since this correction. */
  costLines: EventCostLineView[];
}

export class EventDetailView extends EventView {
  /** As they were recorded; what changed since is in the adjustments. */
  costLines: EventCostLineView[];
  /** The vendor's usage object as it came. */
  @ApiProperty({
    nullable: true,
    oneOf: [
      { type: 'object', additionalProperties: true },
      { type: 'array', items: {} },
    ],
  })
  rawUsage: unknown;
  /** How the vendor says it served the call. */
  @ApiProperty({ type: 'object', nullable: true, additionalProperties: true })
  served: Record<string, unknown> | null;
  /** What was odd or inferred in the usage or the price. */
  flags: string[];
  vendorResponseId: string | null;
  /** Corrections of the cost, the first one first. */
  adjustments: EventAdjustmentView[];
  errorMessage: string | null;
}
