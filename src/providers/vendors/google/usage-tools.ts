import { FREE_CLASS_FLAG, type UsageVector } from '../../contract/usage';
import {
  asList,
  asObject,
  type JsonObject,
  readCount,
  readObject,
  readText,
  type UsageNotes,
} from '../../contract/usage-builder';

/** Google's fees beside tokens, and what its built-in tools make of the tool tokens' price. */

interface ToolsSeen {
  /** Unique non-empty queries of Grounding with Google Search. */
  readonly queries: number;
  readonly grounded: boolean;
  readonly urlContext: boolean;
}

/**
 * Grounding with Google Search: Gemini 3 and later bill each unique non-empty query, 2.5 and older each
 * grounded prompt (https://ai.google.dev/gemini-api/docs/google-search#pricing, 2026-11).
 */
export function readGroundingFee(
  answer: JsonObject | null,
  usage: JsonObject,
  model: string,
  notes: UsageNotes,
): UsageVector {
  const seen = findTools(answer, usage, notes);
  if (!seen.grounded) return {};
  const generation = /gemini-(\d+)/.exec(model)?.[1];
  if (generation === undefined) notes.estimate('grounding_rule_inferred');
  if (generation !== undefined && Number(generation) < 3) return { grounding_prompts: 1 };
  return seen.queries > 0 ? { grounding_queries: seen.queries } : {};
}

/**
 * Context that Google Search retrieved "is not charged as input tokens", while URL context is billed as
 * input; both are counted in the same field, so a mix cannot be told apart and is priced in full.
 */
export function judgeToolTokens(answer: JsonObject | null, usage: JsonObject, notes: UsageNotes): boolean {
  const seen = findTools(answer, usage, notes);
  if (seen.grounded && !seen.urlContext) {
    notes.note(`${FREE_CLASS_FLAG}input_tool`);
    return true;
  }
  notes.estimate('input_tool_price_depends_on_tool');
  return false;
}

function findTools(answer: JsonObject | null, usage: JsonObject, notes: UsageNotes): ToolsSeen {
  const queries = new Set<string>();
  let grounded = false;
  let urlContext = false;
  for (const candidate of asList(answer?.candidates).map(asObject)) {
    const grounding = readObject(candidate, 'groundingMetadata');
    for (const query of asList(grounding?.webSearchQueries)) {
      if (typeof query === 'string' && query.trim() !== '') queries.add(query);
    }
    const chunks = asList(grounding?.groundingChunks).map(asObject);
    grounded ||= chunks.some((chunk) => readObject(chunk, 'web') !== null);
    if (chunks.some((chunk) => readObject(chunk, 'maps') !== null))
      notes.lowerBound('maps_grounding_fee_unknown');
    urlContext ||= asList(readObject(candidate, 'urlContextMetadata')?.urlMetadata).length > 0;
  }
  // The Interactions API counts by itself, and its count is what is billed.
  const counts = asList(usage.grounding_tool_count).map(asObject);
  const searches = counts.filter((count) => readText(count, 'type') === 'google_search');
  const counted = searches.reduce((sum, count) => sum + (readCount(count, notes, 'count') ?? 0), 0);
  const steps = [...asList(answer?.steps), ...asList(answer?.outputs)].map(asObject);
  urlContext ||= steps.some((step) => (readText(step, 'type') ?? '').startsWith('url_context'));
  const total = searches.length > 0 ? counted : queries.size;
  return { queries: total, grounded: grounded || total > 0, urlContext };
}

/**
 * An explicit cache costs tokens × the time it is kept; no answer reports it. Its life is from `createTime` to
 * `deleteTime`, or to `expireTime` as planned. In token-hours, exact to 1e-9.
 */
export function readCacheStorage(
  answer: JsonObject,
  usage: JsonObject,
  notes: UsageNotes,
): UsageVector | null {
  const tokens = readCount(usage, notes, 'totalTokenCount');
  const from = readTime(answer, 'createTime');
  const deleted = readTime(answer, 'deleteTime');
  const to = deleted ?? readTime(answer, 'expireTime');
  if (tokens === null || from === null || to === null) return null;
  if (deleted === null) notes.estimate('cache_lifetime_planned');
  if (to < from) notes.estimate('negative_count');
  const nanoHours = (BigInt(tokens) * BigInt(Math.max(0, to - from)) * 1_000_000_000n) / 3_600_000n;
  return nanoHours === 0n ? {} : { cache_storage_token_hours: Number(nanoHours) / 1e9 };
}

function readTime(from: JsonObject, name: string): number | null {
  const text = readText(from, name);
  const time = text === null ? NaN : Date.parse(text);
  return Number.isNaN(time) ? null : time;
}
