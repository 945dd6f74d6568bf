import { type Metered, type MeterContext, type Served, type UsageVector } from '../../contract/usage';
import { meterSafely } from '../../contract/safe-meter';
import {
  asList,
  asObject,
  hasUsableCount,
  isBatchApi,
  isUnknown,
  type JsonObject,
  notBilled,
  readCount,
  readObject,
  readText,
  toLine,
  toMetered,
  usageMissing,
  UsageNotes,
  VectorBuilder,
} from '../../contract/usage-builder';
import { foldStreamUsage, STREAM_MARK } from './usage-stream';
import { readTokens } from './usage-tokens';
import { judgeToolTokens, readCacheStorage, readGroundingFee } from './usage-tools';

export { foldStreamUsage };

/**
 * Meters an answer of any Gemini API: a bare usage object, the whole answer, `{ response }` around it, an
 * explicit cache, what `foldStreamUsage` made, or an array of stream chunks. Pure; it never throws.
 */
export const meterUsage = meterSafely(readUsage);

function readUsage(raw: unknown, context: MeterContext): Metered {
  const notes = new UsageNotes();
  const folded = Array.isArray(raw) ? foldChunks(raw) : raw;
  const { answer, batch } = unwrap(asObject(folded));
  const usage = findUsage(answer);
  const served = readServed(answer, usage, context, batch);
  const model = readText(answer, 'modelVersion', 'model') ?? context.model;
  if (!answer || !usage) return meterWithoutUsage(answer, model, served, notes);

  const cache = isCache(answer, usage, context);
  const storage = cache ? readCacheStorage(answer, usage, notes) : null;
  if (cache) {
    const known = storage && hasUsableCount(usage, 'totalTokenCount');
    return known ? toMetered([toLine(model, storage)], served, notes) : usageMissing(served, notes);
  }
  const embedding = isEmbedding(answer, context, model);
  const tokens = embedding ? readEmbedding(usage, notes) : readTokens(usage, notes);
  if (!tokens || isUnknown(tokens, usage, ...COUNT_FIELDS)) return usageMissing(served, notes);
  if (readObject(answer, STREAM_MARK)?.finished === false) {
    notes.note('partial_stream');
    notes.lowerBound('lower_bound');
  }

  const free = tokens.input_tool && judgeToolTokens(answer, usage, notes) ? (['input_tool'] as const) : [];
  const vector = new VectorBuilder();
  vector.addAll(tokens);
  vector.addAll(readGroundingFee(answer, usage, model, notes));
  return toMetered([toLine(model, vector.build(), free)], served, notes);
}

function foldChunks(chunks: readonly unknown[]): unknown {
  let folded: unknown;
  for (const chunk of chunks) folded = foldStreamUsage(folded, chunk);
  return folded;
}

/** Finds the answer inside `{ response }` (a line of a batch), `{ interaction }` or `{ body }`. */
function unwrap(from: JsonObject | null): { answer: JsonObject | null; batch: boolean } {
  let answer = from;
  let batch = false;
  for (let depth = 0; answer && depth < 4 && !findUsage(answer); depth += 1) {
    batch ||= 'key' in answer;
    const inner = readObject(answer, 'response', 'interaction', 'body');
    if (!inner) break;
    answer = inner;
  }
  return { answer, batch };
}

const USAGE_FIELDS = [
  'promptTokenCount',
  'candidatesTokenCount',
  'responseTokenCount',
  'thoughtsTokenCount',
  'totalTokenCount',
  'total_input_tokens',
  'total_output_tokens',
  'total_tokens',
  'prompt_tokens',
];

/** Those, and what may be reported beside them alone. */
const COUNT_FIELDS = [
  ...USAGE_FIELDS,
  'completion_tokens',
  'toolUsePromptTokenCount',
  'total_thought_tokens',
  'total_reasoning_tokens',
  'total_tool_use_tokens',
];

function findUsage(answer: JsonObject | null): JsonObject | null {
  const nested = readObject(answer, 'usageMetadata', 'usage');
  if (nested) return nested;
  return answer && USAGE_FIELDS.some((name) => name in answer) ? answer : null;
}

const TIER_BY_TRAFFIC: Readonly<Record<string, string>> = {
  on_demand: 'standard',
  on_demand_flex: 'flex',
  on_demand_priority: 'priority',
  on_demand_offpeak: 'offpeak',
  provisioned_throughput: 'provisioned',
};

/**
 * The served tier: `serviceTier` (Gemini API), `trafficType` (Vertex AI) or the header
 * `x-gemini-service-tier`; priority beyond its quota is served and billed as standard (2026-11).
 */
function readServed(
  answer: JsonObject | null,
  usage: JsonObject | null,
  context: MeterContext,
  batchLine: boolean,
): Served {
  const named =
    readText(usage, 'serviceTier', 'service_tier') ??
    readText(answer, 'serviceTier', 'service_tier') ??
    readText(usage, 'trafficType') ??
    readText(answer, 'trafficType') ??
    findHeader(context, 'x-gemini-service-tier') ??
    context.servedTier ??
    'standard';
  const tier = named.toLowerCase().replace(/^(service_tier|traffic_type)_/, '');
  const known = TIER_BY_TRAFFIC[tier] ?? (tier === 'unspecified' || tier === 'default' ? 'standard' : tier);
  const batch = batchLine || context.batch === true || isBatchApi(context.api);
  return { tier: batch ? 'batch' : known, region: context.geo ?? findRegion(context.baseUrl) };
}

function findHeader(context: MeterContext, name: string): string | undefined {
  const entries = Object.entries(context.responseHeaders ?? {});
  return entries.find(([key, value]) => key.toLowerCase() === name && value !== '')?.[1];
}

/** Vertex AI: a region's own host, such as europe-west1-aiplatform.googleapis.com, is not the global one. */
function findRegion(baseUrl: string | undefined): string | null {
  if (!baseUrl || !URL.canParse(baseUrl)) return null;
  return new URL(baseUrl).hostname.endsWith('-aiplatform.googleapis.com') ? 'regional' : null;
}

function isCache(answer: JsonObject, usage: JsonObject, context: MeterContext): boolean {
  return (
    context.api.toLowerCase().includes('cachedcontent') ||
    ('createTime' in answer &&
      usage !== answer &&
      !('promptTokenCount' in usage) &&
      !('candidates' in answer))
  );
}

function isEmbedding(answer: JsonObject, context: MeterContext, model: string): boolean {
  if (context.api.toLowerCase().includes('embed') || model.includes('embedding')) return true;
  return 'embedding' in answer || 'embeddings' in answer;
}

function readEmbedding(usage: JsonObject, notes: UsageNotes): UsageVector | null {
  const total = readCount(usage, notes, 'promptTokenCount', 'totalTokenCount', 'prompt_tokens');
  if (total === null) return null;
  return total > 0 ? { embedding_input: total } : {};
}

/** Vertex AI's older embedding answer counts per prediction. */
function readPredictions(answer: JsonObject | null, notes: UsageNotes): number | null {
  const counts = asList(answer?.predictions).map((prediction) => {
    const statistics = readObject(readObject(asObject(prediction), 'embeddings'), 'statistics');
    const count = readCount(statistics, notes, 'token_count', 'tokenCount');
    return hasUsableCount(statistics, 'token_count', 'tokenCount') ? count : null;
  });
  const known = counts.filter((count): count is number => count !== null);
  return known.length > 0 && known.length === counts.length
    ? known.reduce((sum, count) => sum + count, 0)
    : null;
}

/** Failed requests are not charged (Gemini API: 400 and 500; Vertex AI: anything but 200; 2026-11). */
function meterWithoutUsage(
  answer: JsonObject | null,
  model: string,
  served: Served,
  notes: UsageNotes,
): Metered {
  const embedded = readPredictions(answer, notes);
  if (embedded !== null) {
    const vector: UsageVector = embedded > 0 ? { embedding_input: embedded } : {};
    return toMetered([toLine(model, vector)], served, notes);
  }
  const status = Number(answer?.http_status ?? answer?.status_code ?? 0);
  const failed = status >= 400 || asObject(answer?.error) !== null;
  const began = readObject(answer, STREAM_MARK)?.produced === true;
  return failed && !began ? notBilled(served, notes) : usageMissing(served, notes);
}
