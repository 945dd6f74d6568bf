import { asList, asObject, type JsonObject, readObject, readText } from '../../contract/usage-builder';

/** The field under which a folded stream says whether it ended: no vendor uses the name. */
export const STREAM_MARK = 'studio_stream';

/**
 * Folds one parsed stream event into the usage seen so far; `meterUsage` takes the result.
 * Every chunk carries running totals, of which the last wins; grounding and the finish reason may come on
 * different chunks. The Interactions API nests its totals in `interaction` of the last event.
 */
export function foldStreamUsage(previous: unknown, event: unknown): unknown {
  const chunk = asObject(event);
  if (!chunk) return previous;
  const state = asObject(previous);
  const source = readObject(chunk, 'interaction', 'response') ?? chunk;
  const candidates = asList(source.candidates).map(asObject);
  const current = readObject(state, STREAM_MARK);
  return {
    ...state,
    ...keep(source, state, 'usageMetadata'),
    ...keep(source, state, 'usage'),
    ...keep(source, state, 'model'),
    ...keep(source, state, 'modelVersion'),
    ...keep(source, state, 'service_tier'),
    ...keep(source, state, 'serviceTier'),
    ...keep(source, state, 'error'),
    candidates: mergeTools(asList(state?.candidates), candidates),
    [STREAM_MARK]: {
      finished: current?.finished === true || isLast(chunk, source, candidates),
      produced: current?.produced === true || candidates.length > 0,
    },
  };
}

function keep(source: JsonObject, state: JsonObject | null, name: string): JsonObject {
  const value = source[name] ?? state?.[name];
  return value === undefined || value === null ? {} : { [name]: value };
}

/** Keeps the chunks that tell of tools, and of the rest nothing. */
function mergeTools(
  earlier: readonly unknown[],
  candidates: readonly (JsonObject | null)[],
): readonly unknown[] {
  const telling = candidates.filter(
    (candidate) => candidate?.groundingMetadata || candidate?.urlContextMetadata,
  );
  if (telling.length === 0) return earlier;
  const kept = telling.map((candidate) => ({
    groundingMetadata: candidate?.groundingMetadata,
    urlContextMetadata: candidate?.urlContextMetadata,
  }));
  return [...earlier, ...kept];
}

function isLast(chunk: JsonObject, source: JsonObject, candidates: readonly (JsonObject | null)[]): boolean {
  if (candidates.some((candidate) => readText(candidate, 'finishReason') !== null)) return true;
  if (readText(readObject(source, 'promptFeedback'), 'blockReason') !== null) return true;
  const live = readObject(chunk, 'serverContent');
  if (live?.turnComplete === true || live?.generationComplete === true) return true;
  return /^interaction\.(completed?|failed|cancelled)$/.test(readText(chunk, 'event_type', 'type') ?? '');
}
