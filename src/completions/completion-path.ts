import { Injectable } from '@nestjs/common';
import { mergeParameters, ModelResolver, type ResolvedModel } from '../models/model-resolver';
import { type CompletionRequest } from '../providers/contract/completion';
import { type CallOptions } from '../providers/contract/strategy';
import { VendorError } from '../providers/contract/vendor-error';
import { estimateInput } from './abandoned-usage';
import { type Attempt } from './attempt';
import { type DeliveredPart } from './attempt-progress';
import { type Call, type CompletedCall } from './call';
import { assertWanted, type CallPlan, type RunningCall } from './running-call';
import { RunningCalls } from './running-calls';
import { boundOfRequest } from './spending-bound';

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
    const model = await this.findModel(call);
    const request = toRequest(call, model);
    return this.calls.run(call.head, planOf(model, request, false), async (running, attempt) => {
      const result = await model.strategy.generateCompletion(request, beginSending(running, attempt));
      return { ...(await attempt.answered(result)), model, result };
    });
  }

  /** The same, part by part; `done` is the last. Leaving the loop early ends the call and settles it. */
  async *stream(call: Call): AsyncGenerator<StreamedPart, void, undefined> {
    const model = await this.findModel(call);
    const request = toRequest(call, model);
    yield* this.calls.runStream(call.head, planOf(model, request, true), (running, attempt) =>
      deliver(running, attempt, request),
    );
  }

  private findModel({ head, model }: Call): Promise<ResolvedModel> | ResolvedModel {
    return typeof model === 'object' ? model : this.resolver.resolve(head.principal, model);
  }
}

function toRequest({ asked, parameters }: Call, model: ResolvedModel): CompletionRequest {
  return {
    ...asked,
    model: model.vendorModel,
    parameters: mergeParameters(model, parameters),
    outputLimit: model.catalog?.maxOutputTokens ?? null,
    contextWindow: model.catalog?.contextWindow ?? null,
  };
}

function planOf(model: ResolvedModel, request: CompletionRequest, streamed: boolean): CallPlan {
  return {
    model,
    surface: model.vendor.completionApi,
    streamed,
    sent: {
      model: model.vendorModel,
      estimateInput: () => estimateInput(request),
      outputLimit: request.parameters.maxTokens ?? null,
    },
    bound: (prices, at) => boundOfRequest(model, request, prices, at),
  };
}

/** @throws VendorError when nobody wants the call any more */
function beginSending(running: RunningCall, { progress }: Attempt): CallOptions {
  assertWanted(running);
  const { model, end } = running;
  progress.sent = true;
  return { signal: end.signal, timeouts: model.timeouts };
}

/** One attempt, part by part. @throws VendorError */
async function* deliver(
  running: RunningCall,
  attempt: Attempt,
  request: CompletionRequest,
): AsyncGenerator<StreamedPart, void, undefined> {
  const { model } = running;
  for await (const part of model.strategy.streamCompletion(request, beginSending(running, attempt))) {
    if (part.type === 'finish') {
      const report = await attempt.answered(part.result);
      yield { type: 'done', completed: { ...report, model, result: part.result } };
      return;
    }
    attempt.progress.note(part);
    yield part;
  }
  throw new VendorError('cut', 'The stream ended before it was finished.');
}
