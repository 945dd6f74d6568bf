import { createHash } from 'node:crypto';
import type Anthropic from '@anthropic-ai/sdk';
import { type Message, type TextPart } from '../../contract/completion';
import { VendorError } from '../../contract/vendor-error';
import { ORIGIN } from './response-origin';
import { type ResultBlock, toContentBlocks } from './messages-content';

type Block = Anthropic.ContentBlockParam;
type AssistantMessage = Extract<Message, { role: 'assistant' }>;

/** The system prompts in their order: Messages takes them beside the conversation. */
export function toSystem(messages: readonly Message[]): string | Anthropic.TextBlockParam[] | undefined {
  const texts = messages.flatMap((message) =>
    message.role === 'system' ? textsOf(message.content).filter((text) => text !== '') : [],
  );
  const only = texts[0];
  if (only === undefined) return undefined;
  return texts.length === 1 ? only : texts.map((text) => ({ type: 'text', text }));
}

/**
 * The conversation. Tool results are blocks of the user's turn, all results of a turn before the user's
 * own words, so neighbouring user and tool messages become one message.
 * @throws VendorError `invalid_request` for a turn of the user that says nothing
 */
export function toMessages(messages: readonly Message[]): Anthropic.MessageParam[] {
  const turns: { role: 'user' | 'assistant'; content: Block[]; field: string }[] = [];
  for (const [index, message] of messages.entries()) {
    if (message.role === 'system') continue;
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const field = `messages[${index}].content`;
    const blocks = toBlocks(message, field);
    if (role === 'assistant' && blocks.length === 0) continue;
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...blocks);
    else turns.push({ role, content: blocks, field });
  }
  return turns.map(({ role, content, field }) => {
    if (content.length > 0) return { role, content: resultsFirst(content) };
    throw VendorError.unsupported(field, 'Anthropic takes no turn without content. Say something in it.');
  });
}

/** @param field of the message's content, for refusals */
function toBlocks(message: Exclude<Message, { role: 'system' }>, field: string): Block[] {
  if (message.role === 'assistant') return toAssistantBlocks(message);
  const content: ResultBlock[] = toContentBlocks(message.content, field);
  if (message.role === 'user') return content;
  return [
    {
      type: 'tool_result',
      tool_use_id: toSafeId(message.toolCallId),
      ...(content.length > 0 && { content }),
      ...(message.isError === true && { is_error: true }),
    },
  ];
}

/** Thinking goes first and only with its signature: the vendor refuses thinking that it did not sign itself. */
function toAssistantBlocks(message: AssistantMessage): Block[] {
  const blocks: Block[] = [];
  for (const { text, signature, redacted, origin = ORIGIN } of message.reasoning ?? []) {
    if (origin !== ORIGIN) continue;
    if (redacted !== undefined) blocks.push({ type: 'redacted_thinking', data: redacted });
    else if (signature !== undefined) blocks.push({ type: 'thinking', thinking: text, signature });
  }
  for (const text of textsOf(message.content ?? '')) {
    if (text !== '') blocks.push({ type: 'text', text });
  }
  for (const call of message.toolCalls ?? []) {
    blocks.push({ type: 'tool_use', id: toSafeId(call.id), name: call.name, input: call.arguments });
  }
  return blocks;
}

const SAFE_ID = /^[a-zA-Z0-9_-]+$/;

/** The vendor refuses other ids, and other vendors' models make them; the same id always becomes the same one. */
function toSafeId(id: string): string {
  if (SAFE_ID.test(id)) return id;
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 12);
  return `${id.replace(/[^a-zA-Z0-9_-]/g, '_')}_${hash}`;
}

function resultsFirst(blocks: readonly Block[]): Block[] {
  const results = blocks.filter((block) => block.type === 'tool_result');
  return results.length === 0
    ? [...blocks]
    : [...results, ...blocks.filter((block) => block.type !== 'tool_result')];
}

function textsOf(content: string | readonly TextPart[]): string[] {
  return typeof content === 'string' ? [content] : content.map(({ text }) => text);
}
