import { Injectable } from '@nestjs/common';
import { type CallHead } from './call';
import { CallLedger } from './call-ledger';
import { CallsInFlight } from './calls-in-flight';
import { Attempt } from './attempt';
import { type CallPlan, type RunningCall, toRunningCall } from './running-call';

/** How long, at most, an abandoned call is listened to for its exact usage under the policy `drain`. */
const DRAIN_LIMIT_MS = 60_000;

/**
 * The life of a call, for every way through: it is entered among those in flight, follows its client, and makes
 * its attempts, each of which is admitted and settled once.
 */
@Injectable()
export class RunningCalls {
  constructor(
    private readonly ledger: CallLedger,
    private readonly inFlight: CallsInFlight,
  ) {}

  /** Call `leave` in the end, whatever happens. @throws Unavailable when the server is stopping */
  enter(call: CallHead, plan: CallPlan): { readonly running: RunningCall; readonly leave: () => void } {
    const end = this.inFlight.enter();
    const forget = followClient(call, plan.model.onClientGone, end);
    const leave = (): void => {
      forget();
      this.inFlight.leave(end);
    };
    return { running: toRunningCall(call, plan, end), leave };
  }

  /** Admits an attempt; the first is number 1. @throws Unavailable, TooManyRequests */
  async begin(running: RunningCall, number: number): Promise<Attempt> {
    return new Attempt(this.ledger, running, number, await this.ledger.admit(running, number));
  }
}

/** By policy, a client that leaves ends the vendor's side at once, or after it was drained for a while. */
function followClient({ clientGone }: CallHead, policy: 'abort' | 'drain', end: AbortController): () => void {
  let timer: NodeJS.Timeout | undefined;
  const onGone = (): void => {
    if (policy === 'abort') end.abort();
    else timer = setTimeout(() => end.abort(), DRAIN_LIMIT_MS);
  };
  if (clientGone.aborted) onGone();
  else clientGone.addEventListener('abort', onGone, { once: true });
  return () => {
    clearTimeout(timer);
    clientGone.removeEventListener('abort', onGone);
  };
}

/** Waits so many milliseconds, or less when the signal aborts. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, milliseconds);
    signal.addEventListener('abort', finish, { once: true });
  });
}
