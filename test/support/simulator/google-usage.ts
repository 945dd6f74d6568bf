import { type Answer, type Prompt } from './answer';
import { type JsonObject } from './json';
import { TOKENS_PER_IMAGE } from './tokens';

/**
 * The prompt holds the cached tokens; candidates, thoughts and tool use stand beside it. `share` is how much
 * of the visible output is out: counts in a stream are totals so far.
 */
export function usageMetadata(answer: Answer, prompt: Prompt, share = 1): JsonObject {
  const { rawUsage, servedTier } = answer.script;
  if (rawUsage) return rawUsage;
  const { input, cached, output, reasoning, toolUse } = answer.usage;
  const candidates = Math.floor(Math.max(0, output - reasoning) * share);
  const images = answer.script.usage?.input === undefined ? prompt.images * TOKENS_PER_IMAGE : 0;
  return {
    promptTokenCount: input,
    ...(candidates > 0 ? { candidatesTokenCount: candidates } : {}),
    totalTokenCount: input + candidates + reasoning + toolUse,
    ...(cached > 0
      ? { cachedContentTokenCount: cached, cacheTokensDetails: [{ modality: 'TEXT', tokenCount: cached }] }
      : {}),
    promptTokensDetails: [
      { modality: 'TEXT', tokenCount: input - images },
      ...(images > 0 ? [{ modality: 'IMAGE', tokenCount: images }] : []),
    ],
    ...(reasoning > 0 ? { thoughtsTokenCount: reasoning } : {}),
    ...(toolUse > 0
      ? {
          toolUsePromptTokenCount: toolUse,
          toolUsePromptTokensDetails: [{ modality: 'TEXT', tokenCount: toolUse }],
        }
      : {}),
    ...(servedTier === undefined ? {} : { serviceTier: servedTier }),
  };
}
