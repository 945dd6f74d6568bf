import {
  type CompletionResult,
  type FinishReason,
  type ReasoningPart,
  type TokenLogprob,
  type ToolCall,
  type UnifiedFinishReason,
} from '../../../providers/contract/completion';
import { type AnswerStart, type JsonBody } from '../codec';
import { toExtraContent } from './common-fields';
import { toTokenLogprobs } from './logprobs';
import { toSeconds } from './time';
import { toChatUsage, toServiceTier } from './usage';

/** OpenAI has no word for an answer that failed in itself, and clients check for one of its words. */
const FINISH_REASONS: Readonly<Record<UnifiedFinishReason, string>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  content_filter: 'content_filter',
  error: 'stop',
  other: 'stop',
};

export function toFinishWord({ unified }: FinishReason): string {
  return FINISH_REASONS[unified];
}

/** The id that an answer has in Chat Completions. */
export function toChatId({ id }: AnswerStart): string {
  return `chatcmpl-${id.replaceAll('-', '')}`;
}

/** A result as an answer of Chat Completions; usage that is not known is left out. */
export function encodeChat(start: AnswerStart, result: CompletionResult): JsonBody {
  const { content, reasoning, toolCalls, metered } = result;
  const tier = toServiceTier(metered.served.tier);
  return {
    id: toChatId(start),
    object: 'chat.completion',
    created: toSeconds(start.createdAt),
    model: start.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: content === '' && toolCalls.length > 0 ? null : content,
          refusal: null,
          ...(reasoning.length > 0 && {
            reasoning_content: reasoning.map(({ text }) => text).join(''),
            reasoning_details: toReasoningDetails(reasoning),
          }),
          ...(toolCalls.length > 0 && { tool_calls: toolCalls.map(toCall) }),
        },
        logprobs: result.logprobs ? toLogprobs(result.logprobs) : null,
        finish_reason: toFinishWord(result.finishReason),
      },
    ],
    ...(metered.vector && { usage: toChatUsage(metered.vector) }),
    ...(tier !== null && { service_tier: tier }),
  };
}

export function toLogprobs(logprobs: readonly TokenLogprob[]): JsonBody {
  return { content: toTokenLogprobs(logprobs), refusal: null };
}

/** Thinking with what its vendor needs back in a tool loop: the caller sends it as it is. */
export function toReasoningDetails(reasoning: readonly ReasoningPart[]): readonly JsonBody[] {
  return reasoning.map(({ text, signature, redacted, origin }) => ({
    ...(redacted === undefined
      ? { type: 'reasoning.text', text, ...(signature !== undefined && { signature }) }
      : { type: 'reasoning.encrypted', data: redacted }),
    ...(origin !== undefined && { format: origin }),
  }));
}

function toCall(call: ToolCall): JsonBody {
  return {
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
    ...toExtraContent(call),
  };
}
