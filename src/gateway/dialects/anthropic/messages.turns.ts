import { InvalidInput } from '../../../common/problem';
import {
  type ContentPart,
  type Message,
  type ReasoningPart,
  type TextPart,
  type ToolCall,
} from '../../../providers/contract/completion';
import { type Turn } from '../codec';
import { type Fields } from '../json-fields';
import { toContentParts, toRedactedThought, toTextPart, toThought, toToolCall } from './messages.blocks';
import { readCallId } from './messages.call-id';

/** The system prompt and the conversation, in their order. */
export function readTurns(body: Fields): Turn[] {
  const turns: Turn[] = [];
  const system = readTexts(body, 'system');
  if (system !== undefined) turns.push(...toSystem(system, 'system'));
  const messages = body.needed('messages', body.objects('messages'));
  if (messages.length === 0) throw body.wrong('messages', 'at least one message is required');
  for (const message of messages) turns.push(...readMessage(message));
  return turns;
}

/**
 * Only some models of Anthropic's go on with an assistant's turn that they did not begin; elsewhere it would be
 * taken for a finished one, and the answer would begin anew.
 */
export function refusePrefill(body: Fields, turns: readonly Turn[]): void {
  const last = turns.at(-1);
  if (last?.message.role !== 'assistant') return;
  const { vendor } = body.reading;
  throw InvalidInput.field(
    last.path,
    `${vendor} cannot continue an answer that the caller began. End the conversation with a message of the user.`,
  );
}

const MESSAGE = new Set(['role', 'content']);

function readMessage(message: Fields): Turn[] {
  message.only(MESSAGE);
  const role = message.needed('role', message.choice('role', ['user', 'assistant', 'system']));
  if (role === 'user') return readUser(message);
  const { path } = message;
  if (role === 'assistant') return [{ message: readAssistant(message), path }];
  const content = message.needed('content', readTexts(message, 'content'));
  return toSystem(content, path);
}

/** A prompt without a word is none. */
function toSystem(content: string | TextPart[], path: string): Turn[] {
  const said = typeof content === 'string' ? content !== '' : content.some(({ text }) => text !== '');
  return said ? [{ message: { role: 'system', content }, path }] : [];
}

function readTexts(from: Fields, name: string): string | TextPart[] | undefined {
  const value = from.get(name);
  if (value === undefined || typeof value === 'string') return value;
  return from.objects(name)?.map(toTextPart);
}

/** A user's turn holds tool results and own words; each result is a message in the contract. */
function readUser(message: Fields): Turn[] {
  const { path } = message;
  const content = message.needed('content', message.get('content'));
  if (typeof content === 'string') return [{ message: { role: 'user', content }, path }];
  const blocks = message.needed('content', message.objects('content'));
  const turns: Turn[] = [];
  let words: ContentPart[] = [];
  const flush = (): void => {
    if (words.length > 0) turns.push({ message: { role: 'user', content: words }, path });
    words = [];
  };
  for (const block of blocks) {
    if (block.text('type') !== 'tool_result') words.push(...toContentParts(block));
    else {
      flush();
      turns.push({ message: toResult(block), path: block.path });
    }
  }
  flush();
  if (turns.length === 0) throw message.wrong('content', 'at least one block is required');
  return turns;
}

const RESULT = new Set(['type', 'tool_use_id', 'content', 'is_error', 'cache_control', 'toolset_name']);

function toResult(block: Fields): Message {
  block.only(RESULT);
  block.ignore('cache_control');
  block.refuse('toolset_name');
  const given = block.get('content') ?? '';
  const isError = block.flag('is_error');
  return {
    role: 'tool',
    toolCallId: readCallId(block.needed('tool_use_id', block.text('tool_use_id'))).id,
    content: typeof given === 'string' ? given : (block.objects('content') ?? []).flatMap(toContentParts),
    ...(isError !== undefined && { isError }),
  };
}

function readAssistant(message: Fields): Message {
  const content = message.needed('content', message.get('content'));
  if (typeof content === 'string') return { role: 'assistant', content };
  const texts: TextPart[] = [];
  const toolCalls: ToolCall[] = [];
  const reasoning: ReasoningPart[] = [];
  for (const block of message.needed('content', message.objects('content'))) {
    const type = block.text('type');
    if (type === 'text') texts.push(toTextPart(block));
    else if (type === 'tool_use') toolCalls.push(toToolCall(block));
    else if (type === 'thinking') reasoning.push(toThought(block));
    else if (type === 'redacted_thinking') reasoning.push(toRedactedThought(block));
    else if (type === undefined) throw block.wrong('type', 'Field required');
    else throw block.refused('type', `the block ${type}`);
  }
  return {
    role: 'assistant',
    content: texts.length > 0 ? texts : null,
    ...(toolCalls.length > 0 && { toolCalls }),
    ...(reasoning.length > 0 && { reasoning }),
  };
}
