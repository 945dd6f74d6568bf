import { asList, asObject, type JsonObject, readObject, readText } from '../../contract/usage-builder';

/** The field under which a folded stream says whether it ended: no vendor uses the name. */
export const STREAM_MARK = 'studio_stream';

/**
 * Folds one parsed stream event into the usage seen so far; `meterUsage` takes the result.
 * Chat: the usage comes on the last chunk, with empty `choices` (look-alikes also send running totals, of
 * which the last wins). Responses and realtime: it is nested in `response` of the last event. Images and
 * transcriptions: on the last event itself.
 */
export function foldStreamUsage(previous: unknown, event: unknown): unknown {
  const chunk = asObject(event);
  if (!chunk) return previous;
  const response = readObject(chunk, 'response');
  if (response) return foldResponse(asObject(previous), chunk, response);

  const choices = asList(chunk.choices);
  const usage = readObject(chunk, 'usage');
  const finished = !Array.isArray(chunk.choices) || choices.length === 0 || choices.some(hasFinishReason);
  const state = asObject(previous);
  const ended = readObject(state, STREAM_MARK)?.finished === true;
  // Most chunks carry neither: they cost a look and no object.
  if (state && !usage && (!finished || ended || !Array.isArray(chunk.choices))) return previous;
  return {
    ...state,
    model: readText(chunk, 'model') ?? readText(state, 'model'),
    service_tier: readText(chunk, 'service_tier') ?? readText(state, 'service_tier'),
    choices: [],
    usage: usage ?? readObject(state, 'usage'),
    [STREAM_MARK]: { finished: ended || (finished && (usage !== null || choices.length > 0)) },
  };
}

function hasFinishReason(choice: unknown): boolean {
  const reason = asObject(choice)?.finish_reason;
  return reason !== undefined && reason !== null;
}

const KEPT = ['model', 'service_tier', 'usage', 'tool_usage', 'tools', 'output'] as const;

/** Keeps of a response what is metered; only the last event of a stream has its usage. */
function foldResponse(state: JsonObject | null, event: JsonObject, response: JsonObject): unknown {
  const ended = readObject(response, 'usage') !== null;
  if (state && !ended) return state;
  const kept: Record<string, unknown> = { ...state };
  for (const name of KEPT) {
    if (response[name] !== undefined && response[name] !== null) kept[name] = response[name];
  }
  kept.usage = readObject(response, 'usage');
  kept[STREAM_MARK] = { finished: ended, type: readText(event, 'type') };
  return kept;
}
