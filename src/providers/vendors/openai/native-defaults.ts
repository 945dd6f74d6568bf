import { type CompletionParameters } from '../../contract/completion';
import { type JsonObject } from '../../contract/usage-builder';

/**
 * The model's defaults for what a Responses body leaves out. What the API has no field for (penalties, seed,
 * stop sequences) stays with Chat Completions (types of openai 7.57.0, 2026-11).
 */
export function missingResponsesDefaults(body: JsonObject, defaults: CompletionParameters): JsonObject {
  const { reasoning } = defaults;
  const fields = {
    max_output_tokens: defaults.maxTokens,
    temperature: defaults.temperature,
    top_p: defaults.topP,
    reasoning: reasoning?.effort === undefined ? undefined : { effort: reasoning.effort },
    service_tier: defaults.serviceTier,
    parallel_tool_calls: defaults.parallelToolCalls,
  };
  return Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => value !== undefined && !(name in body)),
  );
}
