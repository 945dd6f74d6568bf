import { type Prompt } from './answer';
import { arrayAt, isObject, type JsonObject, numberAt, objectAt, objectsAt, stringAt } from './json';
import { contentText, countParts, toolsText } from './openai-chat-request';
import { checkRange, checkStrict, refuseForeign } from './openai-checks';
import { invalidValue, missingParameter, unknownModel } from './openai-errors';

const MOVED: Record<string, string> = {
  messages: 'input',
  max_tokens: 'max_output_tokens',
  max_completion_tokens: 'max_output_tokens',
  response_format: 'text.format',
  reasoning_effort: 'reasoning.effort',
};
const FOREIGN = [
  'system',
  'stop',
  'stop_sequences',
  'thinking',
  'top_k',
  'n',
  'contents',
  'generationConfig',
];
const ROLES = ['assistant', 'system', 'developer', 'user'];
const PARTS = ['input_text', 'input_image', 'input_file', 'input_audio', 'output_text', 'refusal'];
const LEAST_OUTPUT_TOKENS = 16;

/** `known` tells whether a call id was made by the response that this one continues. */
export function readResponsesRequest(body: JsonObject, known: (callId: string) => boolean): Prompt {
  const model = stringAt(body, 'model');
  if (model === undefined || model === '') throw missingParameter('model');
  if (model.startsWith('missing-')) throw unknownModel(model);
  refuseMoved(body);
  refuseForeign(body, FOREIGN);
  checkRange(body, 'temperature', 0, 2);
  checkRange(body, 'top_p', 0, 1);
  const limit = numberAt(body, 'max_output_tokens');
  if (limit !== undefined && limit < LEAST_OUTPUT_TOKENS) {
    throw invalidValue(
      'max_output_tokens',
      `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= ${LEAST_OUTPUT_TOKENS}, but got ${limit} instead.`,
      'integer_below_min_value',
    );
  }
  const items = readItems(body);
  checkItems(items, known);
  const tools = objectsAt(body, 'tools');
  checkTools(tools);
  const last = items.at(-1);
  const lastUser = items.findLast((item) => item.role === 'user');
  const effort = stringAt(objectAt(body, 'reasoning'), 'effort');
  return {
    model,
    stream: body.stream === true,
    lastUserText: lastUser ? contentText(lastUser.content) : '',
    toolResult: last?.type === 'function_call_output' ? contentText(last.output) : undefined,
    allText:
      [stringAt(body, 'instructions') ?? '', ...items.map(itemText)].join(' ').trim() + toolsText(tools),
    images: items.reduce((sum, item) => sum + countParts(item, 'input_image'), 0),
    tools: tools
      .filter((tool) => tool.type === 'function')
      .map((tool) => ({ name: stringAt(tool, 'name') ?? '', schema: tool.parameters })),
    toolChoice: readToolChoice(body.tool_choice),
    json: readFormat(objectAt(objectAt(body, 'text'), 'format')),
    reasoning: effort !== undefined && effort !== 'none',
    maxOutputTokens: limit,
    stop: [],
    candidates: 1,
  };
}

function refuseMoved(body: JsonObject): void {
  for (const [name, place] of Object.entries(MOVED)) {
    if (!(name in body)) continue;
    throw invalidValue(
      name,
      `Unsupported parameter: '${name}'. In the Responses API, this parameter has moved to '${place}'. Try again with the new parameter.`,
      'unsupported_parameter',
    );
  }
}

function readItems(body: JsonObject): JsonObject[] {
  if (typeof body.input === 'string') return [{ role: 'user', content: body.input }];
  if (!Array.isArray(body.input)) throw missingParameter('input');
  return objectsAt(body, 'input');
}

function checkItems(items: JsonObject[], known: (callId: string) => boolean): void {
  const open = new Set<string>();
  for (const [i, item] of items.entries()) {
    const type = stringAt(item, 'type') ?? 'message';
    const callId = stringAt(item, 'call_id') ?? '';
    if (type === 'message') checkMessage(item, i);
    if (type === 'function_call') open.add(callId);
    if (type === 'function_call_output' && !open.delete(callId) && !known(callId)) {
      throw invalidValue('input', `No tool call found for function call output with call_id ${callId}.`);
    }
  }
  const [unanswered] = open;
  if (unanswered !== undefined) {
    throw invalidValue('input', `No tool output found for function call ${unanswered}.`);
  }
}

function checkMessage(item: JsonObject, i: number): void {
  const role = stringAt(item, 'role') ?? '';
  if (!ROLES.includes(role)) {
    throw invalidValue(
      `input[${i}].role`,
      `Invalid value: '${role}'. Supported values are: ${ROLES.map((name) => `'${name}'`).join(', ')}.`,
    );
  }
  for (const [j, part] of objectsAt(item, 'content').entries()) {
    const type = stringAt(part, 'type') ?? '';
    if (PARTS.includes(type)) continue;
    throw invalidValue(
      `input[${i}].content[${j}]`,
      `Invalid value: '${type}'. Supported values are: ${PARTS.map((name) => `'${name}'`).join(', ')}.`,
    );
  }
}

function checkTools(tools: JsonObject[]): void {
  for (const [i, tool] of tools.entries()) {
    if (tool.type === 'function' && stringAt(tool, 'name') === undefined) {
      throw missingParameter(`tools[${i}].name`);
    }
  }
}

function itemText(item: JsonObject): string {
  return contentText(item.content) || contentText(item.output) || (stringAt(item, 'arguments') ?? '');
}

function readToolChoice(choice: unknown): Prompt['toolChoice'] {
  if (choice === 'required' || choice === 'none') return choice;
  if (!isObject(choice)) return 'auto';
  const name = stringAt(choice, 'name');
  if (choice.type === 'function' && name !== undefined) return { name };
  return choice.type === 'allowed_tools' && choice.mode === 'required' ? 'required' : 'auto';
}

function readFormat(format: JsonObject | undefined): unknown {
  if (format?.type === 'json_object') return true;
  if (format?.type !== 'json_schema') return undefined;
  const name = stringAt(format, 'name');
  if (name === undefined) throw missingParameter('text.format.name');
  checkStrict(format.strict === true, format.schema, name, 'text.format.schema');
  return format.schema ?? true;
}

/** `reasoning.encrypted_content` and the like. */
export function includes(body: JsonObject, what: string): boolean {
  return arrayAt(body, 'include').includes(what);
}
