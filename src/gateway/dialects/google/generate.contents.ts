import { InvalidInput } from '../../../common/problem';
import {
  type ContentPart,
  type Message,
  type ReasoningPart,
  type TextPart,
  type ToolCall,
} from '../../../providers/contract/completion';
import { type Turn } from '../codec';
import { type Fields, isJsonObject } from '../json-fields';
import { readPart, type ReadPart, toContentPart, toText, toThought } from './generate.parts';

/** The system instruction and the conversation, in their order. */
export function readTurns(body: Fields): Turn[] {
  const turns: Turn[] = [];
  const system = readSystem(body);
  if (system.length > 0)
    turns.push({ message: { role: 'system', content: system }, path: body.pathOf('systemInstruction') });
  const contents = body.needed('contents', body.objects('contents'));
  if (contents.length === 0) throw body.wrong('contents', 'contents is not specified');
  readContents(contents, turns);
  return turns;
}

function readContents(contents: readonly Fields[], turns: Turn[]): void {
  const calls = new OpenCalls();
  let model = { turn: new ModelTurn(), path: '' };
  const flush = (): void => {
    const message = model.turn.toMessage();
    if (message) turns.push({ message, path: model.path });
    model = { turn: new ModelTurn(), path: '' };
  };
  for (const [place, content] of contents.entries()) {
    content.only(CONTENT);
    const role = content.choice('role', ['user', 'model', 'function']) ?? 'user';
    const parts = (content.objects('parts') ?? []).map(readPart);
    if (parts.length === 0) throw content.wrong('parts', 'must not be empty');
    const { path } = content;
    if (role === 'model') {
      model = { turn: model.turn, path: model.path === '' ? path : model.path };
      for (const [index, part] of parts.entries()) model.turn.add(part, `call_${place}_${index}`, calls);
    } else {
      flush();
      turns.push(...readUser(parts, path, calls));
    }
  }
  flush();
}

const CONTENT = new Set(['role', 'parts']);

/** A content; the SDKs also let it be written as a text, or as one part. An instruction without a word is none. */
function readSystem(body: Fields): TextPart[] {
  const value = body.get('systemInstruction');
  if (value === undefined || value === '') return [];
  if (typeof value === 'string') return [{ type: 'text', text: value }];
  const content = body.needed('systemInstruction', body.object('systemInstruction'));
  const parts = content.get('parts') === undefined && content.get('text') !== undefined ? [content] : null;
  if (!parts) content.only(CONTENT);
  const texts = (parts ?? content.objects('parts') ?? []).map((part) => {
    const { kind } = readPart(part);
    if (kind === 'text') return toText(part);
    throw part.refused(kind, `${kind} in a system instruction`);
  });
  return texts.some(({ text }) => text !== '') ? texts : [];
}

/** The results of functions are messages of their own in the contract. */
function readUser(parts: readonly ReadPart[], path: string, calls: OpenCalls): Turn[] {
  const turns: Turn[] = [];
  let words: ContentPart[] = [];
  const flush = (): void => {
    if (words.length > 0) turns.push({ message: { role: 'user', content: words }, path });
    words = [];
  };
  for (const read of parts) {
    const content = toContentPart(read);
    const response = read.kind === 'functionResponse' ? read.part.object(read.kind) : undefined;
    if (content) words.push(content);
    else if (response) {
      flush();
      turns.push({ message: toResult(response, calls), path: response.path });
    } else throw read.part.refused(read.kind, `${read.kind} in a turn of the user`);
  }
  flush();
  return turns;
}

/** A turn of the model, put together from all contents that it was streamed in. */
class ModelTurn {
  private text = '';
  private readonly toolCalls: ToolCall[] = [];
  private readonly reasoning: ReasoningPart[] = [];

  add({ kind, part }: ReadPart, standIn: string, calls: OpenCalls): void {
    if (kind === 'text' && part.flag('thought') === true) this.think(toThought(part));
    else if (kind === 'text') this.text += toText(part).text;
    else if (kind === 'functionCall') {
      const call = toCall(part, standIn);
      this.toolCalls.push(call);
      calls.add(call);
    } else throw part.refused(kind, `${kind} in a turn of the model`);
  }

  /** Null when nothing was said. */
  toMessage(): Message | null {
    const { text, toolCalls, reasoning } = this;
    if (text === '' && toolCalls.length === 0 && reasoning.length === 0) return null;
    return {
      role: 'assistant',
      content: text === '' ? null : [{ type: 'text', text }],
      ...(toolCalls.length > 0 && { toolCalls }),
      ...(reasoning.length > 0 && { reasoning }),
    };
  }

  /** A thought comes in pieces, the last of which is signed. */
  private think(thought: ReasoningPart): void {
    const last = this.reasoning.at(-1);
    const goesOn = last?.signature === undefined && last?.redacted === undefined;
    if (!last || !goesOn || thought.redacted !== undefined) this.reasoning.push(thought);
    else this.reasoning[this.reasoning.length - 1] = { ...thought, text: last.text + thought.text };
  }
}

const CALL = new Set(['id', 'name', 'args', 'willContinue']);

function toCall(part: Fields, standIn: string): ToolCall {
  const call = part.needed('functionCall', part.object('functionCall'));
  call.only(CALL);
  if (call.flag('willContinue') === true) throw call.refused('willContinue');
  const input = call.get('args') ?? {};
  if (!isJsonObject(input)) throw call.wrong('args', 'must be an object');
  const signature = part.text('thoughtSignature');
  return {
    id: call.text('id') ?? standIn,
    name: call.needed('name', call.text('name')),
    arguments: input,
    ...(signature !== undefined && { signature }),
  };
}

const RESULT = new Set(['id', 'name', 'response', 'parts', 'willContinue']);

function toResult(result: Fields, calls: OpenCalls): Message {
  result.only(RESULT);
  if (result.flag('willContinue') === true) throw result.refused('willContinue');
  const name = result.needed('name', result.text('name'));
  const id = calls.take(result.text('id'), name);
  if (id === null) {
    throw InvalidInput.field(
      result.path,
      `no earlier part is a call of "${name}" that this is the response to`,
    );
  }
  const response = result.get('response') ?? {};
  if (!isJsonObject(response)) throw result.wrong('response', 'must be an object');
  const parts = (result.objects('parts') ?? []).map(toResultPart);
  const { text, isError } = readResponse(response);
  return {
    role: 'tool',
    toolCallId: id,
    content: parts.length === 0 ? text : [{ type: 'text', text }, ...parts],
    ...(isError && { isError }),
  };
}

function toResultPart(part: Fields): ContentPart {
  const read = readPart(part);
  const content = toContentPart(read);
  if (content) return content;
  throw part.refused(read.kind, `${read.kind} in a function's response`);
}

/** `output` and `error` are Google's names for what a function gave (`FunctionResponse.response`, 2026-11). */
function readResponse(response: Readonly<Record<string, unknown>>): { text: string; isError: boolean } {
  const names = Object.keys(response);
  const only = names.length === 1 ? names[0] : undefined;
  const isError = only === 'error';
  const value = isError || only === 'output' ? response[only] : response;
  return { text: typeof value === 'string' ? value : JSON.stringify(value), isError };
}

/** Calls that wait for their response: by id, else by name in the order of the calls. */
class OpenCalls {
  private open: ToolCall[] = [];

  add(call: ToolCall): void {
    this.open.push(call);
  }

  /** The id of the call, null when there is none. */
  take(id: string | undefined, name: string): string | null {
    const byId = this.open.find((call) => call.id === id);
    const found = byId ?? this.open.find((call) => call.name === name);
    if (!found) return null;
    this.open = this.open.filter((call) => call !== found);
    return found.id;
  }
}
