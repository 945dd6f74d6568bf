import { type Metered, type MeterContext, type Served } from '../../contract/usage';
import { meterSafely } from '../../contract/safe-meter';
import {
  asList,
  asObject,
  isBatchApi,
  type JsonObject,
  notBilled,
  readObject,
  readText,
  toLine,
  toMetered,
  usageMissing,
  UsageNotes,
} from '../../contract/usage-builder';
import { readIterations } from './usage-iterations';
import { foldStreamUsage, STREAM_MARK } from './usage-stream';
import { hasTokens, hasUsableTokens, readTokens } from './usage-tokens';

export { foldStreamUsage };

/**
 * Meters an answer of the Messages API: a bare usage object, a message, a line of batch results, what
 * `foldStreamUsage` made, or an array of stream events. Pure; it never throws.
 */
export const meterUsage = meterSafely(readUsage);

function readUsage(raw: unknown, context: MeterContext): Metered {
  const notes = new UsageNotes();
  const folded = Array.isArray(raw) ? foldEvents(raw) : raw;
  const { answer, batch } = unwrap(asObject(folded));
  const usage = answer && findUsage(answer);
  const served = readServed(usage, context, batch, notes);
  if (isNotBilled(answer, usage)) return notBilled(served, notes);
  if (!usage || !hasTokens(usage)) return usageMissing(served, notes);

  const stream = readObject(answer, STREAM_MARK);
  if (stream?.finished === false) {
    notes.note('partial_stream');
    notes.lowerBound('lower_bound');
  }
  const model = readText(answer, 'model') ?? context.model;
  const iterations = asList(usage.iterations).map(asObject);
  const refused = readText(answer, 'stop_reason') === 'refusal';
  const lines = iterations.some((entry) => entry !== null)
    ? readIterations(usage, iterations, model, refused, notes)
    : [toLine(model, readTokens(usage, notes))];
  const isEmpty = lines.every((line) => Object.keys(line.vector).length === 0);
  const reports = [usage, ...iterations.filter((entry) => entry !== null)];
  if (isEmpty && !reports.some(hasUsableTokens)) return usageMissing(served, notes);
  return lines.length === 0 ? notBilled(served, notes) : toMetered(lines, served, notes);
}

function foldEvents(events: readonly unknown[]): unknown {
  let folded: unknown;
  for (const event of events) folded = foldStreamUsage(folded, event);
  return folded;
}

/** Finds the message inside a batch result (`result.message`), an event or `{ response }`. */
function unwrap(from: JsonObject | null): { answer: JsonObject | null; batch: boolean } {
  let answer = from;
  let batch = false;
  for (let depth = 0; answer && depth < 4 && !asObject(answer.usage); depth += 1) {
    const inner = readObject(answer, 'result', 'message', 'response', 'body');
    if (!inner) break;
    batch ||= asObject(answer.result) !== null;
    answer = inner;
  }
  return { answer, batch };
}

function findUsage(answer: JsonObject): JsonObject | null {
  return 'usage' in answer ? asObject(answer.usage) : answer;
}

/**
 * Prices follow what was served: `service_tier`, `speed` and `inference_geo` of the usage object. Priority
 * Tier is a commitment of capacity without a price per token, so it is priced as standard and flagged; fast
 * mode does not exist in batches (pricing page, 2026-11).
 */
function readServed(
  usage: JsonObject | null,
  context: MeterContext,
  batchLine: boolean,
  notes: UsageNotes,
): Served {
  const tier = (readText(usage, 'service_tier') ?? context.servedTier ?? 'standard').toLowerCase();
  const batch = batchLine || context.batch === true || tier === 'batch' || isBatchApi(context.api);
  const speed = readText(usage, 'speed') ?? context.speed;
  if (tier === 'priority' && !batch) notes.estimate('priority_commitment');
  const region = findRegion(readText(usage, 'inference_geo') ?? context.geo, context.baseUrl);
  if (batch) return { tier: 'batch', region };
  if (speed === 'fast') return { tier: 'fast', region };
  return { tier: tier === 'priority' || tier === 'default' ? 'standard' : tier, region };
}

function findRegion(geo: string | undefined, baseUrl: string | undefined): string | null {
  const named = geo?.toLowerCase();
  if (named && named !== 'global' && named !== 'not_available') return named;
  if (!baseUrl || !URL.canParse(baseUrl)) return null;
  // Vertex AI: a region's own host costs more than the global one.
  return new URL(baseUrl).hostname.endsWith('-aiplatform.googleapis.com') ? 'regional' : null;
}

const UNBILLED_RESULTS = ['errored', 'canceled', 'cancelled', 'expired'];

/**
 * Not billed: batch items that errored, were cancelled or expired; errors that came instead of a message;
 * a refusal before any output, whose counts are informational (guide "Refusals and fallback", 2026-11).
 */
function isNotBilled(answer: JsonObject | null, usage: JsonObject | null): boolean {
  if (!answer) return false;
  const type = readText(answer, 'type');
  if (type !== null && UNBILLED_RESULTS.includes(type)) return true;
  const began = STREAM_MARK in answer;
  if (!began && (type === 'error' || Number(answer.http_status ?? answer.status_code ?? 0) >= 400))
    return true;
  if (!began && asObject(answer.error) !== null && !asObject(answer.usage)) return true;
  if (readText(answer, 'stop_reason') !== 'refusal' || asList(usage?.iterations).length > 0) return false;
  const nothingSaid = Array.isArray(answer.content) && answer.content.length === 0;
  const nothingStreamed = readObject(answer, STREAM_MARK)?.produced === false;
  return nothingSaid || nothingStreamed || usage?.output_tokens === 0;
}
