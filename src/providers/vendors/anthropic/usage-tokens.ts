import { type UsageVector } from '../../contract/usage';
import {
  asObject,
  hasUsableCount,
  type JsonObject,
  readCount,
  toCount,
  UsageNotes,
  VectorBuilder,
} from '../../contract/usage-builder';
import { NO_MODALITIES, splitOutput } from '../../contract/usage-split';

/**
 * Anthropic's `input_tokens` EXCLUDES cache reads and writes; `output_tokens` includes thinking and is what
 * is billed (types of @anthropic-ai/sdk 1.12.0, 2026-11).
 */

const COUNTS = ['input_tokens', 'output_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens'];

/** Whether one of the counts is reported and can be one. */
export function hasUsableTokens(usage: JsonObject): boolean {
  return hasUsableCount(usage, ...COUNTS);
}

/** Whether any count is reported at all. */
export function hasTokens(usage: JsonObject): boolean {
  const iterations = usage.iterations;
  if (Array.isArray(iterations) && iterations.length > 0) return true;
  return COUNTS.some((name) => readCount(usage, new UsageNotes(), name) !== null);
}

export function readTokens(usage: JsonObject, notes: UsageNotes): UsageVector {
  const vector = new VectorBuilder();
  vector.add('input_text', toCount(usage.input_tokens, notes) ?? 0);
  vector.add('cache_read_text', toCount(usage.cache_read_input_tokens, notes) ?? 0);
  addWrites(usage, vector, notes);

  const output = toCount(usage.output_tokens, notes);
  if (output === null) notes.lowerBound('output_not_reported');
  const details = asObject(usage.output_tokens_details);
  const reasoning = toCount(details?.thinking_tokens, notes) ?? 0;
  splitOutput({ total: output ?? 0, parts: NO_MODALITIES, textReported: false, reasoning }, vector, notes);

  const tools = asObject(usage.server_tool_use);
  vector.add('web_search_requests', toCount(tools?.web_search_requests, notes) ?? 0);
  vector.add('web_fetch_requests', toCount(tools?.web_fetch_requests, notes) ?? 0);
  return vector.build();
}

/** `cache_creation` splits the total by lifetime; what it does not cover is the default of five minutes. */
function addWrites(usage: JsonObject, vector: VectorBuilder, notes: UsageNotes): void {
  const split = asObject(usage.cache_creation);
  const stated5m = toCount(split?.ephemeral_5m_input_tokens, notes) ?? 0;
  const stated1h = toCount(split?.ephemeral_1h_input_tokens, notes) ?? 0;
  const total = toCount(usage.cache_creation_input_tokens, notes) ?? stated5m + stated1h;
  if (split && stated5m + stated1h !== total) notes.estimate('cache_write_split_mismatch');
  const kept1h = Math.min(stated1h, total);
  vector.add('cache_write_1h', kept1h);
  vector.add('cache_write_5m', total - kept1h);
}
