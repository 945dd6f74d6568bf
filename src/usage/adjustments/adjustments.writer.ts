import { Inject, Injectable } from '@nestjs/common';
import { uuidv7Bytes } from '../../common/uuid';
import { Database, insertRows, type SqlReader, type SqlRunner } from '../../database/database';
import { type SqlValue } from '../../database/statement';
import { codeOf } from '../ledger/event';
import { SPENDING_BOOKS, type SpendingBooks } from '../ledger/spending-books';
import { DirtyBuckets } from '../rollup/dirty-buckets';
import { ADJUSTMENT_KINDS, type CostAdjustment } from './adjustment';

const COLUMNS = [
  'booked_at',
  'id',
  'event_occurred_at',
  'event_id',
  'revision',
  'kind',
  'recorded_at',
  'team',
  'api_key',
  'provider',
  'model',
  'vendor_model',
  'end_user',
  'amount',
  'list_amount',
  'unpriced_delta',
  'price',
  'run_id',
  'cost_lines',
] as const;

const BATCH = 200;

/** The one place that writes corrections of cost. */
@Injectable()
export class AdjustmentsWriter {
  constructor(
    private readonly database: Database,
    private readonly dirtyBuckets: DirtyBuckets,
    @Inject(SPENDING_BOOKS) private readonly books: SpendingBooks,
  ) {}

  /** A transaction that corrections are written in; it is run again when budgets changed meanwhile. */
  transaction<T>(work: (runner: SqlRunner) => Promise<T>): Promise<T> {
    return this.books.current(() => this.database.transaction(work));
  }

  /**
   * Adds corrections and books what they change, in a transaction of this writer, or one within `SpendingBooks.current`.
   * @throws the engine's duplicate key error (`isDuplicateKey`) when another has corrected one of the
   *   events meanwhile: read its state again
   */
  async write(runner: SqlRunner, adjustments: readonly CostAdjustment[]): Promise<void> {
    // In the order in which settling takes the same locks: windows of budgets first, buckets last.
    const tags = await tagsOf(runner, adjustments);
    await this.books.book(
      runner,
      adjustments.map(({ dimensions, bookedAt, eventId, amount }) => ({
        dimensions,
        tags: [...(tags.get(eventId.toString('hex')) ?? [])],
        at: bookedAt,
        cost: amount,
        tokens: 0,
      })),
    );
    for (let start = 0; start < adjustments.length; start += BATCH) {
      const part = adjustments.slice(start, start + BATCH);
      await insertRows(runner, {
        head: `INSERT INTO usage_cost_adjustments (${COLUMNS.join(', ')})`,
        rows: part.map(valuesOf),
        tail: '',
      });
    }
    await this.dirtyBuckets.mark(
      runner,
      adjustments.map(({ bookedAt }) => bookedAt),
    );
  }
}

/** The tags of the corrected events, by their id in hexadecimal. */
async function tagsOf(
  runner: SqlReader,
  adjustments: readonly CostAdjustment[],
): Promise<ReadonlyMap<string, ReadonlySet<number>>> {
  const tags = new Map<string, Set<number>>();
  for (let start = 0; start < adjustments.length; start += BATCH) {
    const part = adjustments.slice(start, start + BATCH);
    const rows = await runner.query<{ event_id: Buffer; tag: number | string }>(
      `SELECT event_id, tag FROM usage_event_tags
       WHERE ${part.map(() => '(occurred_at = ? AND event_id = ?)').join(' OR ')}`,
      part.flatMap(({ eventOccurredAt, eventId }): SqlValue[] => [eventOccurredAt, eventId]),
    );
    for (const { event_id, tag } of rows) {
      const id = event_id.toString('hex');
      tags.set(id, (tags.get(id) ?? new Set()).add(Number(tag)));
    }
  }
  return tags;
}

function valuesOf(adjustment: CostAdjustment): SqlValue[] {
  const { dimensions } = adjustment;
  return [
    adjustment.bookedAt,
    uuidv7Bytes(adjustment.recordedAt),
    adjustment.eventOccurredAt,
    adjustment.eventId,
    adjustment.revision,
    codeOf(ADJUSTMENT_KINDS, adjustment.kind),
    adjustment.recordedAt,
    dimensions.team,
    dimensions.apiKey || null,
    dimensions.provider || null,
    dimensions.model || null,
    dimensions.vendorModel,
    dimensions.endUser || null,
    adjustment.amount.toString(),
    adjustment.listAmount.toString(),
    adjustment.unpricedDelta,
    adjustment.price || null,
    adjustment.runId,
    adjustment.costLines,
  ];
}
