import {
  type ContentPart,
  type Message,
  type TextPart,
  type ToolCall,
} from '../../../providers/contract/completion';
import { type Fields } from '../json-fields';
import {
  CACHE_CONTROL,
  needObject,
  needText,
  readArguments,
  readSignature,
  refuseEach,
} from './common-fields';
import { readReasoning } from './chat.thoughts';
import { readAudio, readFile, readImage } from './media';

/** @throws InvalidInput that names what is wrong, or what the vendor cannot take */
export function readMessages(body: Fields): Message[] {
  const messages = body.needed('messages', body.objects('messages')).map(readMessage);
  if (messages.every(({ role }) => role === 'system')) {
    throw body.wrong('messages', 'needs at least one message that is not a system message');
  }
  return messages;
}

const PLAIN = new Set(['role', 'content', 'name', CACHE_CONTROL]);
const RESULT = new Set(['role', 'content', 'tool_call_id', 'name', CACHE_CONTROL]);
/** `parsed` and `annotations` are of an answer that is sent back as it came. */
const ASSISTANT = new Set([
  ...PLAIN,
  'refusal',
  'tool_calls',
  'function_call',
  'audio',
  'annotations',
  'parsed',
  'reasoning',
  'reasoning_content',
  'reasoning_details',
]);
const FOREIGN = {
  function_call: 'the old form of a tool call',
  audio: 'a spoken answer',
};

function readMessage(message: Fields): Message {
  const role = message.get('role');
  switch (role) {
    case 'system':
    case 'developer':
      refuseBeside(message, PLAIN);
      return { role: 'system', content: readTexts(message) };
    case 'user':
      refuseBeside(message, PLAIN);
      return { role: 'user', content: readContent(message) };
    case 'assistant':
      refuseBeside(message, ASSISTANT);
      return readAssistant(message);
    case 'tool':
      return readResult(message);
    case 'function':
      throw message.refused('role', 'the old role "function" (it is "tool" now)');
    default:
      throw message.wrong('role', 'must be one of developer, system, user, assistant, tool');
  }
}

/** A participant's name is left out: only OpenAI has a place for it, and written into the text it would change that. */
function refuseBeside(message: Fields, known: ReadonlySet<string>): void {
  message.only(known);
  refuseEach(message, FOREIGN);
  message.text('name');
  message.ignore('name');
  message.ignore(CACHE_CONTROL);
}

/** A tool's name repeats what the call says already. */
function readResult(message: Fields): Message {
  message.only(RESULT);
  message.ignore('name');
  message.ignore(CACHE_CONTROL);
  return { role: 'tool', toolCallId: needText(message, 'tool_call_id'), content: readContent(message) };
}

function readAssistant(message: Fields): Message {
  if ((message.list('annotations') ?? []).length > 0) message.ignore('annotations');
  message.ignore('parsed');
  const toolCalls = (message.objects('tool_calls') ?? []).map(readCall);
  const content =
    message.get('content') === undefined ? (message.text('refusal') ?? null) : readTexts(message);
  if (content === null && toolCalls.length === 0) {
    throw message.wrong('content', 'is needed in an assistant message without tool_calls');
  }
  const reasoning = readReasoning(message);
  return {
    role: 'assistant',
    content,
    ...(toolCalls.length > 0 && { toolCalls }),
    ...(reasoning.length > 0 && { reasoning }),
  };
}

function readTexts(message: Fields): string | TextPart[] {
  const content = message.get('content');
  if (typeof content === 'string') return content;
  return needParts(message).map((part) => {
    const type = part.get('type');
    if (type === 'refusal') return { type: 'text', text: needText(part, 'refusal') };
    if (type === 'text') return readText(part);
    throw part.wrong('type', 'must be text: only a user and a tool can send anything else');
  });
}

function readContent(message: Fields): string | ContentPart[] {
  const content = message.get('content');
  return typeof content === 'string' ? content : needParts(message).map(readPart);
}

function needParts(message: Fields): Fields[] {
  return message.needed('content', message.objects('content'));
}

const HINTS = ['prompt_cache_breakpoint', CACHE_CONTROL] as const;
const PARTS = {
  text: new Set(['type', 'text', ...HINTS]),
  image_url: new Set(['type', 'image_url', ...HINTS]),
  input_audio: new Set(['type', 'input_audio', ...HINTS]),
  file: new Set(['type', 'file', ...HINTS]),
};
const INSIDE = {
  image_url: new Set(['url', 'detail']),
  input_audio: new Set(['data', 'format']),
  file: new Set(['file_data', 'file_id', 'filename']),
};

function readPart(part: Fields): ContentPart {
  const type = part.choice('type', ['text', 'image_url', 'input_audio', 'file'] as const);
  switch (part.needed('type', type)) {
    case 'text':
      return readText(part);
    case 'image_url':
      return readImage(openPart(part, 'image_url'), 'url');
    case 'input_audio':
      return readAudio(openPart(part, 'input_audio'));
    case 'file':
      return readFile(openPart(part, 'file'));
  }
}

function ignoreHints(part: Fields): void {
  for (const name of HINTS) part.ignore(name);
}

function readText(part: Fields): TextPart {
  part.only(PARTS.text);
  ignoreHints(part);
  return { type: 'text', text: part.needed('text', part.text('text')) };
}

function openPart(part: Fields, type: 'image_url' | 'input_audio' | 'file'): Fields {
  part.only(PARTS[type]);
  ignoreHints(part);
  const inside = needObject(part, type);
  inside.only(INSIDE[type]);
  return inside;
}

/** `index` and `parsed_arguments` are of an answer that is sent back as it came. */
const CALL = new Set(['id', 'type', 'function', 'index', 'extra_content']);
const CALLED = new Set(['name', 'arguments', 'parsed_arguments']);

function readCall(call: Fields): ToolCall {
  const type = call.get('type');
  if (type !== undefined && type !== 'function') throw call.refused('type', 'a call of a custom tool');
  call.only(CALL);
  const called = needObject(call, 'function');
  called.only(CALLED);
  const signature = readSignature(call);
  return {
    id: needText(call, 'id'),
    name: needText(called, 'name'),
    arguments: readArguments(called),
    ...(signature !== undefined && { signature }),
  };
}
