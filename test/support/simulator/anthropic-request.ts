import { type Prompt } from './answer';
import { isObject, type JsonObject, numberAt, objectAt, objectsAt, stringAt } from './json';
import { Refusal } from './refusal';
import { checkMessages, checkSchema, checkTools } from './anthropic-checks';
import { checkThinking } from './anthropic-thinking';

const FOREIGN = [
  'frequency_penalty',
  'presence_penalty',
  'response_format',
  'max_completion_tokens',
  'max_output_tokens',
  'reasoning_effort',
  'stream_options',
  'stop',
  'seed',
  'n',
  'logprobs',
  'input',
  'instructions',
  'contents',
  'generationConfig',
];

export function readMessagesRequest(body: JsonObject, counting = false): Prompt {
  for (const name of ['model', 'messages', ...(counting ? [] : ['max_tokens'])]) {
    if (body[name] === undefined) throw new Refusal(400, `${name}: Field required`);
  }
  const model = stringAt(body, 'model') ?? '';
  if (model.startsWith('missing-')) throw new Refusal(404, `model: ${model}`);
  for (const name of FOREIGN) {
    if (name in body) throw new Refusal(400, `${name}: Extra inputs are not permitted`);
  }
  const limit = numberAt(body, 'max_tokens');
  if (!counting && (limit === undefined || limit < 1)) {
    throw new Refusal(400, 'max_tokens: Input should be greater than or equal to 1');
  }
  for (const name of ['temperature', 'top_p']) {
    const value = body[name];
    if (value === undefined) continue;
    if (typeof value !== 'number' || value < 0 || value > 1) throw new Refusal(400, `${name}: range: 0..1`);
  }
  if (!Array.isArray(body.messages)) throw new Refusal(400, 'messages: Input should be a valid array');
  const messages = objectsAt(body, 'messages');
  if (messages.length === 0) throw new Refusal(400, 'messages: at least one message is required');
  checkMessages(messages);
  checkTools(body);
  checkThinking(body, messages);
  const tools = objectsAt(body, 'tools');
  const last = messages.at(-1);
  const results = last ? objectsAt(last, 'content').filter((block) => block.type === 'tool_result') : [];
  const lastUser = messages.findLast((message) => message.role === 'user' && textOf(message.content) !== '');
  const thinking = stringAt(objectAt(body, 'thinking'), 'type');
  const format = objectAt(objectAt(body, 'output_config'), 'format');
  checkSchema(format);
  return {
    model,
    stream: body.stream === true,
    lastUserText: textOf(lastUser?.content),
    toolResult: results.length > 0 ? results.map((result) => textOf(result.content)).join(' ') : undefined,
    allText:
      [body.system, ...messages.map((message) => message.content)].map(allTextOf).join(' ') +
      (tools.length > 0 ? JSON.stringify(tools) : ''),
    images: messages.reduce((sum, message) => sum + imagesOf(message), 0),
    tools: tools.map((tool) => ({ name: stringAt(tool, 'name') ?? '', schema: tool.input_schema })),
    toolChoice: readToolChoice(objectAt(body, 'tool_choice')),
    json: format?.schema,
    reasoning: thinking === 'enabled' || thinking === 'adaptive',
    maxOutputTokens: limit,
    stop: stopSequences(body),
    candidates: 1,
  };
}

function stopSequences(body: JsonObject): string[] {
  const given: unknown = body.stop_sequences;
  return Array.isArray(given) ? given.filter((stop): stop is string => typeof stop === 'string') : [];
}

/** Text of a content that is a string or a list of blocks. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return (content as unknown[])
    .filter(isObject)
    .map((block) => (block.type === 'text' ? (stringAt(block, 'text') ?? '') : ''))
    .filter((text) => text !== '')
    .join(' ');
}

/** With what is in tool calls and results. */
function allTextOf(content: unknown): string {
  if (!Array.isArray(content)) return textOf(content);
  return (content as unknown[])
    .filter(isObject)
    .map((block) => {
      if (block.type === 'tool_use') return JSON.stringify(block.input);
      return block.type === 'tool_result' ? textOf(block.content) : (stringAt(block, 'text') ?? '');
    })
    .join(' ');
}

function imagesOf(message: JsonObject): number {
  return objectsAt(message, 'content').reduce((sum, block) => {
    const inside = block.type === 'tool_result' ? imagesOf(block) : 0;
    return sum + inside + (block.type === 'image' || block.type === 'document' ? 1 : 0);
  }, 0);
}

function readToolChoice(choice: JsonObject | undefined): Prompt['toolChoice'] {
  if (choice?.type === 'any') return 'required';
  if (choice?.type === 'none') return 'none';
  const name = stringAt(choice, 'name');
  return choice?.type === 'tool' && name !== undefined ? { name } : 'auto';
}
