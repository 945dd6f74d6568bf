import { type EventDimensions } from '../ledger/event';

/**
 * Why a cost was corrected, by its number in the ledger: the price came after the event; the price was
 * another than had been recorded; what a closed month lacked; by a person's hand.
 */
export const ADJUSTMENT_KINDS = ['late_price', 'reprice', 'period', 'correction'] as const;
export type AdjustmentKind = (typeof ADJUSTMENT_KINDS)[number];

/** A correction of an event's cost: what is added to it, from which moment of reports on. */
export interface CostAdjustment {
  /** When it counts in reports, UTC milliseconds (`PeriodLocks.bookingMoment`). */
  readonly bookedAt: number;
  readonly eventOccurredAt: number;
  readonly eventId: Buffer;
  /** 1, 2, … for each event: of two who correct the same state of an event, one fails by this key. */
  readonly revision: number;
  readonly kind: AdjustmentKind;
  /** UTC milliseconds. */
  readonly recordedAt: number;
  /** The event's own. */
  readonly dimensions: EventDimensions;
  /** Pico-dollars that are added to the event's cost; negative takes away. */
  readonly amount: bigint;
  /** The same of its list cost. */
  readonly listAmount: bigint;
  /** -1 when a request that had no price gets one and is booked at its own time, otherwise 0. */
  readonly unpricedDelta: -1 | 0;
  /** The price row's id in `usage_dimensions`, 0 for none. */
  readonly price: number;
  /** The repricing that it belongs to, null for none. */
  readonly runId: Buffer | null;
  /** JSON text of the whole cost line by line as it is from now on, null for none. */
  readonly costLines: string | null;
}
