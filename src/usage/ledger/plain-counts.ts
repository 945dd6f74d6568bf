import { InvalidInput } from '../../common/problem';
import { type Metered, type UsageVector } from '../../providers/contract/usage';

const FIELDS = ['inputTokens', 'outputTokens', 'cachedTokens', 'reasoningTokens', 'totalTokens'] as const;
type Field = (typeof FIELDS)[number];

function readCounts(usage: object): Partial<Record<Field, number>> {
  const counts: Partial<Record<Field, number>> = {};
  for (const [name, value] of Object.entries(usage) as [string, unknown][]) {
    const field = FIELDS.find((known) => known === name);
    if (!field) throw InvalidInput.field(`usage.${name}`, `is not one of ${FIELDS.join(', ')}`);
    if (!Number.isSafeInteger(value) || (value as number) < 0) {
      throw InvalidInput.field(`usage.${name}`, 'must be a whole number of tokens, 0 or more');
    }
    counts[field] = value as number;
  }
  return counts;
}

/**
 * Usage in our own plain form, or null when it is another (a vendor's). Input contains what was
 * cached, output contains the reasoning.
 * @throws InvalidInput naming the count that is wrong
 */
export function meterPlainCounts(usage: unknown, vendorModel: string): Metered | null {
  if (typeof usage !== 'object' || usage === null || Array.isArray(usage)) return null;
  if (!('inputTokens' in usage) && !('outputTokens' in usage)) return null;
  const read = readCounts(usage);
  const { inputTokens = 0, outputTokens = 0, cachedTokens = 0, reasoningTokens = 0 } = read;
  if (cachedTokens > inputTokens)
    throw InvalidInput.field('usage.cachedTokens', 'cannot be more than inputTokens');
  if (reasoningTokens > outputTokens)
    throw InvalidInput.field('usage.reasoningTokens', 'cannot be more than outputTokens');
  if (read.totalTokens !== undefined && read.totalTokens !== inputTokens + outputTokens)
    throw InvalidInput.field('usage.totalTokens', 'must be the sum of inputTokens and outputTokens');
  const counts = {
    input_text: inputTokens - cachedTokens,
    cache_read_text: cachedTokens,
    output_text: outputTokens - reasoningTokens,
    output_reasoning: reasoningTokens,
  };
  const vector: UsageVector = Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
  return {
    vector,
    lines: [{ model: vendorModel, vector, promptTotal: inputTokens }],
    promptTotal: inputTokens,
    served: { tier: 'standard', region: null },
    quality: 'exact',
    flags: [],
  };
}
