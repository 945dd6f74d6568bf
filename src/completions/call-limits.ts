import { Injectable } from '@nestjs/common';
import { RateLimiter, type RateTicket } from '../budgets/rate-limits/rate-limiter';
import { type Metered } from '../providers/contract/usage';
import { totalTokens } from '../usage/ledger/tokens';
import { type RunningCall } from './running-call';

/** A call and the limits of its key and team: it counts once, however many attempts it takes. */
@Injectable()
export class CallLimits {
  constructor(private readonly limiter: RateLimiter) {}

  /** At once where the limits are in memory. @throws RateLimited, Unavailable; also by rejecting */
  take(running: RunningCall): Promise<void> | undefined {
    const { sent } = running;
    const expectTokens = (): number => sent.estimateInput() + (sent.outputLimit ?? 0);
    const ticket = this.limiter.take(running.call.principal, expectTokens);
    if (ticket instanceof Promise) return ticket.then((taken) => keepTicket(running, taken));
    keepTicket(running, ticket);
    return undefined;
  }

  /** The call, or what was left of it, was not made after all: what it did not use is given back. */
  giveBack({ rateTicket, countedTokens }: RunningCall): void {
    if (rateTicket !== null) this.limiter.correct(rateTicket, countedTokens ?? 0);
  }

  /** What was expected gives way to what all attempts used; where nothing is known, it stays. */
  count(running: RunningCall, metered: Metered | null, endsCall: boolean): void {
    if (running.rateTicket === null) return;
    if (metered?.vector) {
      const { input, output } = totalTokens(metered.vector);
      running.countedTokens = (running.countedTokens ?? 0) + input + output;
    }
    if (!endsCall || running.countedTokens === null) return;
    this.limiter.correct(running.rateTicket, running.countedTokens);
  }
}

function keepTicket(running: RunningCall, ticket: RateTicket | null): void {
  running.rateTicket = ticket;
  if (ticket) running.call.onRateLimit?.(ticket.state);
}
