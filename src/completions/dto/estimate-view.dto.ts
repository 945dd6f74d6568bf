export class TokenRangeView {
  low: number;
  high: number;
}

/** What a call may cost, in dollars; an amount is null when a class it may use has no price. */
export class EstimateView {
  low: string | null;
  expected: string | null;
  /** A bound, as far as the request limits what the vendor may do. */
  high: string | null;
  currency: 'USD';
  inputTokens: TokenRangeView;
  maxOutputTokens: number | null;
  /** How tokens were counted. */
  basis: 'api_count' | 'tokenizer' | 'bytes';
  unpricedClasses: string[];
}
