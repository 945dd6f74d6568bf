import { uuidv7Bytes } from '../common/uuid';
import { type ResolvedModel } from '../models/model-resolver';
import { type CallSubject } from '../usage/ledger/call-recorder';
import { type SentRequest } from './abandoned-usage';
import { type CallHead } from './call';

/** A call under way, with all that its attempts share. */
export interface RunningCall {
  readonly call: CallHead;
  readonly model: ResolvedModel;
  readonly sent: SentRequest;
  readonly subject: CallSubject;
  readonly callId: Buffer;
  readonly streamed: boolean;
  /** `performance.now()` when the model was resolved. */
  readonly startedAt: number;
  /** Ends the vendor's side: the client left, the server stops, or the time is up. */
  readonly end: AbortController;
  /** Milliseconds spent waiting for the vendor or between attempts: not ours. */
  waitedMs: number;
  /** What was taken from the key's tokens per minute; null for a key without limits. */
  expectedTokens: number | null;
}

export interface CallPlan {
  readonly model: ResolvedModel;
  readonly sent: SentRequest;
  /** The vendor's API, as price rows name it. */
  readonly surface: string;
  readonly streamed: boolean;
}

export function toRunningCall(call: CallHead, plan: CallPlan, end: AbortController): RunningCall {
  const { principal } = call;
  const { model } = plan;
  return {
    call,
    model,
    sent: plan.sent,
    subject: {
      teamId: principal.scope.teamId,
      apiKey:
        principal.apiKeyId === null ? null : { id: principal.apiKeyId, name: principal.apiKeyName ?? '' },
      provider: model.provider,
      model: model.modelId === null ? null : { id: model.modelId, name: model.name },
      vendor: model.vendor.priceVendor,
      vendorModel: model.vendorModel,
      surface: plan.surface,
      endUser: call.user ?? null,
      tags: call.tags,
      metadata: call.metadata,
    },
    callId: uuidv7Bytes(),
    streamed: plan.streamed,
    startedAt: performance.now(),
    end,
    waitedMs: 0,
    expectedTokens: null,
  };
}
