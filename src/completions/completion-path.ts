import { Injectable } from '@nestjs/common';
import { mergeParameters, ModelResolver, type ResolvedModel } from '../models/model-resolver';
import { type CompletionRequest, type CompletionResult } from '../providers/contract/completion';
import { VendorError } from '../providers/contract/vendor-error';
import { estimateInput } from './abandoned-usage';
import { type Attempt } from './attempt';
import { type DeliveredPart } from './attempt-progress';
import { type Call, type CompletedCall } from './call';
import { type RunningCall } from './running-call';
import { pause, RunningCalls } from './running-calls';

/** What a stream hands to its door: the vendor's parts, and at the end the settled call. */
export type StreamedPart = DeliveredPart | { readonly type: 'done'; readonly completed: CompletedCall };

/**
 * The path of a completion through the contract, for every door: resolve, admit, call the vendor, settle. Each
 * attempt is an event of its own; whatever happens, an admitted attempt is settled exactly once.
 */
@Injectable()
export class CompletionPath {
  constructor(
    private readonly resolver: ModelResolver,
    private readonly calls: RunningCalls,
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
    const model = await this.findModel(call);
    const request = toRequest(call, model);
    const { running, leave } = this.calls.enter(call, {
      model,
      sent: { model: model.vendorModel, estimateInput: () => estimateInput(request) },
      surface: model.vendor.completionApi,
      streamed,
    });
    try {
      for (let number = 1; ; number += 1) {
        const attempt = await this.calls.begin(running, number);
        const delay = yield* deliver(running, request, attempt);
        if (delay === null) return;
        running.waitedMs += delay;
        await pause(delay, running.end.signal);
      }
    } finally {
      leave();
    }
  }

  private findModel({ principal, model }: Call): Promise<ResolvedModel> | ResolvedModel {
    return typeof model === 'object' ? model : this.resolver.resolve(principal, model);
  }
}

function toRequest({ asked, parameters }: Call, model: ResolvedModel): CompletionRequest {
  return {
    ...asked,
    model: model.vendorModel,
    parameters: mergeParameters(model, parameters),
    outputLimit: model.catalog?.maxOutputTokens ?? null,
  };
}

/** One attempt; yields what it delivers. Returns the pause before the next one, null when the call is over. */
async function* deliver(
  running: RunningCall,
  request: CompletionRequest,
  attempt: Attempt,
): AsyncGenerator<StreamedPart, number | null, undefined> {
  try {
    const result = yield* askVendor(running, request, attempt);
    const report = await attempt.answered(result);
    yield { type: 'done', completed: { ...report, model: running.model, result } };
    return null;
  } catch (error) {
    if (attempt.isOver) throw error;
    return await attempt.failed(error);
  } finally {
    await attempt.abandoned();
  }
}

/** Calls the vendor; yields what it delivers and returns its answer. @throws VendorError */
async function* askVendor(
  { model, streamed, end }: RunningCall,
  request: CompletionRequest,
  { progress }: Attempt,
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
