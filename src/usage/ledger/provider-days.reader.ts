import { Injectable } from '@nestjs/common';
import { type PicoDollars } from '../../common/money';
import { type TeamScope } from '../../common/tenancy/team-scope';
import { Database } from '../../database/database';
import { type SqlValue } from '../../database/statement';
import { Dimensions } from './dimensions';
import { codeOf, COST_STATUSES, EVENT_STATUSES, type EventStatus, fromCode } from './event';

const DAY_MS = 86_400_000;

/** What the ledger has of one vendor model on one day (UTC), of events that ended alike. */
export interface ProviderDay {
  /** UTC milliseconds of the day's midnight. */
  readonly day: number;
  /** The vendor's model id, as the answers named it. */
  readonly vendorModel: string;
  readonly status: Exclude<EventStatus, 'pending'>;
  /** Whether the tokens were estimated instead of reported. */
  readonly isEstimated: boolean;
  readonly events: number;
  /** Events whose usage is unknown: their tokens are in none of the sums. */
  readonly unknownUsage: number;
  /** Events that have usage and no price. */
  readonly unpriced: number;
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  readonly cost: PicoDollars;
}

interface Row {
  readonly day: number | string;
  readonly vendor_model: number | string;
  readonly status: number | string;
  readonly cost_status: number | string;
  readonly events: number | string;
  readonly unknown_usage: number | string | null;
  readonly input: string | null;
  readonly cached: string | null;
  readonly output: string | null;
  readonly cost: string | null;
}

/** The ledger by UTC day and vendor model, as vendors' own reports are cut. */
@Injectable()
export class ProviderDaysReader {
  constructor(
    private readonly database: Database,
    private readonly dimensions: Dimensions,
  ) {}

  /**
   * What a provider used in a half-open time, UTC milliseconds. Usage that was tracked for its vendor without
   * naming a provider is included: it was used at the vendor all the same.
   */
  async read(
    scope: TeamScope,
    provider: { readonly id: string; readonly vendor: string },
    from: number,
    to: number,
  ): Promise<ProviderDay[]> {
    const team = await this.dimensions.find('team', scope.teamId);
    if (team === undefined) return [];
    const providerId = (await this.dimensions.find('provider', provider.id)) ?? 0;
    const { dialect } = this.database;
    const values: SqlValue[] = [
      team,
      from,
      to,
      codeOf(EVENT_STATUSES, 'pending'),
      providerId,
      `${provider.vendor}/%`,
    ];
    const rows = await this.database.query<Row>(
      `SELECT e.occurred_at - (e.occurred_at % ${DAY_MS}) AS day, e.vendor_model AS vendor_model,
         e.status AS status, e.cost_status AS cost_status, COUNT(*) AS events,
         SUM(CASE WHEN e.vector IS NULL THEN 1 ELSE 0 END) AS unknown_usage,
         ${dialect.exactSum('e.input_tokens')} AS input, ${dialect.exactSum('e.cached_tokens')} AS cached,
         ${dialect.exactSum('e.output_tokens')} AS output, ${dialect.exactSum('e.cost')} AS cost
       FROM usage_events e ${dialect.useIndex('idx_usage_events_team')}
       WHERE e.team = ? AND e.occurred_at >= ? AND e.occurred_at < ? AND e.status <> ?
         AND (e.provider = ? OR (e.provider IS NULL AND e.vendor_model IN
           (SELECT d.id FROM usage_dimensions d WHERE d.kind = 'vendor_model' AND d.value LIKE ?)))
       GROUP BY e.occurred_at - (e.occurred_at % ${DAY_MS}), e.vendor_model, e.status, e.cost_status`,
      values,
    );
    const models = await this.dimensions.describe(rows.map((row) => Number(row.vendor_model)));
    return rows.map((row) => toProviderDay(row, models.get(Number(row.vendor_model))?.label ?? ''));
  }
}

function toProviderDay(row: Row, vendorModel: string): ProviderDay {
  const costStatus = fromCode(COST_STATUSES, row.cost_status);
  const events = Number(row.events);
  const unknownUsage = Number(row.unknown_usage ?? 0);
  return {
    day: Number(row.day),
    vendorModel,
    status: fromCode(EVENT_STATUSES, row.status) as ProviderDay['status'],
    isEstimated: costStatus === 'estimated',
    events,
    unknownUsage,
    unpriced: costStatus === 'unpriced' ? events - unknownUsage : 0,
    input: Number(row.input ?? 0),
    cached: Number(row.cached ?? 0),
    output: Number(row.output ?? 0),
    cost: BigInt(row.cost ?? 0),
  };
}
