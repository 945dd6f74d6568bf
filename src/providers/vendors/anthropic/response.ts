import {
  type CompletionResult,
  type FinishReason,
  type ReasoningPart,
  type ToolCall,
  type UnifiedFinishReason,
} from '../../contract/completion';
import { type Metered } from '../../contract/usage';
import { asList, asObject, type JsonObject, readText } from '../../contract/usage-builder';
import { VendorError } from '../../contract/vendor-error';
import { isCutOff, readCall } from '../../transport/vendor-answer';
import { ORIGIN } from './response-origin';

/** `StopReason` of @anthropic-ai/sdk 1.12.0 (2026-11). */
const STOP_REASONS: Readonly<Record<string, UnifiedFinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
  pause_turn: 'other',
};

export function toFinishReason(raw: string | null): FinishReason {
  return { unified: raw === null ? 'other' : (STOP_REASONS[raw] ?? 'other'), raw };
}

/**
 * A message as a result. Blocks of the vendor's own tools are not part of it, nor is a call in which the
 * message was cut off: its input is what had come until then (guide "Handling stop reasons", 2026-11).
 * @throws VendorError `bad_response` when it has no content, with its usage
 */
export function toMessageResult(
  message: JsonObject,
  asked: { readonly model: string; readonly vendorRequestId: string | null },
  metered: Metered,
): CompletionResult {
  const rawUsage = message.usage ?? null;
  if (!Array.isArray(message.content)) {
    throw new VendorError('bad_response', 'Anthropic answered without content.', { metered, rawUsage });
  }
  const blocks = asList(message.content).map(asObject);
  const finishReason = toFinishReason(readText(message, 'stop_reason'));
  const cutOff = isCutOff(finishReason);
  const stopSequence = readText(message, 'stop_sequence');
  const called = cutOff && blocks.at(-1)?.type === 'tool_use' ? blocks.slice(0, -1) : blocks;
  return {
    vendorResponseId: readText(message, 'id'),
    vendorModel: readText(message, 'model') ?? asked.model,
    content: blocks.map((block) => (block?.type === 'text' ? (readText(block, 'text') ?? '') : '')).join(''),
    reasoning: blocks.flatMap(toReasoning),
    toolCalls: called.flatMap((block) => readCall(cutOff, () => toToolCall(block, metered, rawUsage)) ?? []),
    finishReason,
    ...(stopSequence !== null && { stopSequence }),
    metered,
    rawUsage,
    vendorRequestId: asked.vendorRequestId,
  };
}

function toReasoning(block: JsonObject | null): ReasoningPart[] {
  if (block?.type === 'redacted_thinking') {
    return [{ text: '', redacted: readText(block, 'data') ?? '', origin: ORIGIN }];
  }
  if (block?.type !== 'thinking') return [];
  const signature = readText(block, 'signature');
  return [
    { text: readText(block, 'thinking') ?? '', ...(signature !== null && { signature }), origin: ORIGIN },
  ];
}

function toToolCall(block: JsonObject | null, metered: Metered, rawUsage: unknown): ToolCall[] {
  if (block?.type !== 'tool_use') return [];
  const name = readText(block, 'name');
  const id = readText(block, 'id');
  const input = asObject(block.input);
  if (name !== null && id !== null && input) return [{ id, name, arguments: input }];
  throw new VendorError(
    'bad_response',
    `Anthropic's call of the tool "${name ?? '?'}" has no id or its arguments are not a JSON object.`,
    { metered, rawUsage },
  );
}
