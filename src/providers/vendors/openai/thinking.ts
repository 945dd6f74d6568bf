import { type ReasoningEffort } from '../../contract/completion';
import { isOSeries } from './parameters';

/** Models that do not reason: they take no effort at all (OpenAI, "Models", 2026-11). */
const WITHOUT_REASONING = /^(gpt-4|gpt-3\.5|chatgpt-4o)/;

/**
 * The effort that stands for none where a model has no `none`: it is left out for one that never reasons, and is
 * the least of the o-series, which always does (OpenAI, guide "Reasoning models", 2026-11).
 */
export function fitEffort(effort: ReasoningEffort | undefined, model: string): ReasoningEffort | undefined {
  if (effort !== 'none') return effort;
  if (WITHOUT_REASONING.test(model)) return undefined;
  return isOSeries(model) ? 'low' : effort;
}
