import { TooManyRequests } from '../../common/problem';
import { type Charge } from './limited-subject';
import { rateLimitHeaders } from './rate-limit-headers';
import { type RateLimitState } from './rate-limit-state';

/** A key or its team has used up its requests or tokens of the minute. Nothing was called, nothing is charged. */
export class RateLimited extends TooManyRequests {
  constructor(
    detail: string,
    /** For doors that tell of it in another vendor's headers. */
    readonly state: RateLimitState,
    retryAfterSeconds: number,
  ) {
    super('rate_limit_exceeded', detail, { retryAfterSeconds, headers: rateLimitHeaders(state) });
  }
}

/** A limit that does not have what a call takes. */
export interface Reached {
  readonly charge: Charge;
  readonly kind: 'requests' | 'tokens';
  /** Milliseconds until it has. */
  readonly waitMs: number;
  readonly state: RateLimitState;
}

export function refuse({ charge, kind, waitMs, state }: Reached): RateLimited {
  const { label, advice, requestsPerMinute, tokensPerMinute } = charge.subject;
  const limit =
    kind === 'requests'
      ? `${requestsPerMinute} requests a minute`
      : `${tokensPerMinute} tokens a minute (about ${charge.tokens} were expected of this call)`;
  const seconds = Math.ceil(waitMs / 1000);
  return new RateLimited(
    `${label} has a limit of ${limit}, and has reached it. Try again in ${seconds} seconds, ${advice}.`,
    state,
    seconds,
  );
}
