import { type UsageVector } from '../../providers/contract/usage';
import { type TokenTotals } from './event';

/**
 * The totals that reports show: all input (cached and written included), all output (reasoning
 * included), and of these the cached reads and the reasoning.
 */
export function totalTokens(vector: UsageVector): TokenTotals {
  const totals = { input: 0, output: 0, cached: 0, reasoning: 0 };
  for (const [name, count] of Object.entries(vector)) {
    if (name.startsWith('input_') || name.startsWith('cache_write_') || name === 'embedding_input')
      totals.input += count;
    else if (name.startsWith('cache_read_')) {
      totals.input += count;
      totals.cached += count;
    } else if (name.startsWith('output_')) {
      totals.output += count;
      if (name === 'output_reasoning') totals.reasoning += count;
    }
  }
  return totals;
}

/** The most tokens that one event may count: sums of millions of such events still fit 64 bits. */
export const MAX_EVENT_TOKENS = 1_000_000_000_000;

/** The totals of an event, or null when they are more than any call can have: then they are unknown. */
export function countableTokens(vector: UsageVector): TokenTotals | null {
  const totals = totalTokens(vector);
  return totals.input + totals.output <= MAX_EVENT_TOKENS ? totals : null;
}
