import { type PicoDollars } from '../../common/money';
import { type UsageClass } from './usage';

/** What a call can cost. An amount is null when a class it may use has no price. */
export interface CostEstimate {
  readonly low: PicoDollars | null;
  readonly expected: PicoDollars | null;
  /** A bound: the bill is never more, as far as the request limits what the vendor may do. */
  readonly high: PicoDollars | null;
  readonly inputTokens: { readonly low: number; readonly high: number };
  readonly maxOutputTokens: number | null;
  /** How tokens were counted. */
  readonly basis: 'api_count' | 'tokenizer' | 'bytes';
  readonly unpricedClasses: readonly UsageClass[];
}
