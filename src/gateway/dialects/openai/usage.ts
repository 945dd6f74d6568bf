import { totalTokens } from '../../../usage/ledger/tokens';
import { type UsageClass, type UsageVector } from '../../../providers/contract/usage';
import { type JsonBody } from '../codec';

const CACHE_WRITES: readonly UsageClass[] = [
  'cache_write_5m',
  'cache_write_1h',
  'cache_write_30m',
  'cache_write_12h',
];

const sumOf = (vector: UsageVector, classes: readonly UsageClass[]): number =>
  classes.reduce((sum, name) => sum + (vector[name] ?? 0), 0);

/** OpenAI counts inclusively: input has what was cached and written in it, output has reasoning in it. */
export function toChatUsage(vector: UsageVector): JsonBody {
  const { input, output, cached, reasoning } = totalTokens(vector);
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: {
      cached_tokens: cached,
      cache_write_tokens: sumOf(vector, CACHE_WRITES),
      audio_tokens: sumOf(vector, ['input_audio', 'cache_read_audio']),
    },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: vector.output_audio ?? 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

/** The same in the words of Responses. */
export function toResponsesUsage(vector: UsageVector): JsonBody {
  const { input, output, cached, reasoning } = totalTokens(vector);
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached, cache_write_tokens: sumOf(vector, CACHE_WRITES) },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
}

const TIERS: Readonly<Record<string, string>> = { standard: 'default', flex: 'flex', priority: 'priority' };

/** The tier that the answer was served in, in OpenAI's words; null for one that it has no word for. */
export function toServiceTier(served: string): string | null {
  return TIERS[served] ?? null;
}
