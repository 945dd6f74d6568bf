import { type Prompt } from './answer';
import { arrayAt, isObject, type JsonObject, numberAt, objectAt, objectsAt, stringAt } from './json';
import { checkMessages, checkRange, checkStrict, checkTools, refuseForeign } from './openai-checks';
import { invalidValue, missingParameter, unknownModel } from './openai-errors';
import { Refusal } from './refusal';

const FOREIGN = [
  'system',
  'stop_sequences',
  'thinking',
  'top_k',
  'contents',
  'generationConfig',
  'max_output_tokens',
];
/** Models that take `max_completion_tokens` only. */
const REASONING_MODEL = /^(o\d|gpt-[5-9])/;

export function readChatRequest(body: JsonObject): Prompt {
  const model = requiredModel(body);
  if (!Array.isArray(body.messages)) throw missingParameter('messages');
  const messages = objectsAt(body, 'messages');
  if (messages.length === 0) {
    throw invalidValue(
      'messages',
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      'empty_array',
    );
  }
  refuseForeign(body, FOREIGN);
  if (body.max_tokens !== undefined && body.max_tokens !== null && REASONING_MODEL.test(model)) {
    throw invalidValue(
      'max_tokens',
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      'unsupported_parameter',
    );
  }
  checkRange(body, 'temperature', 0, 2);
  checkRange(body, 'top_p', 0, 1);
  checkMessages(messages);
  checkTools(body);
  const format = objectAt(body, 'response_format');
  const tools = objectsAt(body, 'tools').map((tool) => objectAt(tool, 'function') ?? {});
  const last = messages.at(-1);
  const lastUser = messages.findLast((message) => message.role === 'user');
  const effort = stringAt(body, 'reasoning_effort');
  return {
    model,
    stream: body.stream === true,
    lastUserText: lastUser ? contentText(lastUser.content) : '',
    toolResult: last?.role === 'tool' ? contentText(last.content) : undefined,
    allText: messages.map((message) => contentText(message.content)).join(' ') + toolsText(tools),
    images: messages.reduce((sum, message) => sum + countParts(message, 'image_url'), 0),
    tools: tools.map((tool) => ({ name: stringAt(tool, 'name') ?? '', schema: tool.parameters })),
    toolChoice: readToolChoice(body.tool_choice),
    json: readFormat(format),
    reasoning: effort !== undefined && effort !== 'none',
    maxOutputTokens: numberAt(body, 'max_completion_tokens') ?? numberAt(body, 'max_tokens'),
    stop:
      typeof body.stop === 'string'
        ? [body.stop]
        : arrayAt(body, 'stop').filter((s) => typeof s === 'string'),
    candidates: Math.max(1, numberAt(body, 'n') ?? 1),
  };
}

export function requiredModel(body: JsonObject): string {
  const model = stringAt(body, 'model');
  if (model === undefined || model === '') throw new Refusal(400, 'you must provide a model parameter');
  if (model.startsWith('missing-')) throw unknownModel(model);
  return model;
}

/** Text of a content that is a string or a list of parts. */
export function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return (content as unknown[])
    .filter(isObject)
    .map((part) => stringAt(part, 'text') ?? stringAt(part, 'refusal') ?? '')
    .filter((text) => text !== '')
    .join(' ');
}

export function countParts(message: JsonObject, type: string): number {
  return objectsAt(message, 'content').filter((part) => part.type === type).length;
}

export function toolsText(tools: JsonObject[]): string {
  return tools.length > 0 ? JSON.stringify(tools) : '';
}

function readToolChoice(choice: unknown): Prompt['toolChoice'] {
  if (choice === 'required' || choice === 'none') return choice;
  const name = stringAt(objectAt(choice, 'function'), 'name');
  if (name !== undefined) return { name };
  return stringAt(objectAt(choice, 'allowed_tools'), 'mode') === 'required' ? 'required' : 'auto';
}

function readFormat(format: JsonObject | undefined): unknown {
  if (format?.type === 'json_object') return true;
  if (format?.type !== 'json_schema') return undefined;
  const wrapper = objectAt(format, 'json_schema');
  if (stringAt(wrapper, 'name') === undefined) throw missingParameter('response_format.json_schema.name');
  checkStrict(wrapper?.strict === true, wrapper?.schema, stringAt(wrapper, 'name') ?? '', 'response_format');
  return wrapper?.schema ?? true;
}
