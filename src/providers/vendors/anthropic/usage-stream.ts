import { asObject, type JsonObject, readObject, readText } from '../../contract/usage-builder';

/** The field under which a folded stream says how far it came: no vendor uses the name. */
export const STREAM_MARK = 'studio_stream';

/**
 * Folds one parsed stream event into the usage seen so far; `meterUsage` takes the result.
 * `message_start` has input and cache exactly and a placeholder for the output; each `message_delta` has
 * CUMULATIVE totals, in which null means "not reported" (types of @anthropic-ai/sdk 1.12.0, 2026-11).
 */
export function foldStreamUsage(previous: unknown, event: unknown): unknown {
  const chunk = asObject(event);
  const state = asObject(previous);
  switch (chunk?.type) {
    case 'message_start':
      return startMessage(readObject(chunk, 'message'));
    case 'content_block_start':
      return mark(state, { produced: true });
    case 'message_delta':
      return chunk && applyDelta(state, chunk);
    case 'message_stop':
      return mark(state, { finished: true });
    case 'error':
      return state ?? chunk;
    default:
      return previous;
  }
}

function startMessage(message: JsonObject | null): unknown {
  return {
    type: 'message',
    model: readText(message, 'model'),
    stop_reason: readText(message, 'stop_reason'),
    usage: readObject(message, 'usage'),
    [STREAM_MARK]: { finished: false, produced: false },
  };
}

function mark(state: JsonObject | null, change: JsonObject): unknown {
  const current = readObject(state, STREAM_MARK);
  if (!state || Object.entries(change).every(([name, value]) => current?.[name] === value)) return state;
  return { ...state, [STREAM_MARK]: { ...current, ...change } };
}

function applyDelta(state: JsonObject | null, event: JsonObject): unknown {
  const delta = readObject(event, 'delta');
  const usage = readObject(event, 'usage');
  const stopReason = readText(delta, 'stop_reason');
  const current = readObject(state, STREAM_MARK);
  // A delta without a stop reason comes in mid-stream; gateways that send no `delta` at all send one delta.
  const finished = current?.finished === true || stopReason !== null || (!delta && usage !== null);
  return {
    ...state,
    type: 'message',
    stop_reason: stopReason ?? readText(state, 'stop_reason'),
    usage: overlay(readObject(state, 'usage'), usage),
    [STREAM_MARK]: { ...current, finished },
  };
}

/** Later totals replace earlier ones; a zero replaces only the output's placeholder, as totals never shrink. */
function overlay(earlier: JsonObject | null, later: JsonObject | null): JsonObject | null {
  if (!earlier || !later) return later ?? earlier;
  const merged: Record<string, unknown> = { ...earlier };
  for (const [name, value] of Object.entries(later)) {
    if (value === null || value === undefined) continue;
    if (value === 0 && name !== 'output_tokens' && typeof earlier[name] === 'number') continue;
    merged[name] = value;
  }
  return merged;
}
