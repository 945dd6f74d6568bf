import { remembered } from '../../contract/remembered';
import { type Metered, type MeterContext, type MeteredLine, type Served } from '../../contract/usage';
import { meterSafely } from '../../contract/safe-meter';
import {
  asList,
  asObject,
  isBatchApi,
  isUnknown,
  type JsonObject,
  notBilled,
  readObject,
  readText,
  toLine,
  toMetered,
  usageMissing,
  UsageNotes,
  VectorBuilder,
} from '../../contract/usage-builder';
import { foldStreamUsage, STREAM_MARK } from './usage-stream';
import { readTokens, type TokenKind } from './usage-tokens';
import { readDuration, readImageLines, readToolFees } from './usage-tools';

export { foldStreamUsage };

/**
 * Meters an answer of any OpenAI API: a bare usage object, the whole answer, `{ response }` around it
 * (a stream's last event, a batch line), what `foldStreamUsage` made, or an array of stream events.
 * Pure; it never throws. What is missing is null, never zero.
 */
export const meterUsage = meterSafely(readUsage);

function readUsage(raw: unknown, context: MeterContext): Metered {
  const notes = new UsageNotes();
  const folded = Array.isArray(raw) ? foldEvents(raw) : raw;
  const { answer, batch } = unwrap(asObject(folded));
  const usage = findUsage(answer);
  const served = readServed(answer, context, batch);
  if (!answer || !usage) return meterWithoutUsage(answer, context, served, notes);

  const model = readText(answer, 'model') ?? context.model;
  const duration = readDuration(usage, notes);
  const tokens = duration ?? readTokens(usage, findKind(answer, context, model), model, notes);
  if (!tokens || isUnknown(tokens, usage, ...USAGE_FIELDS)) return usageMissing(served, notes);
  if (readObject(answer, STREAM_MARK)?.finished === false) {
    notes.note('partial_stream');
    notes.lowerBound('lower_bound');
  }

  const vector = new VectorBuilder();
  vector.addAll(tokens);
  vector.addAll(readToolFees(answer, model, notes));
  const lines: MeteredLine[] = [toLine(model, vector.build()), ...readImageLines(answer, notes)];
  return toMetered(lines, served, notes);
}

function foldEvents(events: readonly unknown[]): unknown {
  let folded: unknown;
  for (const event of events) folded = foldStreamUsage(folded, event);
  return folded;
}

/** Finds the answer inside an event, a batch line (`response.body`) or `{ response }`. */
function unwrap(from: JsonObject | null): { answer: JsonObject | null; batch: boolean } {
  let answer = from;
  let batch = false;
  for (let depth = 0; answer && depth < 4 && !asObject(answer.usage); depth += 1) {
    batch ||= 'custom_id' in answer;
    const inner = readObject(answer, 'response', 'body');
    if (!inner) break;
    answer = inner;
  }
  return { answer, batch };
}

const USAGE_FIELDS = [
  'prompt_tokens',
  'completion_tokens',
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'seconds',
];

function findUsage(answer: JsonObject | null): JsonObject | null {
  if (!answer) return null;
  if ('usage' in answer) return asObject(answer.usage);
  return USAGE_FIELDS.some((name) => name in answer) ? answer : null;
}

/**
 * `service_tier` of the answer is what was served: the request's tier may be downgraded, `fast` is
 * reported as `priority`, `default` is standard (types of openai 7.57.0, 2026-11). The region is told by
 * the host alone: https://eu.api.openai.com and its like cost more.
 */
function readServed(answer: JsonObject | null, context: MeterContext, batchLine: boolean): Served {
  const batch = batchLine || context.batch === true || isBatchApi(context.api);
  const tier = readText(answer, 'service_tier') ?? context.servedTier ?? 'standard';
  return { tier: batch ? 'batch' : toTier(tier), region: context.baseUrl ? regionOf(context.baseUrl) : null };
}

function toTier(name: string): string {
  const tier = name.toLowerCase();
  if (tier === 'default' || tier === 'auto') return 'standard';
  return tier === 'fast' ? 'priority' : tier;
}

/** A provider has one base URL, and parsing it for each call would cost more than the metering. */
const regionOf = remembered((baseUrl): string | null =>
  URL.parse(baseUrl)?.hostname.endsWith('.api.openai.com') ? 'regional' : null,
);

function findKind(answer: JsonObject, context: MeterContext, model: string): TokenKind {
  const kind = kindOfApi(context.api);
  const firstItem = asObject(asList(answer.data)[0]);
  if (kind === 'embedding' || model.includes('embedding') || firstItem?.object === 'embedding') {
    return 'embedding';
  }
  return model.startsWith('gpt-image') || model.startsWith('chatgpt-image') ? 'image' : kind;
}

const kindOfApi = remembered((named): TokenKind => {
  const api = named.toLowerCase();
  if (api.includes('embed')) return 'embedding';
  if (/\bimages?\b/.test(api)) return 'image';
  return api.includes('speech') ? 'speech' : 'text';
});

/**
 * No usage object. Images of models that bill by the piece are counted; an HTTP error that came instead of
 * an answer is not billed, except what Azure charges (400 by its content filter, 408; 2026-11);
 * anything else is unknown.
 */
function meterWithoutUsage(
  answer: JsonObject | null,
  context: MeterContext,
  served: Served,
  notes: UsageNotes,
): Metered {
  const images = asList(answer?.data).length;
  if (images > 0 && kindOfApi(context.api) === 'image') {
    notes.estimate('image_count_from_answer');
    return toMetered([toLine(readText(answer, 'model') ?? context.model, { images })], served, notes);
  }
  if (!answer || !isRefusedRequest(answer)) return usageMissing(served, notes);
  const status = Number(answer.http_status ?? answer.status_code ?? 0);
  const azure = context.baseUrl?.includes('.azure.') ?? false;
  if (azure && (status === 408 || status === 400)) return usageMissing(served, notes);
  // OpenAI documents "not charged" for a flex 429 alone; nothing was generated on the other errors either.
  if (status >= 500) notes.estimate('billing_of_failure_undocumented');
  return notBilled(served, notes);
}

function isRefusedRequest(answer: JsonObject): boolean {
  if (Number(answer.http_status ?? answer.status_code ?? 0) >= 400) return true;
  const began = STREAM_MARK in answer || 'object' in answer || 'choices' in answer || 'output' in answer;
  return asObject(answer.error) !== null && !began;
}
