import { type Spending } from '../usage/ledger/spending-books';
import { type Budget } from './budget';
import { type CountedBy, stateOf, type WindowState, type WindowStates } from './window-state';

/** A threshold that a booking took a window past. */
export interface PassedThreshold {
  readonly state: WindowState;
  /** Percent of the limit. */
  readonly threshold: number;
}

/** What a spending is worth to a budget, in its unit. */
export function worthTo(budget: Budget, { cost, tokens }: Pick<Spending, 'cost' | 'tokens'>): bigint {
  return budget.unit === 'tokens' ? BigInt(tokens) : cost;
}

/** Books a spending in full on every window of its chain; never clipped, also where it is more than was reserved. */
export function bookSpending(chain: readonly CountedBy[], spending: Spending, states: WindowStates): void {
  for (const counted of chain) stateOf(states, counted).spent += worthTo(counted.budget, spending);
}

/** The thresholds between what was spent before and what is now; each is told once a window by its key. */
export function passedThresholds(
  before: ReadonlyMap<string, bigint>,
  states: WindowStates,
): PassedThreshold[] {
  const passed: PassedThreshold[] = [];
  for (const [key, state] of states) {
    const { thresholds, limit } = state.budget;
    const old = (before.get(key) ?? state.spent) * 100n;
    const now = state.spent * 100n;
    for (const threshold of thresholds) {
      const mark = limit * BigInt(threshold);
      if (old < mark && now >= mark) passed.push({ state, threshold });
    }
  }
  return passed;
}

/** The thresholds that a window is past as it stands; none of a limit of nothing. */
export function reachedThresholds({ limit, thresholds }: Budget, spent: bigint): number[] {
  return limit === 0n ? [] : thresholds.filter((threshold) => spent * 100n >= limit * BigInt(threshold));
}
