import { Inject, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { uuidFromBytes } from '../../common/uuid';
import { type SqlReader } from '../../database/database';
import { type PricedUsage } from '../../models/prices/price-choice';
import { type PriceTable } from '../../models/prices/price-table';
import { type AdjustmentKind, type CostAdjustment } from '../adjustments/adjustment';
import { costLinesText } from '../ledger/event-text';
import { Dimensions } from '../ledger/dimensions';
import { PERIOD_LOCKS, type PeriodLocks } from '../ledger/period-locks';
import { type ChargedEvent, type Correction, correctionOf, type JudgedEvent, lacksPrice } from './correction';

/** Why corrections are made, and for which repricing. */
export interface Occasion {
  readonly kind: AdjustmentKind;
  readonly runId: Buffer | null;
}

/** Finds what events cost by the prices of now, and makes adjustments of it. It writes nothing. */
@Injectable()
export class Corrections {
  private readonly logger = new Logger('Repricing');

  constructor(
    private readonly dimensions: Dimensions,
    private readonly clock: Clock,
    @Inject(PERIOD_LOCKS) private readonly periods: PeriodLocks,
  ) {}

  /** By the original moment of each event: what was served then, at the rows that are valid for then. */
  judge(prices: PriceTable, events: readonly ChargedEvent[]): JudgedEvent[] {
    return events.map((event) => {
      const priced = this.price(prices, event);
      if (priced === null || priced.amount === null) return { event, outcome: 'unpriceable' };
      return { event, outcome: correctionOf(event, priced) ?? 'same' };
    });
  }

  /** What nobody foresaw in one event's usage is the trouble of that event, and does not keep the others. */
  private price(prices: PriceTable, event: ChargedEvent): PricedUsage | null {
    const { metered, surface, occurredAt, teamId, vendor } = event;
    if (metered === null) return null;
    try {
      return prices.price(teamId, vendor, metered, { surface, at: occurredAt });
    } catch (error) {
      this.logger.error({ message: `The event ${uuidFromBytes(event.id)} could not be priced.`, err: error });
      return null;
    }
  }

  /** The ids of the price rows in `usage_dimensions`. It asks the database: not inside a transaction. */
  async priceIds(corrections: readonly Correction[]): Promise<ReadonlyMap<string, number>> {
    const ids = new Map<string, number>();
    for (const { priced } of corrections) {
      const { priceId } = priced;
      if (priceId === null || ids.has(priceId)) continue;
      const label = priceId.slice(0, 200);
      ids.set(priceId, await this.dimensions.resolve({ kind: 'price', value: priceId, label }));
    }
    return ids;
  }

  /** The adjustments, each booked in an open month. @param runner the transaction that will write them */
  async toAdjustments(
    runner: SqlReader,
    corrections: readonly Correction[],
    priceIds: ReadonlyMap<string, number>,
    { kind, runId }: Occasion,
  ): Promise<CostAdjustment[]> {
    const now = this.clock.now();
    const adjustments: CostAdjustment[] = [];
    for (const { event, amount, listAmount, priced } of corrections) {
      const bookedAt = await this.periods.bookingMoment(event.teamId, event.occurredAt, now, runner);
      const becomesPriced = lacksPrice(event) && event.endsCall && bookedAt === event.occurredAt;
      adjustments.push({
        bookedAt,
        eventOccurredAt: event.occurredAt,
        eventId: event.id,
        revision: (event.adjusted?.revision ?? 0) + 1,
        kind,
        recordedAt: now,
        dimensions: event.dimensions,
        amount,
        listAmount,
        unpricedDelta: becomesPriced ? -1 : 0,
        price: priced.priceId === null ? 0 : (priceIds.get(priced.priceId) ?? 0),
        runId,
        costLines: priced.lines.length === 0 ? null : costLinesText(priced.lines),
      });
    }
    return adjustments;
  }
}
