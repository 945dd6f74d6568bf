import { type Message, type ToolCall } from '../../contract/completion';
import { isDeeper, MOST_LEVELS } from '../../contract/depth';
import { asObject } from '../../contract/usage-builder';
import { VendorError } from '../../contract/vendor-error';
import { parseJson } from '../../transport/vendor-answer';
import { toContentParts, toResultFiles } from './messages-content';
import { isOwnCallId } from './response';
import { generationOf } from './thinking';
import { type GoogleContent, type GooglePart } from './types';

type AssistantMessage = Extract<Message, { role: 'assistant' }>;
type ToolMessage = Extract<Message, { role: 'tool' }>;

/**
 * What stands for the signature of a call that another vendor's model made: Gemini 3 refuses a turn whose
 * first call has none (https://ai.google.dev/gemini-api/docs/thought-signatures, FAQ, 2026-11).
 */
const FOREIGN_SIGNATURE = 'skip_thought_signature_validator';

export function toSystemParts(messages: readonly Message[]): GooglePart[] {
  return messages.flatMap((message) => {
    if (message.role !== 'system') return [];
    const texts =
      typeof message.content === 'string' ? [message.content] : message.content.map(({ text }) => text);
    return texts.filter((text) => text !== '').map((text) => ({ text }));
  });
}

interface Turn {
  readonly role: 'user' | 'model';
  readonly parts: GooglePart[];
  /** Whether its parts are results of calls. */
  readonly results: boolean;
  /** Of its first message's content, for refusals. */
  readonly field: string;
}

/**
 * The conversation. The results of one turn's calls are one content, right after the calls; a result names
 * its function, which is found at the call that it answers.
 * @throws VendorError `invalid_request` for a result without its call, and for a turn of the user that says nothing
 */
export function toContents(messages: readonly Message[], model: string): GoogleContent[] {
  const contents: Turn[] = [];
  const names = new Map<string, string>();
  for (const [index, message] of messages.entries()) {
    if (message.role === 'system') continue;
    if (message.role === 'assistant') {
      for (const call of message.toolCalls ?? []) names.set(call.id, call.name);
    }
    const role = message.role === 'assistant' ? 'model' : 'user';
    const results = message.role === 'tool';
    const parts = toParts(message, names, model, index);
    const last = contents.at(-1);
    if (parts.length === 0 && (role === 'model' || last?.role === role)) continue;
    if (last?.role === role && last.results === results) last.parts.push(...parts);
    else contents.push({ role, parts, results, field: `messages[${index}].content` });
  }
  return contents.map(({ role, parts, field }) => {
    if (parts.length > 0) return { role, parts };
    throw VendorError.unsupported(field, 'Google takes no turn without content. Say something in it.');
  });
}

function toParts(
  message: Exclude<Message, { role: 'system' }>,
  names: ReadonlyMap<string, string>,
  model: string,
  index: number,
): GooglePart[] {
  if (message.role === 'assistant') return toAssistantParts(message, model);
  if (message.role === 'tool') return [toResultPart(message, names, index)];
  return toContentParts(message.content, model);
}

/** Thinking is not sent back as text; its signatures go with the calls. */
function toAssistantParts(message: AssistantMessage, model: string): GooglePart[] {
  const texts =
    typeof message.content === 'string' ? [message.content] : (message.content ?? []).map(({ text }) => text);
  const calls = message.toolCalls ?? [];
  const unsigned = generationOf(model) >= 3 && calls.every(({ signature }) => signature === undefined);
  return [
    ...texts.filter((text) => text !== '').map((text): GooglePart => ({ text })),
    ...calls.map((call, index) => toCallPart(call, unsigned && index === 0 ? FOREIGN_SIGNATURE : undefined)),
  ];
}

function toCallPart(call: ToolCall, standIn: string | undefined): GooglePart {
  const signature = call.signature ?? standIn;
  return {
    functionCall: { ...ownId(call.id), name: call.name, args: call.arguments },
    ...(signature !== undefined && { thoughtSignature: signature }),
  };
}

/** The ids that we made because the vendor gave none stay with us. */
function ownId(id: string): { id?: string } {
  return isOwnCallId(id) ? {} : { id };
}

function toResultPart(message: ToolMessage, names: ReadonlyMap<string, string>, index: number): GooglePart {
  const name = names.get(message.toolCallId);
  if (name === undefined) {
    throw VendorError.unsupported(
      `messages[${index}].toolCallId`,
      `Google answers calls by name, and no earlier message has a tool call with the id "${message.toolCallId}".`,
    );
  }
  const { content } = message;
  const text =
    typeof content === 'string'
      ? content
      : content.map((part) => (part.type === 'text' ? part.text : '')).join('');
  const files = toResultFiles(content);
  return {
    functionResponse: {
      ...ownId(message.toolCallId),
      name,
      response: toResponse(text, message.isError === true),
      ...(files.length > 0 && { parts: files }),
    },
  };
}

/**
 * `output` and `error` are Google's names for what a function gave (`FunctionResponse.response`, 2026-11). What is
 * nested too deeply to be written as JSON goes as the text that it is.
 */
function toResponse(text: string, isError: boolean): object {
  const read = asObject(parseJson(text));
  const given = isDeeper(read, MOST_LEVELS) ? null : read;
  if (isError) return given && Object.keys(given).join() === 'error' ? given : { error: given ?? text };
  return given ?? { output: text };
}
