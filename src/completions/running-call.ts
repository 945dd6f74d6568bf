import { type Principal } from '../auth/principal';
import { type RateTicket } from '../budgets/rate-limits/rate-limiter';
import { type Ending } from '../common/ending';
import { uuidv7Bytes } from '../common/uuid';
import { type ResolvedModel } from '../models/model-resolver';
import { VendorError } from '../providers/contract/vendor-error';
import { type PriceRow } from '../providers/contract/price';
import { type CallBound } from '../usage/ledger/spending-books';
import { type CallAccount, type CallSubject } from '../usage/ledger/call-recorder';
import { type SentRequest } from './abandoned-usage';
import { type CallHead } from './call';

/** A call under way, with all that its attempts share. */
export interface RunningCall {
  readonly call: CallHead;
  readonly model: ResolvedModel;
  readonly sent: SentRequest;
  readonly bound: CallPlan['bound'];
  readonly subject: CallSubject;
  readonly callId: Buffer;
  readonly streamed: boolean;
  /** `performance.now()` when the model was resolved. */
  readonly startedAt: number;
  /** Ends the vendor's side: the client left, the server stops, or the time is up. */
  readonly end: Ending;
  /** Milliseconds spent waiting for the vendor or between attempts: not ours. */
  waitedMs: number;
  /** What was taken from the limits of its key and team; null where they have none. */
  rateTicket: RateTicket | null;
  /** What its attempts used, as far as it is known; null when nothing is. */
  countedTokens: number | null;
}

export interface CallPlan {
  readonly model: ResolvedModel;
  readonly sent: SentRequest;
  /** The most that one attempt can spend by these price rows, beginning at this moment (UTC milliseconds). */
  readonly bound: (prices: readonly PriceRow[], at: number) => CallBound;
  /** The vendor's API, as price rows name it. */
  readonly surface: string;
  readonly streamed: boolean;
}

/** Nobody wants the call any more: it is not made. @throws VendorError `aborted` */
export function assertWanted({ call, end }: RunningCall): void {
  if (!end.aborted && !call.clientGone.aborted) return;
  throw new VendorError('aborted', 'The call was ended before it was sent.');
}

/** Accounts by model and principal: both are the same objects from call to call. */
const accounts = new WeakMap<ResolvedModel, WeakMap<Principal, CallAccount>>();

function accountOf(principal: Principal, model: ResolvedModel): CallAccount {
  let byPrincipal = accounts.get(model);
  if (!byPrincipal) accounts.set(model, (byPrincipal = new WeakMap()));
  const known = byPrincipal.get(principal);
  if (known) return known;
  const { apiKeyId, apiKeyName } = principal;
  const account: CallAccount = {
    teamId: principal.scope.teamId,
    apiKey: apiKeyId === null ? null : { id: apiKeyId, name: apiKeyName ?? '' },
    provider: model.provider,
    model: model.modelId === null ? null : { id: model.modelId, name: model.name },
    vendor: model.vendor.priceVendor,
    vendorModel: model.vendorModel,
  };
  byPrincipal.set(principal, account);
  return account;
}

export function toRunningCall(call: CallHead, plan: CallPlan, end: Ending): RunningCall {
  const { model, sent, bound, surface, streamed } = plan;
  return {
    call,
    model,
    sent,
    bound,
    subject: {
      account: accountOf(call.principal, model),
      surface,
      endUser: call.user ?? null,
      tags: call.tags,
      metadata: call.metadata,
    },
    callId: uuidv7Bytes(),
    streamed,
    startedAt: performance.now(),
    end,
    waitedMs: 0,
    rateTicket: null,
    countedTokens: null,
  };
}
