import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { type Charge, type LimitedSubject } from './limited-subject';
import { refuse, type Reached } from './rate-limited';
import { type RateLimitState, tighterState } from './rate-limit-state';
import { type Bucket, fullBucket, isFull, refill, spend, stateOf, waitFor } from './token-bucket';

/** A subject's buckets; null for a limit that it does not have. */
interface Buckets {
  readonly requests: Bucket | null;
  readonly tokens: Bucket | null;
}

/** How many subjects are remembered; each takes some 300 bytes. */
const MAX_SUBJECTS = 50_000;
/** How many of the longest unused are looked through for one whose buckets are full, and so say nothing. */
const LOOKED_THROUGH = 32;

/** The requests and tokens per minute of API keys and teams, in the memory of this instance. */
@Injectable()
export class LocalLimits {
  /** The longest unused come first. */
  private readonly known = new Map<string, Buckets>();

  constructor(private readonly clock: Clock) {}

  /**
   * Takes one request and the tokens that it will probably use from each of the subjects.
   * @returns what is left, of the subject with less where there are several
   * @throws RateLimited when a limit does not have them; then nothing is taken
   */
  take(charges: readonly Charge[]): RateLimitState {
    const found = charges.map(({ subject }) => this.refilled(subject));
    assertRoom(charges, found);
    const left = charges.map(({ subject, tokens }, index) => {
      const buckets = found[index] ?? EMPTY;
      const after = {
        requests: buckets.requests && spend(buckets.requests, 1),
        tokens: buckets.tokens && spend(buckets.tokens, tokens),
      };
      this.keep(subject.id, after);
      return stateOfBuckets(after);
    });
    return left.reduce(tighterState, NO_LIMITS);
  }

  /** Puts the tokens that a call used (input and output) in the place of those that were taken for it. */
  correct(charges: readonly Charge[], countedTokens: number): void {
    for (const { subject, tokens } of charges) {
      if (subject.tokensPerMinute === null || countedTokens === tokens) continue;
      const buckets = this.refilled(subject);
      this.keep(subject.id, {
        ...buckets,
        tokens: buckets.tokens && spend(buckets.tokens, countedTokens - tokens),
      });
    }
  }

  /** How many subjects are remembered. */
  get size(): number {
    return this.known.size;
  }

  private refilled({ id, requestsPerMinute, tokensPerMinute }: LimitedSubject): Buckets {
    const now = this.clock.now();
    const known = this.known.get(id);
    return {
      requests: bucketFor(requestsPerMinute, known?.requests, now),
      tokens: bucketFor(tokensPerMinute, known?.tokens, now),
    };
  }

  private keep(id: string, buckets: Buckets): void {
    if (!this.known.delete(id) && this.known.size >= MAX_SUBJECTS) this.forgetOne();
    this.known.set(id, buckets);
  }

  /** Forgets a subject that was not used for long, if possible one whose full buckets come back as they were. */
  private forgetOne(): void {
    const now = this.clock.now();
    let chosen: string | undefined;
    let looked = 0;
    for (const [id, buckets] of this.known) {
      chosen ??= id;
      looked += 1;
      const saysNothing = willBeFull(buckets.requests, now) && willBeFull(buckets.tokens, now);
      if (saysNothing) chosen = id;
      if (saysNothing || looked === LOOKED_THROUGH) break;
    }
    if (chosen !== undefined) this.known.delete(chosen);
  }
}

const EMPTY: Buckets = { requests: null, tokens: null };
const NO_LIMITS: RateLimitState = { requests: null, tokens: null };

/** A bucket of another limit than now is of no use: the limit was changed. */
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
function assertRoom(charges: readonly Charge[], found: readonly Buckets[]): void {
  let longest: Reached | null = null;
  charges.forEach((charge, index) => {
    const buckets = found[index] ?? EMPTY;
    const requestsIn = buckets.requests ? waitFor(buckets.requests, 1) : 0;
    const tokensIn = buckets.tokens ? waitFor(buckets.tokens, charge.tokens) : 0;
    const wait = Math.max(requestsIn, tokensIn);
    if (wait === 0 || wait <= (longest?.waitMs ?? 0)) return;
    const kind = buckets.requests && requestsIn >= tokensIn ? 'requests' : 'tokens';
    longest = { charge, kind, waitMs: wait, state: stateOfBuckets(buckets) };
  });
  if (longest !== null) throw refuse(longest);
}
