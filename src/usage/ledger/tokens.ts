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
