import { Injectable } from '@nestjs/common';
import { type Ending } from '../common/ending';
import { pause } from '../common/pause';
import { type VendorError } from '../providers/contract/vendor-error';
import { toVendorProblem } from '../providers/vendor-problem';
import { type OpenEvent } from '../usage/ledger/event';
import { Attempt } from './attempt';
import { type CallHead } from './call';
import { CallLedger } from './call-ledger';
import { CallsInFlight } from './calls-in-flight';
import { type CallPlan, type RunningCall, toRunningCall } from './running-call';

/** How long, at most, an abandoned call is listened to for its exact usage under the policy `drain`. */
const DRAIN_LIMIT_MS = 60_000;

/** What a call does at the vendor in one attempt. It records the attempt's end itself when the vendor answered. */
export type AttemptWork<T> = (running: RunningCall, attempt: Attempt) => Promise<T>;

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

  /**
   * Makes attempts until one is answered or none is left.
   * @param refused what the last failure comes to where it is an answer all the same; null for a problem
   * @throws Problem: of the admission or the vendor
   */
  async run<T>(
    call: CallHead,
    plan: CallPlan,
    work: AttemptWork<T>,
    refused: (error: VendorError) => T | null = () => null,
  ): Promise<T> {
    const { running, leave } = this.enter(call, plan);
    try {
      for (let number = 1; ; number += 1) {
        const begun = this.begin(running, number);
        const attempt = begun instanceof Promise ? await begun : begun;
        try {
          return await work(running, attempt);
        } catch (cause) {
          if (attempt.isOver) throw cause;
          const { error, pauseMs } = await attempt.failed(cause);
          if (pauseMs === null) {
            const answer = refused(error);
            if (answer !== null) return answer;
            throw toVendorProblem(error, plan.model.provider.name);
          }
          await wait(running, pauseMs);
        }
      }
    } finally {
      leave();
    }
  }

  /** The same, for work that hands out parts as they come; leaving its loop early ends the call and settles it. */
  async *runStream<Part>(
    call: CallHead,
    plan: CallPlan,
    work: (running: RunningCall, attempt: Attempt) => AsyncGenerator<Part, void, undefined>,
  ): AsyncGenerator<Part, void, undefined> {
    const { running, leave } = this.enter(call, plan);
    try {
      for (let number = 1; ; number += 1) {
        const begun = this.begin(running, number);
        const attempt = begun instanceof Promise ? await begun : begun;
        try {
          yield* work(running, attempt);
          return;
        } catch (cause) {
          if (attempt.isOver) throw cause;
          const { error, pauseMs } = await attempt.failed(cause);
          if (pauseMs === null) throw toVendorProblem(error, plan.model.provider.name);
          await wait(running, pauseMs);
        } finally {
          await attempt.abandoned();
        }
      }
    } finally {
      leave();
    }
  }

  private enter(
    call: CallHead,
    plan: CallPlan,
  ): { readonly running: RunningCall; readonly leave: () => void } {
    const end = this.inFlight.enter();
    const forget = followClient(call, plan.model.onClientGone, end);
    const leave = (): void => {
      forget();
      this.inFlight.leave(end);
    };
    return { running: toRunningCall(call, plan, end), leave };
  }

  /** At once where the admission is: a wait for what is there would make a promise in every call. */
  private begin(running: RunningCall, number: number): Attempt | Promise<Attempt> {
    const begin = (event: OpenEvent): Attempt => new Attempt(this.ledger, running, number, event);
    const admitted = this.ledger.admit(running, number);
    return admitted instanceof Promise ? admitted.then(begin) : begin(admitted);
  }
}

/** By policy, a client that leaves ends the vendor's side at once, or after it was drained for a while. */
function followClient({ clientGone }: CallHead, policy: 'abort' | 'drain', end: Ending): () => void {
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

/** The pause before the next attempt, which is not this server's work; over at once when nobody wants the call. */
function wait(running: RunningCall, milliseconds: number): Promise<void> {
  running.waitedMs += milliseconds;
  return pause(milliseconds, running.end, running.call.clientGone);
}
