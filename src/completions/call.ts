import { type Principal } from '../auth/principal';
import { type PricedUsage } from '../models/prices/price-choice';
import { type ResolvedModel } from '../models/model-resolver';
import { type CompletionParameters, type CompletionResult } from '../providers/contract/completion';
import { type Door } from '../usage/ledger/event';
import { type AskedCompletion } from './completion-request';

/** One call, as its door hands it over. */
export interface Call {
  readonly principal: Principal;
  readonly door: Door;
  /** The model's name or id, undefined for the team's default. */
  readonly model: string | undefined;
  readonly asked: AskedCompletion;
  readonly parameters: CompletionParameters;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly requestId: string;
  /** `performance.now()` when the request came. */
  readonly receivedAt: number;
  /** Aborts when the client has left. */
  readonly clientGone: AbortSignal;
}

/** A call that was answered and is settled. */
export interface CompletedCall {
  /** The answer's id: the ledger's `completionId`. */
  readonly id: string;
  readonly model: ResolvedModel;
  readonly result: CompletionResult;
  readonly priced: PricedUsage;
  readonly attempts: number;
  /** Milliseconds. */
  readonly latencyMs: number;
  readonly timeToFirstTokenMs: number | null;
  /** What this server added: everything but waiting for the vendor. */
  readonly overheadMs: number;
}
