import { Inject, Injectable, Logger } from '@nestjs/common';
import { Unavailable } from '../common/problem';
import { TookTooLong, withinRoughly } from '../common/within';
import { Clock } from '../common/clock';
import { SETTINGS, type Settings } from '../config/settings';
import { type PricedUsage } from '../models/prices/price-choice';
import { type Metered } from '../providers/contract/usage';
import { type AttemptEnd, CallRecorder, type CallSubject } from '../usage/ledger/call-recorder';
import { type OpenEvent, type Settlement } from '../usage/ledger/event';
import { Ledger } from '../usage/ledger/ledger';
import { type CallBound } from '../usage/ledger/spending-books';
import { endOfRefusal } from './attempt-end';
import { CallLimits } from './call-limits';
import { type RunningCall } from './running-call';

/** How long an answer waits for its settlement; after that the settlement goes on without it. */
const LONGEST_WAIT_MS = 30_000;

const UNKNOWN_USAGE: PricedUsage = {
  amount: null,
  status: 'unpriced',
  priceId: null,
  lines: [],
  unpricedClasses: [],
  flags: [],
};

const UNPRICEABLE: PricedUsage = { ...UNKNOWN_USAGE, flags: ['price_failed'] };

/** Admits each attempt of every door's calls, and settles it: nothing else writes a call's events. */
@Injectable()
export class CallLedger {
  private readonly logger = new Logger('CallLedger');
  private readonly strict: boolean;

  constructor(
    private readonly recorder: CallRecorder,
    private readonly ledger: Ledger,
    private readonly clock: Clock,
    private readonly limits: CallLimits,
    @Inject(SETTINGS) settings: Settings,
  ) {
    this.strict = settings.durability === 'strict';
  }

  /**
   * The event once the vendor may be called; at once where nothing has to be asked of the database.
   * @throws RateLimited; BudgetExceeded; Unavailable when the event cannot be recorded; also by rejecting
   */
  admit(running: RunningCall, attempt: number): OpenEvent | Promise<OpenEvent> {
    const taking = attempt === 1 ? this.limits.take(running) : undefined;
    return taking ? taking.then(() => this.open(running, attempt)) : this.open(running, attempt);
  }

  private open(running: RunningCall, attempt: number): OpenEvent | Promise<OpenEvent> {
    try {
      const opened = this.recorder.open(running.subject, {
        callId: running.callId,
        attempt,
        door: running.call.door,
        streamed: running.streamed,
        at: this.clock.now(),
      });
      if (opened instanceof Promise || attempt > 1 || this.waitsForAdmission(opened)) {
        return this.openWaiting(running, attempt, opened);
      }
      this.ledger.assertCapacity();
      return opened;
    } catch (error) {
      this.limits.giveBack(running);
      throw error;
    }
  }

  private waitsForAdmission(event: OpenEvent): boolean {
    return this.strict || this.ledger.mustReserve(event);
  }

  private async openWaiting(
    running: RunningCall,
    attempt: number,
    opened: OpenEvent | Promise<OpenEvent>,
  ): Promise<OpenEvent> {
    let begun: OpenEvent | null = null;
    try {
      const event = await opened;
      begun = event;
      if (this.waitsForAdmission(event)) {
        await this.ledger.admit({ event, bound: () => this.boundOf(running, event) });
      } else this.ledger.assertCapacity();
      return event;
    } catch (error) {
      this.limits.giveBack(running);
      // The attempt before said that another one follows: this is where the call ends, and is counted.
      if (begun && attempt > 1) this.endUnadmitted(running, begun, error);
      throw error;
    }
  }

  /** Prices what was used and records the end: at once, or in strict mode when that is committed. */
  settle(running: RunningCall, event: OpenEvent, end: AttemptEnd): PricedUsage | Promise<PricedUsage> {
    const priced = end.metered ? this.price(running, event, end.metered) : UNKNOWN_USAGE;
    this.limits.count(running, end.metered, end.endsCall);
    const settlement = this.close(running.subject, event, end, priced);
    if (this.strict) return this.awaitCommit(this.ledger.settle(settlement), priced);
    this.settleInBackground(settlement);
    return priced;
  }

  private endUnadmitted(running: RunningCall, event: OpenEvent, reason: unknown): void {
    const end = endOfRefusal(reason, running.call.requestId);
    const priced = end.metered ? this.price(running, event, end.metered) : UNKNOWN_USAGE;
    this.settleInBackground(this.close(running.subject, event, end, priced));
  }

  private settleInBackground(settlement: ReturnType<CallLedger['close']>): void {
    if (typeof settlement === 'function') this.ledger.settle(settlement).catch(this.ledger.reportLoss);
    else this.ledger.settleInBackground(settlement);
  }

  private boundOf({ subject, bound }: RunningCall, event: OpenEvent): CallBound {
    return bound(this.recorder.pricesOf(subject), event.occurredAt);
  }

  /**
   * The settlement, or what makes it while a name is new to the database. What waits for its commit holds on to
   * nothing else of the call.
   */
  private close(
    subject: CallSubject,
    event: OpenEvent,
    end: AttemptEnd,
    priced: PricedUsage,
  ): Settlement | (() => Settlement | Promise<Settlement>) {
    const settledAt = this.clock.now();
    const close = (): Settlement | Promise<Settlement> =>
      this.recorder.close(subject, event, end, priced, settledAt);
    const made = close();
    if (!(made instanceof Promise)) return made;
    // A name that is new to the database could not be asked for: it is asked for again with each try.
    let first: Promise<Settlement> | null = made;
    return () => {
      const now = first ?? close();
      first = null;
      return now;
    };
  }

  /** A price that cannot be computed is unknown; it must not keep the event from being settled. */
  private price(running: RunningCall, event: OpenEvent, metered: Metered): PricedUsage {
    try {
      return this.recorder.price(running.subject, event, metered);
    } catch (error) {
      this.logger.error({ message: 'A usage could not be priced; its cost is unknown.', err: error });
      return UNPRICEABLE;
    }
  }

  private async awaitCommit(committed: Promise<void>, priced: PricedUsage): Promise<PricedUsage> {
    try {
      await withinRoughly(committed, LONGEST_WAIT_MS);
      return priced;
    } catch (error) {
      if (!(error instanceof TookTooLong)) throw error;
      committed.catch(this.ledger.reportLoss);
      throw settlementLate();
    }
  }
}

function settlementLate(): Unavailable {
  return new Unavailable(
    'settlement_unavailable',
    'The vendor answered, but its usage could not be recorded yet, so the answer is withheld. It was billed and will be recorded; look for it in the usage events before you try again.',
  );
}
