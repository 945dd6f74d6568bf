import { Injectable } from '@nestjs/common';
import { type PicoDollars } from '../../common/money';
import { type TeamScope } from '../../common/tenancy/team-scope';
import { Database } from '../../database/database';
import { type SqlValue } from '../../database/statement';
import { ADJUSTMENT_KINDS } from '../adjustments/adjustment';
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
  /** Events that have usage and no price, nor a correction since. */
  readonly unpriced: number;
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  /** With all corrections of these events, whenever they are booked. */
  readonly cost: PicoDollars;
}

interface Key {
  readonly day: number | string;
  readonly vendor_model: number | string;
  readonly status: number | string;
  readonly cost_status: number | string;
}

interface Row extends Key {
  readonly events: number | string;
  readonly unknown_usage: number | string | null;
  readonly input: string | null;
  readonly cached: string | null;
  readonly output: string | null;
  readonly cost: string | null;
}

/** What the corrections of such events come to. */
interface CorrectionRow extends Key {
  readonly amount: string | null;
  /** How many events with usage have a corrected cost, and not only one that was moved out of a closed month. */
  readonly changed: number | string;
}

const PENDING = codeOf(EVENT_STATUSES, 'pending');
const MOVED = codeOf(ADJUSTMENT_KINDS, 'period');

const keyOf = (row: Key): string => [row.day, row.vendor_model, row.status, row.cost_status].join(' ');

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
    const day = `e.occurred_at - (e.occurred_at % ${DAY_MS})`;
    const where = `e.team = ? AND e.occurred_at >= ? AND e.occurred_at < ? AND e.status <> ${PENDING}
         AND (e.provider = ? OR (e.provider IS NULL AND e.vendor_model IN
           (SELECT d.id FROM usage_dimensions d WHERE d.kind = 'vendor_model' AND d.value LIKE ?)))
       GROUP BY ${day}, e.vendor_model, e.status, e.cost_status`;
    const key = `${day} AS day, e.vendor_model AS vendor_model, e.status AS status, e.cost_status AS cost_status`;
    const values: SqlValue[] = [team, from, to, providerId, `${provider.vendor}/%`];
    const [rows, corrections] = await this.database.snapshot(async (runner) => [
      await runner.query<Row>(
        `SELECT ${key}, COUNT(*) AS events,
           SUM(CASE WHEN e.vector IS NULL THEN 1 ELSE 0 END) AS unknown_usage,
           ${dialect.exactSum('e.input_tokens')} AS input, ${dialect.exactSum('e.cached_tokens')} AS cached,
           ${dialect.exactSum('e.output_tokens')} AS output, ${dialect.exactSum('e.cost')} AS cost
         FROM usage_events e ${dialect.useIndex('idx_usage_events_team')} WHERE ${where}`,
        values,
      ),
      // By the event and not by when they are booked: the vendor bills a day's use, whatever month we closed.
      await runner.query<CorrectionRow>(
        `SELECT ${key}, ${dialect.exactSum('a.amount')} AS amount,
           COUNT(DISTINCT CASE WHEN a.kind <> ${MOVED} AND e.vector IS NOT NULL THEN a.event_id END) AS changed
         FROM usage_cost_adjustments a
         JOIN usage_events e ON e.occurred_at = a.event_occurred_at AND e.id = a.event_id
         WHERE a.event_occurred_at >= ? AND a.event_occurred_at < ? AND ${where}`,
        [from, to, ...values],
      ),
    ]);
    const corrected = new Map(corrections.map((row) => [keyOf(row), row]));
    const models = await this.dimensions.describe(rows.map((row) => Number(row.vendor_model)));
    return rows.map((row) =>
      toProviderDay(row, corrected.get(keyOf(row)), models.get(Number(row.vendor_model))?.label ?? ''),
    );
  }
}

function toProviderDay(row: Row, corrected: CorrectionRow | undefined, vendorModel: string): ProviderDay {
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
    unpriced: costStatus === 'unpriced' ? events - unknownUsage - Number(corrected?.changed ?? 0) : 0,
    input: Number(row.input ?? 0),
    cached: Number(row.cached ?? 0),
    output: Number(row.output ?? 0),
    cost: BigInt(row.cost ?? 0) + BigInt(corrected?.amount ?? 0),
  };
}
