import { type PricedUsage } from '../../models/prices/price-choice';
import { type Metered } from '../../providers/contract/usage';
import { type AdjustedBy } from '../adjustments/adjustments.reader';
import { type EventDimensions } from '../ledger/event';

/** A final event with what it costs now, and what is needed to price it again. */
export interface ChargedEvent {
  /** UTC milliseconds. */
  readonly occurredAt: number;
  readonly id: Buffer;
  readonly teamId: string;
  readonly dimensions: EventDimensions;
  readonly endsCall: boolean;
  readonly unpriced: boolean;
  /** Pico-dollars as they were recorded, null when unknown. */
  readonly cost: bigint | null;
  /** Null when it is the same as the cost. */
  readonly listCost: bigint | null;
  readonly vendor: string;
  readonly vendorModel: string;
  /** The vendor's API. */
  readonly surface: string;
  /** Null when too little was kept to price it again. */
  readonly metered: Metered | null;
  readonly adjusted: AdjustedBy | undefined;
}

/** What an event costs now: what was recorded and what corrections add. An unknown cost counts as 0. */
export function effectiveCost({ cost, adjusted }: ChargedEvent): bigint {
  return (cost ?? 0n) + (adjusted?.amount ?? 0n);
}

/** Whether nothing has given the event a price yet. */
export function lacksPrice({ unpriced, adjusted }: ChargedEvent): boolean {
  return unpriced && (adjusted === undefined || adjusted.onlyMoved);
}

export interface Correction {
  readonly event: ChargedEvent;
  /** Pico-dollars that are added to the cost, signed. */
  readonly amount: bigint;
  readonly listAmount: bigint;
  readonly priced: PricedUsage;
}

/** What becomes of an event: a correction, nothing, or nothing because the prices do not price it. */
export type Outcome = Correction | 'same' | 'unpriceable';

export interface JudgedEvent {
  readonly event: ChargedEvent;
  readonly outcome: Outcome;
}

export function correctionsOf(judged: readonly JudgedEvent[]): Correction[] {
  return judged.map(({ outcome }) => outcome).filter((outcome) => typeof outcome !== 'string');
}

/**
 * What has to be added so that an event costs what the prices say; null when it does, or when they do not
 * price it. What a person corrected by hand is kept beside it: no price can know of that.
 */
export function correctionOf(event: ChargedEvent, priced: PricedUsage): Correction | null {
  if (priced.amount === null) return null;
  const { cost, listCost, adjusted } = event;
  const byHand = adjusted?.byHand ?? { amount: 0n, listAmount: 0n };
  const amount = priced.amount + byHand.amount - effectiveCost(event);
  const listBefore = (listCost ?? cost ?? 0n) + (adjusted?.listAmount ?? 0n);
  const listAmount = (priced.listAmount ?? priced.amount) + byHand.listAmount - listBefore;
  if (amount === 0n && listAmount === 0n && !lacksPrice(event)) return null;
  return { event, amount, listAmount, priced };
}
