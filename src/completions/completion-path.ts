import { Inject, Injectable, Logger } from '@nestjs/common';
import { uuidFromBytes, uuidv7Bytes } from '../common/uuid';
import { Clock } from '../common/clock';
import { SETTINGS, type Settings } from '../config/settings';
import { ModelResolver, type ResolvedModel } from '../models/model-resolver';
import { type PricedUsage } from '../models/prices/price-choice';
import {
  type CompletionPart,
  type CompletionRequest,
  type CompletionResult,
} from '../providers/contract/completion';
import { VendorError } from '../providers/contract/vendor-error';
import { toVendorProblem } from '../providers/vendor-problem';
import { type AttemptEnd, CallRecorder, type CallSubject } from '../usage/ledger/call-recorder';
import { type OpenEvent } from '../usage/ledger/event';
import { Ledger } from '../usage/ledger/ledger';
import {
  type AttemptTimes,
  type Delivered,
  endOfAnswer,
  endOfDrained,
  endOfFailure,
  toVendorError,
} from './attempt';
import { type Call, type CompletedCall } from './call';
import { CallsInFlight } from './calls-in-flight';
import { retryDelay } from './retry-policy';

/** How long, at most, an abandoned call is listened to for its exact usage under the policy `drain`. */
const DRAIN_LIMIT_MS = 60_000;

/** What a stream hands to its door: the vendor's parts, and at the end the settled call. */
export type StreamedPart =
  Exclude<CompletionPart, { type: 'finish' }> | { readonly type: 'done'; readonly completed: CompletedCall };

/** A call under way. */
interface Running {
  readonly call: Call;
  readonly model: ResolvedModel;
  readonly request: CompletionRequest;
  readonly subject: CallSubject;
  readonly callId: Buffer;
  readonly startedAt: number;
  /** Ends the vendor's side: the client left, the server stops, or the time is up. */
  readonly end: AbortController;
  /** Time spent waiting for the vendor or between attempts: not ours. */
  waitedMs: number;
}

/**
 * The one path of a call, for every door: resolve, admit, call the vendor, settle. Each attempt is an
 * event of its own; whatever happens, an admitted attempt is settled exactly once.
 */
@Injectable()
export class CompletionPath {
  private readonly logger = new Logger('Completions');

  constructor(
    private readonly resolver: ModelResolver,
    private readonly recorder: CallRecorder,
    private readonly ledger: Ledger,
    private readonly inFlight: CallsInFlight,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** @throws Problem: of the resolution, the admission, or the vendor */
  async complete(call: Call): Promise<CompletedCall> {
    const parts = this.run(call, false);
    for await (const part of parts) {
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
    const running = toRunning(call, model, end);
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
    running: Running,
    attempt: number,
    streamed: boolean,
  ): AsyncGenerator<StreamedPart, number | null, undefined> {
    const { call, model, request, subject, end } = running;
    const event = await this.recorder.open(subject, {
      callId: running.callId,
      attempt,
      door: call.door,
      streamed,
      at: this.clock.now(),
    });
    if (this.settings.durability === 'strict') await this.ledger.admit(event);

    const startedAt = performance.now();
    const progress = { sent: false, characters: 0, anything: false, firstTokenAt: null as number | null };
    const times = (): AttemptTimes => {
      const endedAt = performance.now();
      return {
        startedAt,
        firstTokenAt: progress.firstTokenAt,
        endedAt,
        overheadMs: startedAt - call.receivedAt - running.waitedMs,
      };
    };
    const options = { signal: end.signal, timeouts: model.timeouts };
    let settled = false;
    try {
      let result: CompletionResult | null = null;
      if (end.signal.aborted) throw new VendorError('aborted', 'The call was ended before it was sent.');
      progress.sent = true;
      if (!streamed) result = await model.strategy.generateCompletion(request, options);
      else {
        for await (const part of model.strategy.streamCompletion(request, options)) {
          if (part.type === 'finish') {
            result = part.result;
            break;
          }
          progress.firstTokenAt ??= performance.now();
          progress.anything = true;
          progress.characters += charactersOf(part);
          yield part;
        }
      }
      if (!result) throw new VendorError('cut', 'The stream ended before it was finished.');
      const measured = times();
      settled = true;
      const close = call.clientGone.aborted ? endOfDrained : endOfAnswer;
      const attemptEnd = close(result, measured, call.requestId, this.clock.now());
      const priced = await this.settle(subject, event, attemptEnd);
      if (priced)
        yield { type: 'done', completed: this.toCompleted(running, result, priced, attempt, measured) };
      return null;
    } catch (error) {
      if (settled) throw error;
      settled = true;
      return await this.fail(running, event, attempt, toVendorError(error), error, progress, times());
    } finally {
      // The door stopped reading: the vendor's side is closed by now, and what was delivered is known.
      if (!settled) {
        const gone = new VendorError('aborted', 'The client left before the answer was complete.');
        await this.settle(
          subject,
          event,
          endOfFailure(gone, request, progress, times(), {
            clientLeft: true,
            endsCall: true,
            requestId: call.requestId,
            at: this.clock.now(),
          }),
        );
      }
    }
  }

  /** Settles a failed attempt. Returns the pause before the next one, or throws what the caller is told. */
  private async fail(
    running: Running,
    event: OpenEvent,
    attempt: number,
    error: VendorError,
    cause: unknown,
    progress: Delivered,
    times: AttemptTimes,
  ): Promise<number | null> {
    const { call, model, request, subject, startedAt } = running;
    if (cause !== error) {
      this.logger.error({
        message: 'An attempt failed in a way that nobody foresaw.',
        err: cause,
        requestId: call.requestId,
      });
    }
    const clientLeft = call.clientGone.aborted;
    const remaining = model.timeouts.total - (performance.now() - startedAt);
    const planned = progress.anything || clientLeft ? null : retryDelay(error, attempt, model.maxRetries);
    const delay = planned !== null && planned < remaining ? planned : null;
    running.waitedMs += times.endedAt - times.startedAt;
    const attemptEnd = endOfFailure(error, request, progress, times, {
      clientLeft,
      endsCall: delay === null,
      requestId: call.requestId,
      at: this.clock.now(),
    });
    await this.settle(subject, event, attemptEnd);
    if (delay === null) throw toVendorProblem(error, model.provider.name);
    return delay;
  }

  private async settle(subject: CallSubject, event: OpenEvent, end: AttemptEnd): Promise<PricedUsage | null> {
    const priced = end.metered ? this.recorder.price(subject, event, end.metered) : null;
    const settlement = await this.recorder.close(subject, event, end, priced);
    const committed = this.ledger.settle(settlement);
    if (this.settings.durability === 'strict') await committed;
    else
      committed.catch((error: unknown) => {
        this.logger.error({ message: 'A settlement was lost at the end of the process.', err: error });
      });
    return priced;
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

  private toCompleted(
    running: Running,
    result: CompletionResult,
    priced: PricedUsage,
    attempts: number,
    times: AttemptTimes,
  ): CompletedCall {
    const now = performance.now();
    const vendorMs = times.endedAt - times.startedAt;
    const { receivedAt } = running.call;
    return {
      id: uuidFromBytes(running.callId),
      model: running.model,
      result,
      priced,
      attempts,
      latencyMs: now - receivedAt,
      timeToFirstTokenMs: times.firstTokenAt === null ? null : times.firstTokenAt - receivedAt,
      overheadMs: Math.max(0, now - receivedAt - vendorMs - running.waitedMs),
    };
  }
}

function toRunning(call: Call, model: ResolvedModel, end: AbortController): Running {
  const { principal, asked } = call;
  return {
    call,
    model,
    request: {
      ...asked,
      model: model.vendorModel,
      parameters: model.parameters,
      outputLimit: model.catalog?.maxOutputTokens ?? null,
    },
    subject: {
      teamId: principal.scope.teamId,
      apiKey:
        principal.apiKeyId === null ? null : { id: principal.apiKeyId, name: principal.apiKeyName ?? '' },
      provider: model.provider,
      model: model.modelId === null ? null : { id: model.modelId, name: model.name },
      vendor: model.vendor.priceVendor,
      vendorModel: model.vendorModel,
      surface: model.vendor.completionApi,
      endUser: asked.user ?? null,
      tags: call.tags,
      metadata: call.metadata,
    },
    callId: uuidv7Bytes(),
    startedAt: performance.now(),
    end,
    waitedMs: 0,
  };
}

function charactersOf(part: Exclude<CompletionPart, { type: 'finish' }>): number {
  if (part.type === 'text' || part.type === 'reasoning') return part.text.length;
  return part.type === 'tool_call_delta' ? part.arguments.length + (part.name?.length ?? 0) : 0;
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
