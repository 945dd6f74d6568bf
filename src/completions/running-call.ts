import { uuidv7Bytes } from '../common/uuid';
import { type ResolvedModel } from '../models/model-resolver';
import { type CompletionRequest } from '../providers/contract/completion';
import { type CallSubject } from '../usage/ledger/call-recorder';
import { type Call } from './call';

/** A call under way, with all that its attempts share. */
export interface RunningCall {
  readonly call: Call;
  readonly model: ResolvedModel;
  readonly request: CompletionRequest;
  readonly subject: CallSubject;
  readonly callId: Buffer;
  /** `performance.now()` when the model was resolved. */
  readonly startedAt: number;
  /** Ends the vendor's side: the client left, the server stops, or the time is up. */
  readonly end: AbortController;
  /** Milliseconds spent waiting for the vendor or between attempts: not ours. */
  waitedMs: number;
}

export function toRunningCall(call: Call, model: ResolvedModel, end: AbortController): RunningCall {
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
