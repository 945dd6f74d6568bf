import { type MeteredLine, type UsageVector } from '../../contract/usage';
import {
  type JsonObject,
  readCount,
  readText,
  toLine,
  UsageNotes,
  VectorBuilder,
} from '../../contract/usage-builder';
import { hasTokens, readTokens } from './usage-tokens';

/**
 * `usage.iterations` lists what served a call, each entry with its own tokens and model: `message` (the
 * turns of a server-side tool loop, summed in the top level), `fallback_message` (the attempt that answered;
 * the top level then describes it alone), `compaction` and `advisor_message` (in no top-level field).
 * An attempt that was declined before any output is reported and not billed.
 * Types of @anthropic-ai/sdk 1.12.0 and the guide "Refusals and fallback", 2026-11.
 */
export function readIterations(
  usage: JsonObject,
  entries: readonly (JsonObject | null)[],
  answerModel: string,
  refused: boolean,
  notes: UsageNotes,
): MeteredLine[] {
  const present = entries.filter((entry): entry is JsonObject => entry !== null);
  const attempts = present.filter((entry) => isAttempt(entry));
  const last = attempts.at(-1);
  const fellBack = last !== undefined && attempts.some((entry) => entry.type === 'fallback_message');
  const model = (fellBack ? readText(last, 'model') : null) ?? answerModel;
  const serving = fellBack
    ? attempts.filter(
        (entry) => entry.type === 'fallback_message' && readText(entry, 'model') === readText(last, 'model'),
      )
    : attempts;

  const lines: MeteredLine[] = [];
  const main = readServing(usage, serving, notes);
  const declined = refused && (last ? readCount(last, new UsageNotes(), 'output_tokens') === 0 : false);
  if (!declined && (Object.keys(main).length > 0 || attempts.length > 0)) lines.push(toLine(model, main));
  for (const entry of present) {
    if (serving.includes(entry)) continue;
    const vector = readTokens(entry, notes);
    if (isAttempt(entry) && !vector.output_text && !vector.output_reasoning) {
      notes.note('declined_attempt_not_billed');
      continue;
    }
    if (!KNOWN_TYPES.includes(readText(entry, 'type') ?? '')) notes.estimate('iteration_type_unknown');
    lines.push(toLine(readText(entry, 'model') ?? model, vector));
  }
  return lines;
}

const KNOWN_TYPES = ['message', 'fallback_message', 'compaction', 'advisor_message'];

function isAttempt(entry: JsonObject): boolean {
  return entry.type === 'message' || entry.type === 'fallback_message';
}

/** The serving model's tokens: the top level where it is reported, checked against the entries' sum. */
function readServing(usage: JsonObject, serving: readonly JsonObject[], notes: UsageNotes): UsageVector {
  const sum = new VectorBuilder();
  for (const entry of serving) sum.addAll(readTokens(entry, new UsageNotes()));
  const summed = sum.build();
  const { iterations: _entries, ...top } = usage;
  if (!hasTokens(top)) return summed;
  const vector = readTokens(top, notes);
  if (serving.length > 0 && countTokens(vector) !== countTokens(summed))
    notes.estimate('iterations_mismatch');
  return vector;
}

function countTokens(vector: UsageVector): number {
  const { web_search_requests: _searches, web_fetch_requests: _fetches, ...tokens } = vector;
  return Object.values(tokens).reduce((sum, count) => sum + count, 0);
}
