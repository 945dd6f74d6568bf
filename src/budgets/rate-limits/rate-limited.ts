import { TooManyRequests } from '../../common/problem';
import { rateLimitHeaders } from './rate-limit-headers';
import { type RateLimitState } from './rate-limit-state';

/** A key has used up its requests or tokens of the minute. Nothing was called, nothing is charged. */
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
