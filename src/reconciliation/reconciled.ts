import { type PicoDollars } from '../common/money';
import { type ReportedCost, type ReportedUsage } from '../providers/contract/billing-report';
import { type ProviderDay } from '../usage/ledger/provider-days.reader';

/** Why a vendor's numbers and ours may differ; each is worked out in `causes.ts`. */
export type Cause =
  | 'credits'
  | 'other_keys'
  | 'batch'
  | 'aborted'
  | 'estimated_usage'
  | 'missing_usage'
  | 'token_difference'
  | 'unpriced'
  | 'priority_commitment'
  | 'service_tier'
  | 'regional'
  | 'tool_fees'
  | 'rounding';

export interface Explained<Amount> {
  readonly cause: Cause;
  /** The vendor's side less ours, as far as the cause explains it. */
  readonly amount: Amount;
  /** How many of our events are behind it, null when it is the vendor's side that says so. */
  readonly events: number | null;
}

export interface Tokens {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  /** Input and output. */
  readonly total: number;
}

/** What both sides have of one model on one day (UTC). */
export interface Side {
  readonly day: string;
  /** The vendor's model without the date of its snapshot; null for what belongs to no one model. */
  readonly model: string | null;
  readonly days: readonly ProviderDay[];
  readonly usage: readonly ReportedUsage[];
  readonly costs: readonly ReportedCost[];
}

export type Verdict = 'equal' | 'explained' | 'unexplained';

export interface Difference<Amount> {
  readonly difference: Amount;
  readonly causes: readonly Explained<Amount>[];
  readonly unexplained: Amount;
}

export interface ReconciledLine {
  readonly day: string;
  readonly model: string | null;
  readonly verdict: Verdict;
  readonly tokens: Difference<number> & { readonly ours: Tokens; readonly vendor: Tokens };
  readonly money: Difference<PicoDollars> & { readonly ours: PicoDollars; readonly vendor: PicoDollars };
}
