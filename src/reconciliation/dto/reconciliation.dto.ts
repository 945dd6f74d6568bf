import { ArrayMaxSize, IsArray, IsString, IsUUID, Length, Matches, MaxLength } from 'class-validator';
import { Optional } from '../../common/validation/optional';
import { Obeys, type Rule } from '../../common/validation/rules';
import { type Cause, type Verdict } from '../reconciled';

/** A calendar day that exists, YYYY-MM-DD. */
const refuseDay: Rule = (value) => {
  const at =
    typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : NaN;
  const exists = !Number.isNaN(at) && new Date(at).toISOString().slice(0, 10) === value;
  return exists ? null : 'must be a day such as 2026-11-22';
};

/** Room for a CSV of ten megabytes, in characters. */
const MAX_CSV_CHARACTERS = 16 * 1024 * 1024;

export class AdminKeyInput {
  /** The vendor's administrator key. It is encrypted and never shown again. */
  @IsString()
  @Length(1, 1000)
  @Matches(/^[\x21-\x7e]+$/, { message: 'must be the vendor key itself, without spaces or line breaks' })
  adminKey: string;

  /** The vendor's ids of the API keys that the provider uses; what other keys used is then told apart. */
  @Optional()
  @IsArray()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  @Length(1, 200, { each: true })
  apiKeyIds?: string[];
}

export class AdminKeyView {
  providerId: string;
  /** The key's last four characters. */
  keyHint: string;
  apiKeyIds: string[];
  updatedAt: string;
}

export class CreateReconciliationInput {
  @IsUUID()
  providerId: string;

  /** The first day, UTC. */
  @Obeys(refuseDay)
  from: string;

  /** The day after the last one, UTC. */
  @Obeys(refuseDay)
  to: string;

  /**
   * The vendor's export as CSV, instead of asking the vendor: Google's billing export for a Google provider, for the
   * others the columns day, model, input_tokens, cached_tokens, output_tokens and cost.
   */
  @Optional()
  @IsString()
  @MaxLength(MAX_CSV_CHARACTERS, { message: 'must be of at most 16 MiB; import fewer days at a time' })
  csv?: string;
}

export class TokensView {
  input: number;
  cached: number;
  output: number;
  total: number;
}

export class TokenCauseView {
  cause: Cause;
  amount: number;
  /** How many of our events are behind it; null when it is the vendor's side that says so. */
  events: number | null;
}

export class MoneyCauseView {
  cause: Cause;
  amount: string;
  events: number | null;
}

export class TokenComparisonView {
  ours: TokensView;
  vendor: TokensView;
  /** The vendor's less ours. */
  difference: number;
  causes: TokenCauseView[];
  unexplained: number;
}

export class MoneyComparisonView {
  ours: string;
  vendor: string;
  difference: string;
  causes: MoneyCauseView[];
  unexplained: string;
}

export class ReconciliationLineView {
  /** UTC. */
  day: string;
  /** Without the date of a snapshot; null for what the vendor bills for no one model. */
  model: string | null;
  verdict: Verdict;
  tokens: TokenComparisonView;
  money: MoneyComparisonView;
}

export class SummaryView {
  lines: number;
  equal: number;
  explained: number;
  unexplained: number;
  oursTokens: number;
  vendorTokens: number;
  unexplainedTokens: number;
  oursCost: string;
  vendorCost: string;
  /** The sum of what is unexplained, whether more or less. */
  unexplainedCost: string;
}

export class ReconciliationView {
  id: string;
  providerId: string;
  providerName: string;
  vendor: string;
  source: 'api' | 'csv';
  from: string;
  to: string;
  /** Whether the daily job made it. */
  isScheduled: boolean;
  status: 'completed' | 'failed';
  /** Why it failed. */
  problem: string | null;
  currency: 'USD';
  summary: SummaryView | null;
  createdAt: string;
}

export class ReconciliationDetailView extends ReconciliationView {
  lines: ReconciliationLineView[];
}

export class ReconciliationPage {
  data: ReconciliationView[];
  nextCursor: string | null;
}
