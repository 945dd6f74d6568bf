import {
  TOKEN_CLASSES,
  type TokenClass,
  type UsageClass,
  type UsageVector,
} from '../../providers/contract/usage';
import { type TokenTotals } from './event';

/**
 * The totals that reports show: all input (cached and written included), all output (reasoning
 * included), and of these the cached reads and the reasoning.
 */
export function totalTokens(vector: UsageVector): TokenTotals {
  const totals = { input: 0, output: 0, cached: 0, reasoning: 0 };
  for (const name in vector) {
    const usageClass = name as UsageClass;
    const count = vector[usageClass] ?? 0;
    switch (KINDS.get(usageClass)) {
      case 'cached':
        totals.cached += count;
        totals.input += count;
        break;
      case 'input':
        totals.input += count;
        break;
      case 'reasoning':
        totals.reasoning += count;
        totals.output += count;
        break;
      case 'output':
        totals.output += count;
    }
  }
  return totals;
}

const KINDS: ReadonlyMap<UsageClass, keyof TokenTotals> = new Map(
  TOKEN_CLASSES.map((name) => [name, kindOf(name)]),
);

function kindOf(name: TokenClass): keyof TokenTotals {
  if (name.startsWith('cache_read_')) return 'cached';
  if (name === 'output_reasoning') return 'reasoning';
  return name.startsWith('output_') ? 'output' : 'input';
}

/** The most tokens that one event may count: sums of millions of such events still fit 64 bits. */
export const MAX_EVENT_TOKENS = 1_000_000_000_000;

/** The totals of an event, or null when they are more than any call can have: then they are unknown. */
export function countableTokens(vector: UsageVector): TokenTotals | null {
  const totals = totalTokens(vector);
  return totals.input + totals.output <= MAX_EVENT_TOKENS ? totals : null;
}
