import { type PicoDollars } from '../../common/money';
import { type UsageClass } from './usage';

/** What a call can cost. An amount is null when a class it may use has no price. */
export interface CostEstimate {
  readonly low: PicoDollars | null;
  readonly expected: PicoDollars | null;
  /** A bound: the bill is never more, but for what `unbounded` names. */
  readonly high: PicoDollars | null;
  readonly inputTokens: { readonly low: number; readonly high: number };
  /** The most that one answer can have. */
  readonly maxOutputTokens: number;
  /** How `inputTokens.low` was counted; `inputTokens.high` is a bound by bytes in any case. */
  readonly basis: 'api_count' | 'tokenizer' | 'bytes';
  readonly unpricedClasses: readonly UsageClass[];
  /** Limits that neither the request nor the catalog knows, and that a default stands for. */
  readonly assumed: readonly ('output_limit' | 'context_window')[];
  /** What nothing limits, by its name in the request. */
  readonly unbounded: readonly string[];
}
