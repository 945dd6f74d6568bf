import {
  type CompletionResult,
  type FinishReason,
  type ReasoningPart,
  type TokenLogprob,
  type ToolCall,
  type UnifiedFinishReason,
} from '../../contract/completion';
import { type Metered } from '../../contract/usage';
import { asList, asObject, type JsonObject, readObject, readText } from '../../contract/usage-builder';
import { VendorError } from '../../contract/vendor-error';
import { isCutOff, parseToolArguments, readCall } from '../../transport/vendor-answer';

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
 * A Chat Completions answer as a result. Of an answer that was cut off the incomplete calls are left out.
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
  const finish = readText(choice, 'finish_reason');
  const cutOff = isCutOff(toFinishReason(finish, refusal !== null, false));
  const toolCalls = readToolCalls(message, cutOff, { metered, rawUsage });
  const logprobs = readLogprobs(choice);
  return {
    vendorResponseId: readText(answer, 'id'),
    vendorModel: readText(answer, 'model') ?? asked.model,
    content: readContent(message) || (refusal ?? ''),
    reasoning: readReasoning(message),
    toolCalls,
    finishReason: toFinishReason(finish, refusal !== null, toolCalls.length > 0),
    ...(logprobs.length > 0 && { logprobs }),
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

/** The log-probabilities of a choice's text, or of its refusal; none when it has none. */
export function readLogprobs(choice: JsonObject): TokenLogprob[] {
  const logprobs = readObject(choice, 'logprobs');
  if (!logprobs) return [];
  return [...asList(logprobs.content), ...asList(logprobs.refusal)].flatMap((entry) => {
    const token = asObject(entry);
    const top = asList(token?.top_logprobs).flatMap(readLogprob);
    return readLogprob(token).map((read) => ({ ...read, top }));
  });
}

function readLogprob(entry: unknown): { token: string; logprob: number }[] {
  const from = asObject(entry);
  if (typeof from?.token !== 'string' || typeof from.logprob !== 'number') return [];
  return [{ token: from.token, logprob: from.logprob }];
}

interface AnswerUsage {
  readonly metered: Metered | null;
  readonly rawUsage: unknown;
}

function readToolCalls(message: JsonObject, cutOff: boolean, usage: AnswerUsage): ToolCall[] {
  const entries = asList(message.tool_calls).map(asObject);
  return entries
    .map((call, index) =>
      readCall(cutOff, () => readToolCall(call, index, cutOff && index === entries.length - 1, usage)),
    )
    .filter((call) => call !== null);
}

function readToolCall(
  call: JsonObject | null,
  index: number,
  needsText: boolean,
  usage: AnswerUsage,
): ToolCall {
  const called = readObject(call, 'function');
  const name = readText(called, 'name');
  if (name === null) {
    throw new VendorError('bad_response', 'The vendor called a tool without a name.', usage);
  }
  return toToolCall(readText(call, 'id') ?? `call_${index}`, name, called?.arguments, usage, needsText);
}

/**
 * A call with its arguments, which are an object, its text, or nothing for none.
 * @param needsText nothing is no arguments either: the answer was cut off in this call
 * @throws VendorError `bad_response` that names the tool, with the answer's usage
 */
export function toToolCall(
  id: string,
  name: string,
  given: unknown,
  usage: AnswerUsage,
  needsText: boolean,
): ToolCall {
  const object = asObject(given);
  if (object) return { id, name, arguments: object };
  const text = typeof given === 'string' ? given : '';
  try {
    return { id, name, arguments: parseToolArguments(name, text, needsText) };
  } catch (error) {
    throw error instanceof VendorError ? error.withDetails(usage) : error;
  }
}
