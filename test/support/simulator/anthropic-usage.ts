import { type Answer } from './answer';
import { type JsonObject, numberAt, stringAt } from './json';

/** `input_tokens` leaves cache reads and writes out; output holds the thinking. */
export function messageUsage(answer: Answer, body: JsonObject): JsonObject {
  if (answer.script.rawUsage) return answer.script.rawUsage;
  const { input, cached, cacheWrite5m, cacheWrite1h, output } = answer.usage;
  const written = cacheWrite5m + cacheWrite1h;
  return {
    input_tokens: Math.max(0, input - cached - written),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: cached,
    cache_creation: { ephemeral_5m_input_tokens: cacheWrite5m, ephemeral_1h_input_tokens: cacheWrite1h },
    output_tokens: output,
    output_tokens_details: thinkingDetails(answer),
    server_tool_use: null,
    service_tier: answer.script.servedTier ?? 'standard',
    speed: stringAt(body, 'speed') ?? null,
    inference_geo: stringAt(body, 'inference_geo') ?? null,
  };
}

/** The start of a stream knows the input exactly; of the output it names a token or so. */
export function startUsage(answer: Answer, body: JsonObject): JsonObject {
  const usage = messageUsage(answer, body);
  const output = numberAt(usage, 'output_tokens') ?? 1;
  return { ...usage, output_tokens: Math.min(1, output), output_tokens_details: null };
}

/** Totals so far, not differences. */
export function deltaUsage(answer: Answer, share: number): JsonObject {
  const { rawUsage } = answer.script;
  if (rawUsage) {
    const output = numberAt(rawUsage, 'output_tokens') ?? 0;
    return share === 1 ? rawUsage : { ...rawUsage, output_tokens: Math.floor(output * share) };
  }
  const { input_tokens, cache_creation_input_tokens, cache_read_input_tokens } = messageUsage(answer, {});
  return {
    input_tokens,
    cache_creation_input_tokens,
    cache_read_input_tokens,
    output_tokens: Math.floor(answer.usage.output * share),
    output_tokens_details: share === 1 ? thinkingDetails(answer) : null,
    server_tool_use: null,
  };
}

function thinkingDetails(answer: Answer): JsonObject | null {
  return answer.usage.reasoning > 0 ? { thinking_tokens: answer.usage.reasoning } : null;
}
