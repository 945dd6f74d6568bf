import { Injectable } from '@nestjs/common';
import { type SqlRunner } from '../../database/database';
import { type CostAdjustment } from '../adjustments/adjustment';
import { AdjustmentsWriter } from '../adjustments/adjustments.writer';
import { type Settlement } from '../ledger/event';
import { ClosedPeriods } from './closed-periods';

/**
 * Usage that is reported after its month was closed keeps its time, and its cost counts now: what it adds to the
 * closed month is taken away there, and added in the open one.
 */
@Injectable()
export class LateUsage {
  constructor(
    private readonly periods: ClosedPeriods,
    private readonly adjustments: AdjustmentsWriter,
  ) {}

  /**
   * Moves the cost of what was recorded into closed months, in the transaction that recorded it.
   * @param settlements of one team, each the first of its event
   * @param now UTC milliseconds
   */
  async move(
    runner: SqlRunner,
    teamId: string,
    settlements: readonly Settlement[],
    now: number,
  ): Promise<void> {
    if (settlements.length === 0) return;
    const closed = await this.periods.list(runner, teamId);
    const late = settlements.filter(({ event: { occurredAt } }) =>
      closed.some(({ start, end }) => occurredAt >= start && occurredAt < end),
    );
    await this.adjustments.write(
      runner,
      late.flatMap((settlement) => movesOf(settlement, now)),
    );
  }
}

function movesOf({ event, cost, listCost, price, vendorModel }: Settlement, now: number): CostAdjustment[] {
  const amount = cost ?? 0n;
  const listAmount = listCost ?? amount;
  if (amount === 0n && listAmount === 0n) return [];
  const move = (revision: number, bookedAt: number, sign: bigint): CostAdjustment => ({
    bookedAt,
    eventOccurredAt: event.occurredAt,
    eventId: event.id,
    revision,
    kind: 'period',
    recordedAt: now,
    dimensions: { ...event.dimensions, vendorModel },
    amount: sign * amount,
    listAmount: sign * listAmount,
    unpricedDelta: 0,
    price,
    runId: null,
    costLines: null,
  });
  return [move(1, event.occurredAt, -1n), move(2, now, 1n)];
}
