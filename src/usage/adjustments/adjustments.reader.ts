import { Injectable } from '@nestjs/common';
import { Database, type SqlReader } from '../../database/database';
import { fromCode } from '../ledger/event';
import { ADJUSTMENT_KINDS, type AdjustmentKind } from './adjustment';

type Int = number | string;

interface EventKey {
  readonly occurred_at: Int;
  readonly id: Buffer;
}

/** What the corrections of one event come to. */
export interface AdjustedBy {
  /** Pico-dollars, signed. */
  readonly amount: bigint;
  readonly listAmount: bigint;
  /** The last revision, and the price row's id in `usage_dimensions` that it says, 0 for none. */
  readonly revision: number;
  readonly price: number;
  /** Whether they only move the cost out of a closed month, and change none of it. */
  readonly onlyMoved: boolean;
  /** What of it a person corrected by hand. */
  readonly byHand: { readonly amount: bigint; readonly listAmount: bigint };
}

/** One correction as it is kept. */
export interface StoredAdjustment {
  readonly id: Buffer;
  readonly revision: number;
  readonly kind: AdjustmentKind;
  readonly bookedAt: number;
  readonly recordedAt: number;
  readonly amount: bigint;
  readonly listAmount: bigint;
  readonly price: number;
  readonly runId: Buffer | null;
  readonly costLines: unknown;
}

interface Row {
  readonly id: Buffer;
  readonly revision: Int;
  readonly kind: Int;
  readonly booked_at: Int;
  readonly recorded_at: Int;
  readonly amount: string;
  readonly list_amount: string;
  readonly price: Int | null;
  readonly run_id: Buffer | null;
  readonly cost_lines: unknown;
}

const PART = 200;

/** The corrections of events. */
@Injectable()
export class AdjustmentsReader {
  constructor(private readonly database: Database) {}

  /** What the corrections of these events come to, by the event's id in hexadecimal; none for an event without any. */
  async sumUp(runner: SqlReader, events: readonly EventKey[]): Promise<Map<string, AdjustedBy>> {
    const { dialect } = this.database;
    const found = new Map<string, AdjustedBy>();
    for (let start = 0; start < events.length; start += PART) {
      const part = events.slice(start, start + PART);
      const rows = await runner.query<
        Pick<Row, 'amount' | 'list_amount' | 'revision' | 'price' | 'kind'> & { event_id: Buffer }
      >(
        `SELECT event_id, revision, kind, price, ${dialect.integerText('amount')} AS amount,
           ${dialect.integerText('list_amount')} AS list_amount
         FROM usage_cost_adjustments
         WHERE ${part.map(() => '(event_occurred_at = ? AND event_id = ?)').join(' OR ')}
         ORDER BY event_occurred_at, event_id, revision`,
        part.flatMap(({ occurred_at, id }) => [occurred_at, id]),
      );
      for (const row of rows) {
        const key = row.event_id.toString('hex');
        found.set(key, addUp(found.get(key), row));
      }
    }
    return found;
  }

  /** The corrections of one event, the first one first. */
  async list({ occurred_at, id }: EventKey): Promise<StoredAdjustment[]> {
    const { dialect } = this.database;
    const rows = await this.database.query<Row>(
      `SELECT id, revision, kind, booked_at, recorded_at, ${dialect.integerText('amount')} AS amount,
         ${dialect.integerText('list_amount')} AS list_amount, price, run_id, cost_lines
       FROM usage_cost_adjustments WHERE event_occurred_at = ? AND event_id = ? ORDER BY revision`,
      [occurred_at, id],
    );
    return rows.map((row) => ({
      id: row.id,
      revision: Number(row.revision),
      kind: fromCode(ADJUSTMENT_KINDS, row.kind),
      bookedAt: Number(row.booked_at),
      recordedAt: Number(row.recorded_at),
      amount: BigInt(row.amount),
      listAmount: BigInt(row.list_amount),
      price: Number(row.price ?? 0),
      runId: row.run_id,
      costLines: row.cost_lines,
    }));
  }
}

const NOTHING = { amount: 0n, listAmount: 0n };

/** In the order of revisions. */
function addUp(
  before: AdjustedBy | undefined,
  row: Pick<Row, 'amount' | 'list_amount' | 'revision' | 'price' | 'kind'>,
): AdjustedBy {
  const added = { amount: BigInt(row.amount), listAmount: BigInt(row.list_amount) };
  const byHand = before?.byHand ?? NOTHING;
  const sum = (left: typeof added, right: typeof added): typeof added => ({
    amount: left.amount + right.amount,
    listAmount: left.listAmount + right.listAmount,
  });
  const kind = fromCode(ADJUSTMENT_KINDS, row.kind);
  return {
    ...sum(before ?? NOTHING, added),
    revision: Number(row.revision),
    price: Number(row.price ?? before?.price ?? 0),
    onlyMoved: kind === 'period' && (before?.onlyMoved ?? true),
    byHand: kind === 'correction' ? sum(byHand, added) : byHand,
  };
}
