import { type Problem } from '../common/problem';
import { type CallBound } from '../usage/ledger/spending-books';
import { budgetExceeded, budgetNeedsBound, budgetNeedsPrice } from './budget-refusals';
import { type CountedBy, stateOf, type WindowState, type WindowStates } from './window-state';

/** A call that asks to be admitted, and the budgets that count it. */
export interface Candidate {
  readonly chain: readonly CountedBy[];
  readonly bound: CallBound;
}

/** What a call in flight holds of one window. */
export interface Claim {
  readonly counted: CountedBy;
  readonly amount: bigint;
}

export type Verdict = { readonly refusal: Problem } | { readonly claims: readonly Claim[] };

/**
 * Decides candidates in their order against windows that are locked, and reserves for those that pass:
 *
 * 1. what costs nothing passes every budget of money, also an exhausted one;
 * 2. what has no price is refused by a hard budget of money, or passes, by the budget's policy;
 * 3. what nothing limits is refused by a hard budget, or passes for what can be bounded of it, by its policy;
 * 4. a hard budget admits what fits: spent + reserved + the most that it can spend ≤ limit;
 * 5. a soft budget admits everything, and reserves all the same.
 *
 * One budget's refusal refuses the call, and then nothing of it is reserved anywhere.
 */
export function decideAdmissions(candidates: readonly Candidate[], states: WindowStates): Verdict[] {
  return candidates.map((candidate) => decide(candidate, states));
}

function decide({ chain, bound }: Candidate, states: WindowStates): Verdict {
  const claims: { readonly claim: Claim; readonly state: WindowState }[] = [];
  for (const counted of chain) {
    const { budget } = counted;
    const amount = budget.unit === 'tokens' ? BigInt(bound.tokens) : bound.amount;
    const state = stateOf(states, counted);
    if (amount === null) {
      if (budget.enforcement === 'hard' && budget.unpriced === 'refuse')
        return { refusal: budgetNeedsPrice(budget) };
      continue;
    }
    if (amount === 0n) continue;
    if (budget.enforcement === 'hard' && budget.unbounded === 'refuse' && bound.unbounded.length > 0)
      return { refusal: budgetNeedsBound(budget, bound.unbounded) };
    const fits = state.spent + state.reserved + amount <= budget.limit;
    if (budget.enforcement === 'hard' && !fits) return { refusal: budgetExceeded(state, amount) };
    claims.push({ claim: { counted, amount }, state });
  }
  for (const { claim, state } of claims) state.reserved += claim.amount;
  return { claims: claims.map(({ claim }) => claim) };
}
