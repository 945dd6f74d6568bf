import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database';
import { type SqlValue } from '../../../database/statement';
import { ADJUSTMENT_KINDS, type AdjustmentKind } from '../../adjustments/adjustment';
import { codeOf, COST_STATUSES, EVENT_STATUSES, fromCode } from '../../ledger/event';
import { type TimeRange } from '../../stats/stats.reader';
import { type ChargeAmounts, type ChargeSubject } from './focus-charge';

type Int = number | string;

/** What an event, or a correction, adds to the rows of the export. */
export interface LedgerCharge {
  /** When the event occurred, UTC milliseconds. */
  readonly occurredAt: number;
  /** Null: the event itself. */
  readonly adjustment: AdjustmentKind | null;
  readonly subject: ChargeSubject;
  readonly amounts: ChargeAmounts;
}

/** What is asked of the ledger. */
interface Asked {
  /** The team's id in `usage_dimensions`. */
  readonly team: number;
  /** When it counts, half-open, UTC milliseconds. */
  readonly range: TimeRange;
  /** UTC milliseconds: what was recorded later is left out, so that all pages show one state. */
  readonly recordedUntil: number;
}

interface Keyed {
  readonly at: Int;
  readonly id: Buffer;
  readonly event_occurred_at: Int;
  readonly event_id: Buffer;
  readonly provider: Int | null;
  readonly model: Int | null;
  readonly vendor_model: Int;
  readonly api_key: Int | null;
  readonly end_user: Int | null;
  readonly cost: string | null;
  readonly list_cost: string | null;
}

interface EventRow extends Keyed {
  readonly ends_call: Int;
  readonly status: Int;
  readonly cost_status: Int;
  readonly input_tokens: Int | null;
  readonly output_tokens: Int | null;
  readonly cached_tokens: Int | null;
  readonly reasoning_tokens: Int | null;
}

interface AdjustmentRow extends Keyed {
  readonly kind: Int;
  readonly unpriced_delta: Int;
}

/** A table that is read, its time, and how its rows name an event. */
interface Table {
  readonly name: string;
  /** Its index of a team's times. */
  readonly index: string;
  readonly time: string;
  readonly event: string;
}

const EVENTS: Table = {
  name: 'usage_events',
  index: 'idx_usage_events_team',
  time: 'r.occurred_at',
  event: 't.occurred_at = r.occurred_at AND t.event_id = r.id',
};
const ADJUSTMENTS: Table = {
  name: 'usage_cost_adjustments',
  index: 'idx_usage_cost_adjustments_team',
  time: 'r.booked_at',
  event: 't.occurred_at = r.event_occurred_at AND t.event_id = r.event_id',
};

const PAGE = 1_000;
const PENDING = codeOf(EVENT_STATUSES, 'pending');
const SUCCEEDED = codeOf(EVENT_STATUSES, 'succeeded');
const UNPRICED = codeOf(COST_STATUSES, 'unpriced');
const SUBJECT = 'r.provider, r.model, r.vendor_model, r.api_key, r.end_user';

/** Reads events and corrections of a time page by page, in the order of the ledger: memory holds one page. */
@Injectable()
export class FocusSource {
  constructor(private readonly database: Database) {}

  async *pages(asked: Asked): AsyncGenerator<LedgerCharge[], void> {
    const { dialect } = this.database;
    const events = this.cursor<EventRow>(
      asked,
      EVENTS,
      `SELECT r.occurred_at AS at, r.id AS id, r.occurred_at AS event_occurred_at, r.id AS event_id, ${SUBJECT},
         r.ends_call, r.status, r.cost_status, r.input_tokens, r.output_tokens, r.cached_tokens, r.reasoning_tokens,
         ${dialect.integerText('r.cost')} AS cost, ${dialect.integerText('r.list_cost')} AS list_cost
       FROM usage_events r ${dialect.useIndex(EVENTS.index)} WHERE r.status <> ${PENDING} AND r.settled_at <= ?`,
    );
    for await (const rows of events) yield await this.toCharges(asked.team, EVENTS, rows, toUse);
    const adjustments = this.cursor<AdjustmentRow>(
      asked,
      ADJUSTMENTS,
      `SELECT r.booked_at AS at, r.id AS id, r.event_occurred_at, r.event_id, ${SUBJECT}, r.kind, r.unpriced_delta,
         ${dialect.integerText('r.amount')} AS cost, ${dialect.integerText('r.list_amount')} AS list_cost
       FROM usage_cost_adjustments r ${dialect.useIndex(ADJUSTMENTS.index)} WHERE r.recorded_at <= ?`,
    );
    for await (const rows of adjustments)
      yield await this.toCharges(asked.team, ADJUSTMENTS, rows, toCorrection);
  }

  /** Pages in the order of time and id: each begins after the last row of the one before. */
  private async *cursor<R extends Keyed>(
    { team, range, recordedUntil }: Asked,
    { time }: Table,
    select: string,
  ): AsyncGenerator<R[], void> {
    let after: { at: Int; id: Buffer } | null = null;
    for (;;) {
      const values: SqlValue[] = [recordedUntil, team, after?.at ?? range.start, range.end];
      if (after) values.push(after.at, after.id);
      const rows: R[] = await this.database.query<R>(
        `${select} AND r.team = ? AND ${time} >= ? AND ${time} < ?
         ${after ? `AND (${time} > ? OR r.id > ?)` : ''} ORDER BY ${time}, r.id LIMIT ${PAGE}`,
        values,
      );
      if (rows.length > 0) yield rows;
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) return;
      after = { at: last.at, id: last.id };
    }
  }

  private async toCharges<R extends Keyed>(
    team: number,
    table: Table,
    rows: readonly R[],
    read: (row: R) => Pick<LedgerCharge, 'adjustment' | 'amounts'>,
  ): Promise<LedgerCharge[]> {
    const tags = await this.tagsOf(team, table, rows);
    return rows.map((row) => ({
      ...read(row),
      occurredAt: Number(row.event_occurred_at),
      subject: {
        team,
        provider: Number(row.provider ?? 0),
        model: Number(row.model ?? 0),
        vendorModel: Number(row.vendor_model),
        apiKey: Number(row.api_key ?? 0),
        endUser: Number(row.end_user ?? 0),
        tags: (tags.get(row.event_id.toString('hex')) ?? []).sort((a, b) => a - b),
      },
    }));
  }

  /** The tags of a page's events, by the event's id in hexadecimal: one look at the time that the page covers. */
  private async tagsOf(
    team: number,
    { name, index, time, event }: Table,
    rows: readonly Keyed[],
  ): Promise<Map<string, number[]>> {
    const tags = new Map<string, number[]>();
    const found = await this.database.query<{ tag: Int; event_id: Buffer }>(
      `SELECT DISTINCT t.tag AS tag, t.event_id AS event_id FROM ${name} r
       ${this.database.dialect.useIndex(index)} JOIN usage_event_tags t ON ${event}
       WHERE r.team = ? AND ${time} >= ? AND ${time} <= ?`,
      [team, rows[0]?.at ?? 0, rows.at(-1)?.at ?? 0],
    );
    for (const { tag, event_id } of found) {
      const key = event_id.toString('hex');
      const known = tags.get(key);
      if (known) known.push(Number(tag));
      else tags.set(key, [Number(tag)]);
    }
    return tags;
  }
}

function toUse(row: EventRow): Pick<LedgerCharge, 'adjustment' | 'amounts'> {
  const endsCall = Number(row.ends_call) === 1;
  const cost = BigInt(row.cost ?? 0);
  return {
    adjustment: null,
    amounts: {
      requests: endsCall ? 1 : 0,
      failedRequests: endsCall && Number(row.status) !== SUCCEEDED ? 1 : 0,
      unpricedRequests: endsCall && Number(row.cost_status) === UNPRICED ? 1 : 0,
      inputTokens: Number(row.input_tokens ?? 0),
      cachedTokens: Number(row.cached_tokens ?? 0),
      outputTokens: Number(row.output_tokens ?? 0),
      reasoningTokens: Number(row.reasoning_tokens ?? 0),
      cost,
      listCost: row.list_cost === null ? cost : BigInt(row.list_cost),
    },
  };
}

function toCorrection(row: AdjustmentRow): Pick<LedgerCharge, 'adjustment' | 'amounts'> {
  return {
    adjustment: fromCode(ADJUSTMENT_KINDS, row.kind),
    amounts: {
      requests: 0,
      failedRequests: 0,
      unpricedRequests: Number(row.unpriced_delta),
      inputTokens: 0,
      cachedTokens: 0,
      outputTokens: 0,
      reasoningTokens: 0,
      cost: BigInt(row.cost ?? 0),
      listCost: BigInt(row.list_cost ?? 0),
    },
  };
}
