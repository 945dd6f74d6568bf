import { type Prompt } from './answer';
import { isObject, type JsonObject, numberAt, objectAt, objectsAt, stringAt } from './json';
import { Refusal } from './refusal';
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
const ROLES = ['user', 'assistant', 'system'];

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
  checkThinking(body, messages);
  const tools = objectsAt(body, 'tools');
  const last = messages.at(-1);
  const results = last ? blocksOf(last).filter((block) => block.type === 'tool_result') : [];
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

function checkMessages(messages: JsonObject[]): void {
  let called: string[] = [];
  for (const [i, message] of messages.entries()) {
    const role = stringAt(message, 'role') ?? '';
    if (!ROLES.includes(role)) {
      throw new Refusal(
        400,
        role === 'tool' || role === 'developer'
          ? `messages: Unexpected role "${role}". Allowed roles are "user" or "assistant".`
          : `messages.${i}.role: Input should be 'user' or 'assistant'`,
      );
    }
    if (i === 0 && role === 'assistant') {
      throw new Refusal(400, 'messages: first message must use the "user" role');
    }
    if (message.content === undefined) throw new Refusal(400, `messages.${i}.content: Field required`);
    const isLast = i === messages.length - 1;
    const empty = message.content === '' || (Array.isArray(message.content) && message.content.length === 0);
    if (empty && !(isLast && role === 'assistant')) {
      throw new Refusal(
        400,
        `messages.${i}: all messages must have non-empty content except for the optional final assistant message`,
      );
    }
    called = checkBlocks(message, i, called);
  }
  if (called.length > 0) refuseUnanswered(called, messages.length - 1);
}

/** Returns the ids of the tool calls that the next message has to answer. */
function checkBlocks(message: JsonObject, i: number, called: string[]): string[] {
  const blocks = blocksOf(message);
  const answered = new Set<string>();
  for (const [j, block] of blocks.entries()) {
    if (block.type === 'text' && block.text === '') {
      throw new Refusal(400, `messages: text content blocks must be non-empty`);
    }
    if (block.type !== 'tool_result') continue;
    const id = stringAt(block, 'tool_use_id') ?? '';
    if (!called.includes(id)) {
      throw new Refusal(
        400,
        `messages.${i}.content.${j}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. Each ` +
          '`tool_result` block must have a corresponding `tool_use` block in the previous message.',
      );
    }
    answered.add(id);
  }
  const open = called.filter((id) => !answered.has(id));
  if (open.length > 0) refuseUnanswered(open, i - 1);
  if (message.role !== 'assistant') return [];
  return blocks.filter((block) => block.type === 'tool_use').map((block) => stringAt(block, 'id') ?? '');
}

function refuseUnanswered(open: string[], index: number): never {
  throw new Refusal(
    400,
    `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ` +
      `${open.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
  );
}

/** Structured outputs need closed objects. */
function checkSchema(format: JsonObject | undefined): void {
  const schema = objectAt(format, 'schema');
  if (schema?.type === 'object' && schema.additionalProperties !== false) {
    throw new Refusal(
      400,
      "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false",
    );
  }
}

export function blocksOf(message: JsonObject): JsonObject[] {
  return objectsAt(message, 'content');
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
  return blocksOf(message).reduce((sum, block) => {
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
