import {
  type CompletionResult,
  type FinishReason,
  type ReasoningPart,
  type ToolCall,
  type UnifiedFinishReason,
} from '../../contract/completion';
import { type Metered } from '../../contract/usage';
import { asList, asObject, type JsonObject, readObject, readText } from '../../contract/usage-builder';
import { VendorError } from '../../contract/vendor-error';
import { parseToolArguments } from '../../transport/vendor-answer';

const FINISH_REASONS: Readonly<Record<string, UnifiedFinishReason>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  function_call: 'tool_calls',
  content_filter: 'content_filter',
};

/**
 * The protocol's finish reason in one form. A refusal ends with `stop`, as does a call of a tool that the
 * request named: both are told by what the answer holds (OpenAI API reference, 2026-11).
 */
export function toFinishReason(raw: string | null, refused: boolean, calledTools: boolean): FinishReason {
  if (refused) return { unified: 'content_filter', raw: 'refusal' };
  const unified = raw === null ? 'other' : (FINISH_REASONS[raw] ?? 'other');
  return { unified: unified === 'stop' && calledTools ? 'tool_calls' : unified, raw };
}

/**
 * A Chat Completions answer as a result.
 * @throws VendorError `bad_response` when it has no choice with a message, with its usage
 */
export function toChatResult(
  answer: JsonObject,
  asked: { readonly model: string; readonly vendorRequestId: string | null },
  metered: Metered,
): CompletionResult {
  const rawUsage = answer.usage ?? null;
  const choice = asObject(asList(answer.choices)[0]);
  const message = readObject(choice, 'message');
  if (!choice || !message) {
    throw new VendorError('bad_response', 'The vendor answered without a choice.', { metered, rawUsage });
  }
  const refusal = readText(message, 'refusal');
  const toolCalls = readToolCalls(message, metered, rawUsage);
  return {
    vendorResponseId: readText(answer, 'id'),
    vendorModel: readText(answer, 'model') ?? asked.model,
    content: readContent(message) || (refusal ?? ''),
    reasoning: readReasoning(message),
    toolCalls,
    finishReason: toFinishReason(readText(choice, 'finish_reason'), refusal !== null, toolCalls.length > 0),
    metered,
    rawUsage,
    vendorRequestId: asked.vendorRequestId,
  };
}

/** Text, or the text parts of the servers that answer with parts. */
function readContent(message: JsonObject): string {
  if (typeof message.content === 'string') return message.content;
  return asList(message.content)
    .map((part) => readText(asObject(part), 'text') ?? '')
    .join('');
}

/** OpenAI gives no thinking text here; look-alikes give it as `reasoning_content` or `reasoning`. */
function readReasoning(message: JsonObject): ReasoningPart[] {
  const text = readText(message, 'reasoning_content', 'reasoning');
  return text === null ? [] : [{ text }];
}

function readToolCalls(message: JsonObject, metered: Metered, rawUsage: unknown): ToolCall[] {
  return asList(message.tool_calls).map((entry, index) => {
    const call = asObject(entry);
    const called = readObject(call, 'function');
    const name = readText(called, 'name');
    if (name === null) {
      throw new VendorError('bad_response', 'The vendor called a tool without a name.', {
        metered,
        rawUsage,
      });
    }
    return toToolCall(readText(call, 'id') ?? `call_${index}`, name, called?.arguments, {
      metered,
      rawUsage,
    });
  });
}

/** @throws VendorError `bad_response` that names the tool, with the answer's usage */
export function toToolCall(
  id: string,
  name: string,
  given: unknown,
  usage: { readonly metered: Metered | null; readonly rawUsage: unknown },
): ToolCall {
  const object = asObject(given);
  if (object) return { id, name, arguments: object };
  try {
    return { id, name, arguments: parseToolArguments(name, typeof given === 'string' ? given : '') };
  } catch (error) {
    throw error instanceof VendorError ? error.withDetails(usage) : error;
  }
}
