import { type BucketState } from './token-bucket';

/** What is left of a caller's limits; null for a limit that it does not have. */
export interface RateLimitState {
  readonly requests: BucketState | null;
  readonly tokens: BucketState | null;
}

/** Of two states, for each kind the one with less left: a key's and its team's limits hold both. */
export function tighterState(left: RateLimitState, right: RateLimitState): RateLimitState {
  return { requests: tighter(left.requests, right.requests), tokens: tighter(left.tokens, right.tokens) };
}

function tighter(left: BucketState | null, right: BucketState | null): BucketState | null {
  if (left === null || right === null) return left ?? right;
  return right.remaining < left.remaining ? right : left;
}
