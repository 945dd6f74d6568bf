import { type CompletionResult, type ToolCall } from '../../../providers/contract/completion';
import { type Metered } from '../../../providers/contract/usage';
import { type AnswerStart, type JsonBody } from '../codec';
import { isJsonObject } from '../json-fields';
import { shareTokens } from '../token-shares';
import { writeCallId } from './messages.call-id';

/** How much of the thinking the caller sees. */
export type ThinkingDisplay = 'summarized' | 'omitted' | 'none';

/** Thinking is shown to whom it was asked by: a client that did not ask need not know such blocks. */
export function readDisplay(body: JsonBody): ThinkingDisplay {
  const { thinking } = body;
  if (!isJsonObject(thinking) || (thinking.type !== 'enabled' && thinking.type !== 'adaptive')) return 'none';
  return thinking.display === 'omitted' ? 'omitted' : 'summarized';
}

/** An answer as the Messages API gives it (`Message` of @anthropic-ai/sdk 1.12.0, 2026-11). */
export function encodeMessage(start: AnswerStart, result: CompletionResult, body: JsonBody): JsonBody {
  return {
    ...messageHead(start),
    content: [
      ...thinkingBlocks(result, readDisplay(body)),
      ...(result.content === '' ? [] : [textBlock(result.content)]),
      ...result.toolCalls.map((call) => ({ ...toolBlock(call), input: call.arguments })),
    ],
    ...stopOf(result),
    usage: toUsage(result.metered),
  };
}

/** What of a message is known before its first block. */
export function messageHead({ id, model }: AnswerStart): JsonBody {
  return {
    id: `msg_${id.replaceAll('-', '')}`,
    type: 'message',
    role: 'assistant',
    model,
    container: null,
    diagnostics: null,
  };
}

export function textBlock(text: string): JsonBody {
  return { type: 'text', text, citations: null };
}

export function toolBlock(call: Pick<ToolCall, 'id' | 'name' | 'signature'>): JsonBody {
  return { type: 'tool_use', id: writeCallId(call), name: call.name, input: {}, caller: { type: 'direct' } };
}

/** A thought without its text says something only by its signature. */
function thinkingBlocks({ reasoning }: CompletionResult, display: ThinkingDisplay): JsonBody[] {
  if (display === 'none') return [];
  return reasoning.flatMap(({ text, signature, redacted }): JsonBody[] => {
    if (redacted !== undefined) return [{ type: 'redacted_thinking', data: redacted }];
    const thinking = display === 'omitted' ? '' : text;
    if (thinking === '' && signature === undefined) return [];
    return [{ type: 'thinking', thinking, signature: signature ?? '' }];
  });
}

const STOP_REASONS = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
  // Anthropic has no word for an answer that failed, or for a reason that nobody knows; a message that is complete
  // always has one, and `end_turn` asks nothing of the client (`StopReason` of @anthropic-ai/sdk 1.12.0, 2026-11).
  error: 'end_turn',
  other: 'end_turn',
} as const;

/** A vendor that was told which tool to call may end with a plain stop; Anthropic says `tool_use` of every call. */
export function stopOf({ finishReason, stopSequence, toolCalls }: CompletionResult): JsonBody {
  const { unified } = finishReason;
  const called = (unified === 'stop' || unified === 'other') && toolCalls.length > 0;
  const stopped = unified === 'stop' && !called && typeof stopSequence === 'string';
  const reason = called ? 'tool_use' : STOP_REASONS[unified];
  return {
    stop_reason: stopped ? 'stop_sequence' : reason,
    stop_sequence: stopped ? stopSequence : null,
    stop_details: reason === 'refusal' ? { type: 'refusal', category: null, explanation: null } : null,
  };
}

const TIERS = new Set(['standard', 'priority', 'batch']);

/** Anthropic counts the input without what was read from or written to a cache; its output includes thinking. */
export function toUsage(metered: Metered): JsonBody {
  const { input, cached, written, written1h, output, reasoning } = shareTokens(metered);
  const { tier } = metered.served;
  return {
    input_tokens: input - cached - written,
    cache_creation_input_tokens: written,
    cache_read_input_tokens: cached,
    cache_creation: { ephemeral_5m_input_tokens: written - written1h, ephemeral_1h_input_tokens: written1h },
    output_tokens: output,
    output_tokens_details: { thinking_tokens: reasoning },
    server_tool_use: null,
    service_tier: TIERS.has(tier) ? tier : null,
    inference_geo: null,
    speed: null,
  };
}
