import { Logger } from '@nestjs/common';
import { type PricedUsage } from '../models/prices/price-choice';
import { type NativeReport } from '../providers/contract/native';
import { VendorError } from '../providers/contract/vendor-error';
import { type OpenEvent } from '../usage/ledger/event';
import { endOfAnswer, endOfFailure, toVendorError } from './attempt-end';
import { AttemptProgress } from './attempt-progress';
import { type CallReport } from './call';
import { type CallLedger } from './call-ledger';
import { retryDelay } from './retry-policy';
import { type RunningCall } from './running-call';

const logger = new Logger('Completions');

const UNKNOWN: NativeReport = { metered: null, rawUsage: null, vendorResponseId: null };

export interface AttemptFailure {
  readonly error: VendorError;
  /** Before the next attempt, in milliseconds; null when there is none. */
  readonly pauseMs: number | null;
}

/**
 * One admitted attempt at a vendor. Exactly one of its ends is recorded: `answered`, `failed` or `abandoned`;
 * further calls of them do nothing.
 */
export class Attempt {
  readonly progress: AttemptProgress;
  private over = false;

  constructor(
    private readonly ledger: CallLedger,
    private readonly running: RunningCall,
    readonly number: number,
    private readonly event: OpenEvent,
  ) {
    const { call, waitedMs } = running;
    this.progress = new AttemptProgress(performance.now() - call.receivedAt - waitedMs);
  }

  /** True when an end was recorded, or is being recorded. */
  get isOver(): boolean {
    return this.over;
  }

  /** Somebody else records its end, later. */
  handOver(): void {
    this.over = true;
  }

  /** The vendor answered to the end: at once, or in strict mode when that is committed. */
  answered(report: NativeReport): CallReport | Promise<CallReport> {
    this.over = true;
    const { running, progress } = this;
    const { call } = running;
    const endedAt = performance.now();
    const end = endOfAnswer(report, progress.timesAt(endedAt), call.requestId, call.clientGone.aborted);
    running.waitedMs += endedAt - progress.startedAt;
    const settled = this.ledger.settle(running, this.event, end);
    if (settled instanceof Promise) return settled.then((priced) => this.report(priced));
    return this.report(settled);
  }

  /**
   * Settles a failure, and says what follows from it.
   * @param endsCall there is no further attempt, whatever the policy says
   */
  async failed(cause: unknown, endsCall = false): Promise<AttemptFailure> {
    const error = this.classify(cause);
    const pauseMs = endsCall ? null : this.planRetry(error);
    await this.settleFailure(error, pauseMs === null);
    return { error, pauseMs };
  }

  /**
   * The door stopped reading: the vendor's side is closed by now, and what was delivered is known. A door whose
   * client is still there could not go on.
   */
  async abandoned(): Promise<void> {
    if (this.over) return;
    const left = this.running.call.clientGone.aborted;
    const error = left
      ? new VendorError('aborted', 'The client left before the answer was complete.')
      : new VendorError('studio_error', 'The answer could not be handed on.');
    await this.settleFailure(error, true);
  }

  /** Its end cannot be learnt any more. */
  async lost(): Promise<void> {
    this.over = true;
    const { running, progress } = this;
    const { requestId } = running.call;
    const end = endOfAnswer(UNKNOWN, progress.timesAt(performance.now()), requestId, false);
    await this.ledger.settle(running, this.event, { ...end, status: 'unknown' });
  }

  private classify(cause: unknown): VendorError {
    const error = toVendorError(cause);
    if (error !== cause) {
      const { requestId } = this.running.call;
      logger.error({ message: 'An attempt failed in a way that nobody foresaw.', err: cause, requestId });
    }
    return error;
  }

  /** Nothing is tried again once anything was delivered, the client has left, or the time is up. */
  private planRetry(error: VendorError): number | null {
    const { call, model, startedAt } = this.running;
    if (this.progress.anything || call.clientGone.aborted) return null;
    const delay = retryDelay(error, this.number, model.maxRetries);
    const remaining = model.timeouts.total - (performance.now() - startedAt);
    return delay !== null && delay < remaining ? delay : null;
  }

  private async settleFailure(error: VendorError, endsCall: boolean): Promise<void> {
    this.over = true;
    const { running, progress } = this;
    const { call } = running;
    const endedAt = performance.now();
    const context = { clientLeft: call.clientGone.aborted, endsCall, requestId: call.requestId };
    running.waitedMs += endedAt - progress.startedAt;
    const times = progress.timesAt(endedAt);
    await this.ledger.settle(
      running,
      this.event,
      endOfFailure(error, running.sent, progress, times, context),
    );
  }

  private report(priced: PricedUsage): CallReport {
    const { call, callId, waitedMs } = this.running;
    const { firstTokenAt } = this.progress;
    const latencyMs = performance.now() - call.receivedAt;
    return {
      callId,
      priced,
      attempts: this.number,
      latencyMs,
      timeToFirstTokenMs: firstTokenAt === null ? null : firstTokenAt - call.receivedAt,
      overheadMs: Math.max(0, latencyMs - waitedMs),
    };
  }
}
