import { type BucketState } from './token-bucket';

/** What is left of a key's limits; null for a limit that the key does not have. */
export interface RateLimitState {
  readonly requests: BucketState | null;
  readonly tokens: BucketState | null;
}
