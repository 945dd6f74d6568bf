import { Injectable } from '@nestjs/common';
import { uuidv7Bytes } from '../../common/uuid';
import { insertRows, type SqlRunner } from '../../database/database';
import { type SqlValue } from '../../database/statement';
import { codeOf } from '../ledger/event';
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
  constructor(private readonly dirtyBuckets: DirtyBuckets) {}

  /**
   * Adds corrections, in the caller's transaction with all that follows from them.
   * @throws the engine's duplicate key error (`isDuplicateKey`) when another has corrected one of the
   *   events meanwhile: read its state again
   */
  async write(runner: SqlRunner, adjustments: readonly CostAdjustment[]): Promise<void> {
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
