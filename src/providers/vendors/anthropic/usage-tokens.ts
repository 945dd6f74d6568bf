import { type UsageVector } from '../../contract/usage';
import {
  hasUsableCount,
  type JsonObject,
  readCount,
  readObject,
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
  vector.add('input_text', readCount(usage, notes, 'input_tokens') ?? 0);
  vector.add('cache_read_text', readCount(usage, notes, 'cache_read_input_tokens') ?? 0);
  addWrites(usage, vector, notes);

  const output = readCount(usage, notes, 'output_tokens');
  if (output === null) notes.lowerBound('output_not_reported');
  const details = readObject(usage, 'output_tokens_details');
  const reasoning = readCount(details, notes, 'thinking_tokens') ?? 0;
  splitOutput({ total: output ?? 0, parts: NO_MODALITIES, textReported: false, reasoning }, vector, notes);

  const tools = readObject(usage, 'server_tool_use');
  vector.add('web_search_requests', readCount(tools, notes, 'web_search_requests') ?? 0);
  vector.add('web_fetch_requests', readCount(tools, notes, 'web_fetch_requests') ?? 0);
  return vector.build();
}

/** `cache_creation` splits the total by lifetime; what it does not cover is the default of five minutes. */
function addWrites(usage: JsonObject, vector: VectorBuilder, notes: UsageNotes): void {
  const split = readObject(usage, 'cache_creation');
  const stated5m = readCount(split, notes, 'ephemeral_5m_input_tokens') ?? 0;
  const stated1h = readCount(split, notes, 'ephemeral_1h_input_tokens') ?? 0;
  const total = readCount(usage, notes, 'cache_creation_input_tokens') ?? stated5m + stated1h;
  if (split && stated5m + stated1h !== total) notes.estimate('cache_write_split_mismatch');
  const kept1h = Math.min(stated1h, total);
  vector.add('cache_write_1h', kept1h);
  vector.add('cache_write_5m', total - kept1h);
}
