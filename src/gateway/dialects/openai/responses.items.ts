import {
  type ContentPart,
  type Message,
  type ReasoningPart,
  type TextPart,
  type ToolCall,
} from '../../../providers/contract/completion';
import { type Fields } from '../json-fields';
import { needText, readArguments, readSignature } from './common-fields';
import { readFile, readImage } from './media';
import { openThought } from './responses.thoughts';

/** The assistant's turn while its items are read: Responses have text, thinking and calls as items of their own. */
interface Turn {
  readonly texts: TextPart[];
  readonly reasoning: ReasoningPart[];
  readonly toolCalls: ToolCall[];
}

/**
 * The items of `input` as messages. Neighbouring items of the assistant are one message.
 * @throws InvalidInput that names what is wrong, or what the vendor cannot take
 */
export function readInput(body: Fields): Message[] {
  const given = body.get('input');
  if (typeof given === 'string') return [{ role: 'user', content: given }];
  const messages: Message[] = [];
  let turn: Turn | null = null;
  const close = (): void => {
    if (turn) messages.push(...toMessage(turn));
    turn = null;
  };
  for (const item of body.needed('input', body.objects('input'))) {
    if (isAssistants(item)) {
      turn ??= { texts: [], reasoning: [], toolCalls: [] };
      addToTurn(turn, item);
    } else {
      close();
      messages.push(readMessageOrResult(item));
    }
  }
  close();
  return messages;
}

function isAssistants(item: Fields): boolean {
  const type = item.get('type') ?? 'message';
  return (
    type === 'reasoning' ||
    type === 'function_call' ||
    (type === 'message' && item.get('role') === 'assistant')
  );
}

/** Thinking alone is no message: nothing answers to it. */
function toMessage({ texts, reasoning, toolCalls }: Turn): Message[] {
  if (texts.length === 0 && toolCalls.length === 0) return [];
  const only = texts[0];
  return [
    {
      role: 'assistant',
      content: only === undefined ? null : texts.length === 1 ? only.text : texts,
      ...(toolCalls.length > 0 && { toolCalls }),
      ...(reasoning.length > 0 && { reasoning }),
    },
  ];
}

/**
 * `id`, `status`, `caller`, `namespace`, `async` and `created_by` are of an answer that is sent back as it
 * came.
 */
const MESSAGE = new Set(['type', 'role', 'content', 'id', 'status', 'phase']);
const CALL = new Set([
  'type',
  'id',
  'call_id',
  'name',
  'arguments',
  'status',
  'extra_content',
  'parsed_arguments',
  'caller',
  'namespace',
  'async',
  'created_by',
]);
const RESULT = new Set([
  'type',
  'id',
  'call_id',
  'output',
  'status',
  'name',
  'caller',
  'namespace',
  'created_by',
]);
const REASONING = new Set(['type', 'id', 'summary', 'content', 'encrypted_content', 'status']);

function addToTurn(turn: Turn, item: Fields): void {
  switch (item.get('type')) {
    case 'reasoning':
      turn.reasoning.push(...readReasoning(item));
      return;
    case 'function_call':
      turn.toolCalls.push(readCall(item));
      return;
    default:
      item.only(MESSAGE);
      item.ignore('phase');
      turn.texts.push(...readTexts(item).filter(({ text }) => text !== ''));
  }
}

function readMessageOrResult(item: Fields): Message {
  const type = item.get('type') ?? (item.get('role') === undefined ? 'item_reference' : 'message');
  switch (type) {
    case 'message':
      return readMessage(item);
    case 'function_call_output':
      return readResult(item);
    case 'item_reference':
      throw item.refused('type', 'an item by its id, of an answer that was kept (send the item itself)');
    default:
      throw item.refused('type', `an item of the type ${JSON.stringify(type)}`);
  }
}

function readMessage(item: Fields): Message {
  item.only(MESSAGE);
  item.ignore('phase');
  const role = item.needed(
    'role',
    item.choice('role', ['user', 'system', 'developer', 'assistant'] as const),
  );
  if (role === 'user') return { role, content: readContent(item, 'content') };
  return { role: 'system', content: readTexts(item) };
}

/** A call that the model made itself, in this turn and by the tool's plain name, is what all calls are here. */
function refuseOtherCalls(item: Fields): void {
  const caller = item.object('caller')?.text('type') ?? 'direct';
  if (caller !== 'direct') throw item.refused('caller', 'a call of a tool by a program');
  if ((item.text('namespace') ?? '') !== '') throw item.refused('namespace', 'a namespace of tools');
  if (item.flag('async') === true) throw item.refused('async', 'a call that is not waited for');
}

function readResult(item: Fields): Message {
  item.only(RESULT);
  refuseOtherCalls(item);
  item.ignore('name');
  return { role: 'tool', toolCallId: needText(item, 'call_id'), content: readContent(item, 'output') };
}

function readCall(item: Fields): ToolCall {
  item.only(CALL);
  refuseOtherCalls(item);
  const signature = readSignature(item);
  return {
    id: needText(item, 'call_id'),
    name: needText(item, 'name'),
    arguments: readArguments(item),
    ...(signature !== undefined && { signature }),
  };
}

/** A thought as our answers give it, or its text alone: what another vendor sealed only that one can read. */
function readReasoning(item: Fields): ReasoningPart[] {
  item.only(REASONING);
  const parts = [...(item.objects('summary') ?? []), ...(item.objects('content') ?? [])];
  const text = parts.map((part) => part.text('text') ?? '').join('');
  const sealed = item.text('encrypted_content');
  if (sealed === undefined) return text === '' ? [] : [{ text }];
  const seal = openThought(sealed);
  if (seal) return [{ text, ...seal }];
  item.ignore('encrypted_content');
  return text === '' ? [] : [{ text }];
}

const TEXT_TYPES = new Set(['input_text', 'output_text', 'text']);
const PART = {
  text: new Set(['type', 'text', 'annotations', 'logprobs', 'parsed', 'prompt_cache_breakpoint']),
  refusal: new Set(['type', 'refusal']),
  image: new Set(['type', 'image_url', 'file_id', 'detail', 'prompt_cache_breakpoint']),
  file: new Set([
    'type',
    'file_data',
    'file_url',
    'file_id',
    'filename',
    'detail',
    'prompt_cache_breakpoint',
  ]),
};

function readTexts(item: Fields): TextPart[] {
  const content = item.get('content');
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return item.needed('content', item.objects('content')).map((part) => {
    const type = part.get('type');
    if (type === 'refusal') {
      part.only(PART.refusal);
      return { type: 'text', text: needText(part, 'refusal') };
    }
    if (typeof type === 'string' && TEXT_TYPES.has(type)) return readText(part);
    throw part.wrong('type', 'must be a text: only a user and a tool can send anything else');
  });
}

function readText(part: Fields): TextPart {
  part.only(PART.text);
  part.ignore('prompt_cache_breakpoint');
  return { type: 'text', text: part.needed('text', part.text('text')) };
}

function readContent(item: Fields, name: 'content' | 'output'): string | ContentPart[] {
  const content = item.get(name);
  if (typeof content === 'string') return content;
  return item.needed(name, item.objects(name)).map(readPart);
}

function readPart(part: Fields): ContentPart {
  const type = part.get('type');
  if (typeof type === 'string' && TEXT_TYPES.has(type)) return readText(part);
  switch (type) {
    case 'input_image':
      part.only(PART.image);
      part.ignore('prompt_cache_breakpoint');
      if (part.get('file_id') !== undefined)
        throw part.refused('file_id', 'a picture that is kept at OpenAI');
      return readImage(part, 'image_url');
    case 'input_file':
      part.only(PART.file);
      part.ignore('prompt_cache_breakpoint');
      if ((part.choice('detail', ['auto', 'low', 'high'] as const) ?? 'auto') !== 'auto') {
        throw part.refused('detail', 'how finely a file is looked at');
      }
      return readFile(part);
    default:
      throw part.wrong('type', 'must be one of input_text, input_image, input_file');
  }
}
