import { Injectable } from '@nestjs/common';
import { RateLimiter } from '../budgets/rate-limits/rate-limiter';
import { type Metered } from '../providers/contract/usage';
import { totalTokens } from '../usage/ledger/tokens';
import { type RunningCall } from './running-call';

/** A call and the limits of its key: it counts once, however many attempts it takes. */
@Injectable()
export class CallLimits {
  constructor(private readonly limiter: RateLimiter) {}

  /** @throws RateLimited */
  take(running: RunningCall): void {
    const { principal, onRateLimit } = running.call;
    const { requestsPerMinute, tokensPerMinute } = principal;
    if (requestsPerMinute === null && tokensPerMinute === null) return;
    const { sent } = running;
    // A call that could use more than a minute's worth takes a minute's worth: it passes when nothing else runs.
    running.expectedTokens =
      tokensPerMinute === null
        ? 0
        : Math.min(sent.estimateInput() + (sent.outputLimit ?? 0), tokensPerMinute);
    const state = this.limiter.take(principal, running.expectedTokens);
    if (state) onRateLimit?.(state);
  }

  /** The call, or what was left of it, was not made after all: what it did not use is given back. */
  giveBack({ call, expectedTokens, countedTokens }: RunningCall): void {
    if (expectedTokens !== null) this.limiter.correct(call.principal, expectedTokens, countedTokens ?? 0);
  }

  /** What was expected gives way to what all attempts used; where nothing is known, it stays. */
  count(running: RunningCall, metered: Metered | null, endsCall: boolean): void {
    if (running.expectedTokens === null) return;
    if (metered?.vector) {
      const { input, output } = totalTokens(metered.vector);
      running.countedTokens = (running.countedTokens ?? 0) + input + output;
    }
    if (!endsCall || running.countedTokens === null) return;
    this.limiter.correct(running.call.principal, running.expectedTokens, running.countedTokens);
  }
}
