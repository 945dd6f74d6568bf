import { type Principal } from '../auth/principal';
import { type RateLimitState } from '../budgets/rate-limits/rate-limit-state';
import { type EndSignal } from '../common/ending';
import { type PricedUsage } from '../models/prices/price-choice';
import { type ResolvedModel } from '../models/model-resolver';
import { type CompletionParameters, type CompletionResult } from '../providers/contract/completion';
import { type Door } from '../usage/ledger/event';
import { type AskedCompletion } from './completion-request';

/** What every call has, whatever it asks of the vendor, as its door hands it over. */
export interface CallHead {
  readonly principal: Principal;
  readonly door: Door;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>> | null;
  /** The caller's end user. */
  readonly user: string | undefined;
  readonly requestId: string;
  /** `performance.now()` when the request came. */
  readonly receivedAt: number;
  /** Aborts when the client has left. */
  readonly clientGone: EndSignal;
  /** Is told what is left of the key's limits, before the vendor is called; not for a key without limits. */
  readonly onRateLimit?: (state: RateLimitState) => void;
}

/** A call for a completion. */
export interface Call {
  readonly head: CallHead;
  /** The model, or its name or id; undefined for the team's default. */
  readonly model: ResolvedModel | string | undefined;
  readonly asked: AskedCompletion;
  readonly parameters: CompletionParameters;
}

/** How a call went that was answered and is settled. Times are milliseconds. */
export interface CallReport {
  /** The answer's id, a UUID as bytes: the ledger's `completionId`. */
  readonly callId: Buffer;
  readonly priced: PricedUsage;
  readonly attempts: number;
  readonly latencyMs: number;
  readonly timeToFirstTokenMs: number | null;
  /** What this server added: everything but waiting for the vendor. */
  readonly overheadMs: number;
}

export interface CompletedCall extends CallReport {
  readonly model: ResolvedModel;
  readonly result: CompletionResult;
}
