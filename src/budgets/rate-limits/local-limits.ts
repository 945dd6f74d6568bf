import { Injectable } from '@nestjs/common';
import { type Principal } from '../../auth/principal';
import { Clock } from '../../common/clock';
import { RateLimited } from './rate-limited';
import { type RateLimitState } from './rate-limit-state';
import { type Bucket, fullBucket, isFull, refill, spend, stateOf, waitFor } from './token-bucket';

/** What a limiter needs to know of who calls. */
export type LimitedCaller = Pick<
  Principal,
  'apiKeyId' | 'apiKeyName' | 'requestsPerMinute' | 'tokensPerMinute'
>;

/** A key's buckets; null for a limit that it does not have. */
interface Buckets {
  readonly requests: Bucket | null;
  readonly tokens: Bucket | null;
}

/** How many keys are remembered; each takes some 300 bytes. */
const MAX_KEYS = 50_000;
/** How many of the longest unused are looked through for one whose buckets are full, and so say nothing. */
const LOOKED_THROUGH = 32;

/** The requests and tokens per minute of each API key, in the memory of this instance. */
@Injectable()
export class RateLimiter {
  /** The longest unused come first. */
  private readonly keys = new Map<string, Buckets>();

  constructor(private readonly clock: Clock) {}

  /**
   * Takes one request and the tokens that it will probably use.
   * @returns what is left, or null for a key without limits
   * @throws RateLimited when a limit does not have them; then nothing is taken
   */
  take(caller: LimitedCaller, expectedTokens: number): RateLimitState | null {
    const { apiKeyId, requestsPerMinute, tokensPerMinute } = caller;
    if (apiKeyId === null || (requestsPerMinute === null && tokensPerMinute === null)) return null;
    const found = this.refilled(apiKeyId, caller);
    assertRoom(caller, found, expectedTokens);
    const { requests, tokens } = found;
    const left = {
      requests: requests && spend(requests, 1),
      tokens: tokens && spend(tokens, expectedTokens),
    };
    this.keep(apiKeyId, left);
    return stateOfBuckets(left);
  }

  /** Puts the tokens that a call used (input and output) in the place of those that were expected of it. */
  correct(caller: LimitedCaller, expectedTokens: number, countedTokens: number): void {
    const { apiKeyId, tokensPerMinute } = caller;
    if (apiKeyId === null || tokensPerMinute === null || countedTokens === expectedTokens) return;
    const { requests, tokens } = this.refilled(apiKeyId, caller);
    this.keep(apiKeyId, { requests, tokens: tokens && spend(tokens, countedTokens - expectedTokens) });
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.keys.size;
  }

  private refilled(apiKeyId: string, caller: LimitedCaller): Buckets {
    const now = this.clock.now();
    const known = this.keys.get(apiKeyId);
    return {
      requests: bucketFor(caller.requestsPerMinute, known?.requests, now),
      tokens: bucketFor(caller.tokensPerMinute, known?.tokens, now),
    };
  }

  private keep(apiKeyId: string, buckets: Buckets): void {
    if (!this.keys.delete(apiKeyId) && this.keys.size >= MAX_KEYS) this.forgetOne();
    this.keys.set(apiKeyId, buckets);
  }

  /** Forgets a key that was not used for long, if possible one whose full buckets come back as they were. */
  private forgetOne(): void {
    const now = this.clock.now();
    let chosen: string | undefined;
    let looked = 0;
    for (const [id, buckets] of this.keys) {
      chosen ??= id;
      looked += 1;
      const saysNothing = willBeFull(buckets.requests, now) && willBeFull(buckets.tokens, now);
      if (saysNothing) chosen = id;
      if (saysNothing || looked === LOOKED_THROUGH) break;
    }
    if (chosen !== undefined) this.keys.delete(chosen);
  }
}

/** A bucket of another limit than now is of no use: the key's limit was changed. */
function bucketFor(limit: number | null, known: Bucket | null | undefined, now: number): Bucket | null {
  if (limit === null) return null;
  return known?.limit === limit ? refill(known, now) : fullBucket(limit, now);
}

const willBeFull = (bucket: Bucket | null, now: number): boolean =>
  bucket === null || isFull(refill(bucket, now));

const stateOfBuckets = ({ requests, tokens }: Buckets): RateLimitState => ({
  requests: requests && stateOf(requests),
  tokens: tokens && stateOf(tokens),
});

/** @throws RateLimited which names the limit that has to be waited for longest */
function assertRoom(caller: LimitedCaller, buckets: Buckets, expectedTokens: number): void {
  const { requests, tokens } = buckets;
  const requestsIn = requests ? waitFor(requests, 1) : 0;
  const tokensIn = tokens ? waitFor(tokens, expectedTokens) : 0;
  const wait = Math.max(requestsIn, tokensIn);
  if (wait === 0) return;
  const limit =
    requests && requestsIn >= tokensIn
      ? `${requests.limit} requests a minute`
      : `${tokens?.limit} tokens a minute (about ${expectedTokens} were expected of this call)`;
  const seconds = Math.ceil(wait / 1000);
  throw new RateLimited(
    `The API key "${caller.apiKeyName ?? ''}" has a limit of ${limit}, and has reached it. ` +
      `Try again in ${seconds} seconds, or use a key with a higher limit.`,
    stateOfBuckets(buckets),
    seconds,
  );
}
