import { Inject, Injectable, Logger } from '@nestjs/common';
import { uuidFromBytes } from '../common/uuid';
import { SETTINGS, type Settings } from '../config/settings';
import { ModelResolver } from '../models/model-resolver';
import { type PricedUsage } from '../models/prices/price-choice';
import { type CompletionResult } from '../providers/contract/completion';
import { VendorError } from '../providers/contract/vendor-error';
import { toVendorProblem } from '../providers/vendor-problem';
import { type OpenEvent } from '../usage/ledger/event';
import { endOfAnswer, endOfFailure, toVendorError } from './attempt-end';
import { AttemptProgress, type DeliveredPart } from './attempt-progress';
import { type Call, type CompletedCall } from './call';
import { CallLedger } from './call-ledger';
import { CallsInFlight } from './calls-in-flight';
import { retryDelay } from './retry-policy';
import { type RunningCall, toRunningCall } from './running-call';

/** How long, at most, an abandoned call is listened to for its exact usage under the policy `drain`. */
const DRAIN_LIMIT_MS = 60_000;

/** What a stream hands to its door: the vendor's parts, and at the end the settled call. */
export type StreamedPart = DeliveredPart | { readonly type: 'done'; readonly completed: CompletedCall };

/**
 * The one path of a call, for every door: resolve, admit, call the vendor, settle. Each attempt is an
 * event of its own; whatever happens, an admitted attempt is settled exactly once.
 */
@Injectable()
export class CompletionPath {
  private readonly logger = new Logger('Completions');

  constructor(
    private readonly resolver: ModelResolver,
    private readonly ledger: CallLedger,
    private readonly inFlight: CallsInFlight,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** @throws Problem: of the resolution, the admission, or the vendor */
  async complete(call: Call): Promise<CompletedCall> {
    for await (const part of this.run(call, false)) {
      if (part.type === 'done') return part.completed;
    }
    throw new Error('The call ended without an answer and without an error.');
  }

  /** The same, part by part; `done` is the last. Leaving the loop early ends the call and settles it. */
  stream(call: Call): AsyncGenerator<StreamedPart, void, undefined> {
    return this.run(call, true);
  }

  private async *run(call: Call, streamed: boolean): AsyncGenerator<StreamedPart, void, undefined> {
    const model = await this.resolver.resolve(call.principal, call.model, call.parameters);
    const end = this.inFlight.enter();
    const forget = this.followClient(call, end);
    const running = toRunningCall(call, model, end);
    try {
      for (let attempt = 1; ; attempt += 1) {
        const delay = yield* this.attempt(running, attempt, streamed);
        if (delay === null) return;
        running.waitedMs += delay;
        await pause(delay, end.signal);
      }
    } finally {
      forget();
      this.inFlight.leave(end);
    }
  }

  /** One attempt; yields what it delivers. Returns the pause before the next one, null when the call is over. */
  private async *attempt(
    running: RunningCall,
    attempt: number,
    streamed: boolean,
  ): AsyncGenerator<StreamedPart, number | null, undefined> {
    const { call } = running;
    const event = await this.ledger.admit(running, attempt, streamed);
    const progress = new AttemptProgress(performance.now() - call.receivedAt - running.waitedMs);
    let ended = false;
    try {
      const result = yield* deliver(running, progress, streamed);
      ended = true;
      const endedAt = performance.now();
      const end = endOfAnswer(result, progress.timesAt(endedAt), call.requestId, call.clientGone.aborted);
      running.waitedMs += endedAt - progress.startedAt;
      const priced = await this.ledger.settle(running, event, end);
      if (priced) yield { type: 'done', completed: toCompleted(running, result, priced, attempt, progress) };
      return null;
    } catch (error) {
      if (ended) throw error;
      ended = true;
      return await this.fail(running, event, attempt, error, progress);
    } finally {
      // The door stopped reading: the vendor's side is closed by now, and what was delivered is known.
      if (!ended) await this.abandon(running, event, progress);
    }
  }

  /** Settles a failed attempt. Returns the pause before the next one, or throws what the caller is told. */
  private async fail(
    running: RunningCall,
    event: OpenEvent,
    attempt: number,
    cause: unknown,
    progress: AttemptProgress,
  ): Promise<number | null> {
    const { call, model, request } = running;
    const error = toVendorError(cause);
    if (error !== cause) {
      const { requestId } = call;
      this.logger.error({
        message: 'An attempt failed in a way that nobody foresaw.',
        err: cause,
        requestId,
      });
    }
    const endedAt = performance.now();
    const clientLeft = call.clientGone.aborted;
    const remaining = model.timeouts.total - (endedAt - running.startedAt);
    const planned = progress.anything || clientLeft ? null : retryDelay(error, attempt, model.maxRetries);
    const delay = planned !== null && planned < remaining ? planned : null;
    running.waitedMs += endedAt - progress.startedAt;
    const context = { clientLeft, endsCall: delay === null, requestId: call.requestId };
    await this.ledger.settle(
      running,
      event,
      endOfFailure(error, request, progress, progress.timesAt(endedAt), context),
    );
    if (delay === null) throw toVendorProblem(error, model.provider.name);
    return delay;
  }

  private async abandon(running: RunningCall, event: OpenEvent, progress: AttemptProgress): Promise<void> {
    const gone = new VendorError('aborted', 'The client left before the answer was complete.');
    const context = { clientLeft: true, endsCall: true, requestId: running.call.requestId };
    const times = progress.timesAt(performance.now());
    await this.ledger.settle(running, event, endOfFailure(gone, running.request, progress, times, context));
  }

  /** By policy, a client that leaves ends the vendor's side at once, or after it was drained for a while. */
  private followClient(call: Call, end: AbortController): () => void {
    let timer: NodeJS.Timeout | undefined;
    const onGone = (): void => {
      if (this.settings.onClientGone === 'abort') end.abort();
      else timer = setTimeout(() => end.abort(), DRAIN_LIMIT_MS);
    };
    if (call.clientGone.aborted) onGone();
    else call.clientGone.addEventListener('abort', onGone, { once: true });
    return () => {
      clearTimeout(timer);
      call.clientGone.removeEventListener('abort', onGone);
    };
  }
}

/** Calls the vendor; yields what it delivers and returns its answer. @throws VendorError */
async function* deliver(
  { model, request, end }: RunningCall,
  progress: AttemptProgress,
  streamed: boolean,
): AsyncGenerator<DeliveredPart, CompletionResult, undefined> {
  if (end.signal.aborted) throw new VendorError('aborted', 'The call was ended before it was sent.');
  progress.sent = true;
  const options = { signal: end.signal, timeouts: model.timeouts };
  if (!streamed) return model.strategy.generateCompletion(request, options);
  for await (const part of model.strategy.streamCompletion(request, options)) {
    if (part.type === 'finish') return part.result;
    progress.note(part);
    yield part;
  }
  throw new VendorError('cut', 'The stream ended before it was finished.');
}

function toCompleted(
  { call, model, callId, waitedMs }: RunningCall,
  result: CompletionResult,
  priced: PricedUsage,
  attempts: number,
  { firstTokenAt }: AttemptProgress,
): CompletedCall {
  const latencyMs = performance.now() - call.receivedAt;
  return {
    id: uuidFromBytes(callId),
    model,
    result,
    priced,
    attempts,
    latencyMs,
    timeToFirstTokenMs: firstTokenAt === null ? null : firstTokenAt - call.receivedAt,
    overheadMs: Math.max(0, latencyMs - waitedMs),
  };
}

/** Waits so many milliseconds, or less when the signal aborts. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
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
