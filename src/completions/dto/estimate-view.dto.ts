export class TokenRangeView {
  low: number;
  high: number;
}

/** What a call may cost, in dollars; an amount is null when a class it may use has no price. */
export class EstimateView {
  low: string | null;
  expected: string | null;
  /** A bound, but for what `unbounded` names. */
  high: string | null;
  currency: 'USD';
  inputTokens: TokenRangeView;
  /** The most that one answer can have. */
  maxOutputTokens: number;
  /** How `inputTokens.low` was counted; `high` is a bound by bytes in any case. */
  basis: 'api_count' | 'tokenizer' | 'bytes';
  unpricedClasses: string[];
  /** Limits that neither the request nor the catalog knows, and that a default stands for. */
  assumed: ('output_limit' | 'context_window')[];
  /** What nothing limits, by its name in the request. */
  unbounded: string[];
}
