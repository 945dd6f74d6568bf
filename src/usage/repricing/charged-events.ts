import { Injectable } from '@nestjs/common';
import { Database, type SqlReader } from '../../database/database';
import { type SqlValue } from '../../database/statement';
import { type UsageVector } from '../../providers/contract/usage';
import { AdjustmentsReader } from '../adjustments/adjustments.reader';
import { codeOf, COST_STATUSES, EVENT_STATUSES } from '../ledger/event';
import { fromJson, readCostLines } from '../ledger/event-text';
import { type Int } from '../ledger/event-view';
import { fromKeptUsage, type ServedRecord } from '../ledger/served-usage';
import { type UnpricedEvent } from '../ledger/unpriced-events';
import { type ChargedEvent } from './correction';

/** A place in the ledger: behind this event. */
export interface LedgerPlace {
  /** UTC milliseconds. */
  readonly occurredAt: number;
  readonly id: Buffer;
}

/** Events of a time (UTC milliseconds, half-open). */
export interface ChargedQuery {
  /** Its id in `usage_dimensions`; null for all teams. */
  readonly team: number | null;
  readonly from: number;
  readonly to: number;
  /** Ids in `usage_dimensions` of the models that answered; null for all. */
  readonly vendorModels: readonly number[] | null;
}

interface Row {
  readonly occurred_at: Int;
  readonly id: Buffer;
  readonly ends_call: Int;
  readonly team: Int;
  readonly team_id: string;
  readonly api_key: Int | null;
  readonly provider: Int | null;
  readonly model: Int | null;
  readonly vendor_model: Int;
  readonly vendor_model_value: string;
  readonly end_user: Int | null;
  readonly vector: string | null;
  readonly cost: string | null;
  readonly list_cost: string | null;
  readonly cost_status: Int;
  readonly served: unknown;
  readonly flags: unknown;
  readonly cost_lines: unknown;
}

const PENDING = codeOf(EVENT_STATUSES, 'pending');
const UNPRICED = codeOf(COST_STATUSES, 'unpriced');
const PART = 200;

/** Final events with known usage, a page at a time, with all that pricing them again needs. */
@Injectable()
export class ChargedEvents {
  constructor(
    private readonly database: Database,
    private readonly adjustments: AdjustmentsReader,
  ) {}

  /** The next events behind a place, in the order of the ledger. */
  async page(query: ChargedQuery, after: LedgerPlace | null, limit: number): Promise<ChargedEvent[]> {
    const conditions = ['e.occurred_at >= ?', 'e.occurred_at < ?'];
    const values: SqlValue[] = [Math.max(query.from, after?.occurredAt ?? query.from), query.to];
    if (query.team !== null) {
      conditions.push('e.team = ?');
      values.push(query.team);
    }
    if (after) {
      conditions.push('(e.occurred_at > ? OR e.id > ?)');
      values.push(after.occurredAt, after.id);
    }
    if (query.vendorModels !== null) {
      if (query.vendorModels.length === 0) return [];
      conditions.push(`e.vendor_model IN (${query.vendorModels.map(() => '?').join(', ')})`);
      values.push(...query.vendorModels);
    }
    const { dialect } = this.database;
    const hint = dialect.useIndex(query.team === null ? 'PRIMARY' : 'idx_usage_events_team');
    const sql = `${this.select(hint)} AND ${conditions.join(' AND ')} ORDER BY e.occurred_at, e.id LIMIT ${limit}`;
    return this.complete(await this.database.query<Row>(sql, values));
  }

  /** Those of these events that are final and have known usage. */
  async find(events: readonly UnpricedEvent[]): Promise<ChargedEvent[]> {
    const rows: Row[] = [];
    for (let start = 0; start < events.length; start += PART) {
      const part = events.slice(start, start + PART);
      const wanted = part.map(() => '(e.occurred_at = ? AND e.id = ?)').join(' OR ');
      rows.push(
        ...(await this.database.query<Row>(
          `${this.select()} AND (${wanted})`,
          part.flatMap(({ occurredAt, id }) => [occurredAt, id]),
        )),
      );
    }
    return this.complete(rows);
  }

  private select(hint = ''): string {
    const { dialect } = this.database;
    // Left joins of what is always there: the engine is not to begin with the small tables.
    return `SELECT e.occurred_at, e.id, e.ends_call, e.team, COALESCE(t.value, '') AS team_id, e.api_key, e.provider, e.model,
        e.vendor_model, COALESCE(v.value, '') AS vendor_model_value, e.end_user, e.vector, e.cost_status,
        ${dialect.integerText('e.cost')} AS cost, ${dialect.integerText('e.list_cost')} AS list_cost,
        d.served, d.flags, d.cost_lines
      FROM usage_events e ${hint}
      LEFT JOIN usage_dimensions t ON t.id = e.team
      LEFT JOIN usage_dimensions v ON v.id = e.vendor_model
      LEFT JOIN usage_event_details d ON d.occurred_at = e.occurred_at AND d.event_id = e.id
      WHERE e.status <> ${PENDING} AND e.vector IS NOT NULL`;
  }

  private async complete(rows: readonly Row[], runner: SqlReader = this.database): Promise<ChargedEvent[]> {
    const adjusted = await this.adjustments.sumUp(runner, rows);
    return rows.map((row) => ({ ...toChargedEvent(row), adjusted: adjusted.get(row.id.toString('hex')) }));
  }
}

function toChargedEvent(row: Row): Omit<ChargedEvent, 'adjusted'> {
  const slash = row.vendor_model_value.indexOf('/');
  const vendorModel = row.vendor_model_value.slice(slash + 1);
  const served = fromJson<ServedRecord | null>(row.served);
  return {
    occurredAt: Number(row.occurred_at),
    id: row.id,
    teamId: row.team_id,
    dimensions: {
      team: Number(row.team),
      apiKey: Number(row.api_key ?? 0),
      provider: Number(row.provider ?? 0),
      model: Number(row.model ?? 0),
      vendorModel: Number(row.vendor_model),
      endUser: Number(row.end_user ?? 0),
    },
    endsCall: Number(row.ends_call) === 1,
    unpriced: Number(row.cost_status) === UNPRICED,
    cost: row.cost === null ? null : BigInt(row.cost),
    listCost: row.list_cost === null ? null : BigInt(row.list_cost),
    vendor: row.vendor_model_value.slice(0, slash),
    vendorModel,
    surface: served?.surface ?? '',
    metered: fromKeptUsage({
      vendorModel,
      vector: row.vector === null ? null : (JSON.parse(row.vector) as UsageVector),
      served,
      flags: fromJson<string[] | null>(row.flags) ?? [],
      costLines: readCostLines(row.cost_lines),
    }),
  };
}
