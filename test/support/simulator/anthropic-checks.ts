import { type JsonObject, objectAt, objectsAt, stringAt } from './json';
import { Refusal } from './refusal';

const ROLES = ['user', 'assistant', 'system'];
const BLOCKS = [
  'text',
  'image',
  'document',
  'search_result',
  'thinking',
  'redacted_thinking',
  'tool_use',
  'tool_result',
  'container_upload',
];
const IMAGES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];

export function checkMessages(messages: JsonObject[]): void {
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
  const blocks = objectsAt(message, 'content');
  const answered = new Set<string>();
  for (const [j, block] of blocks.entries()) {
    if (block.type === 'text' && block.text === '') {
      throw new Refusal(400, `messages: text content blocks must be non-empty`);
    }
    checkBlock(block, `messages.${i}.content.${j}`);
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
export function checkSchema(format: JsonObject | undefined): void {
  const schema = objectAt(format, 'schema');
  if (schema?.type === 'object' && schema.additionalProperties !== false) {
    throw new Refusal(
      400,
      "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false",
    );
  }
}

function checkBlock(block: JsonObject, place: string): void {
  const type = stringAt(block, 'type') ?? '';
  const ours = BLOCKS.includes(type) || type.startsWith('server_tool_use') || type.endsWith('_tool_result');
  if (!ours) {
    throw new Refusal(
      400,
      `${place}: Input tag '${type}' found using 'type' does not match any of the expected tags: ` +
        BLOCKS.map((name) => `'${name}'`).join(', '),
    );
  }
  if (type !== 'image') return;
  const source = objectAt(block, 'source');
  if (!source) throw new Refusal(400, `${place}.image.source: Field required`);
  const mediaType = stringAt(source, 'media_type') ?? '';
  if (source.type === 'base64' && !IMAGES.includes(mediaType)) {
    throw new Refusal(
      400,
      `${place}.image.source.base64.media_type: Input should be ${IMAGES.map((name) => `'${name}'`).join(', ')}`,
    );
  }
  if (source.type === 'base64' && !/^[A-Za-z0-9+/]+={0,2}$/.test(stringAt(source, 'data') ?? '')) {
    throw new Refusal(400, `${place}.image.source.base64: invalid base64 data`);
  }
}

/** A tool of the caller has a name and a schema, and a choice is among the tools. */
export function checkTools(body: JsonObject): void {
  const tools = objectsAt(body, 'tools');
  for (const [i, tool] of tools.entries()) {
    const type = stringAt(tool, 'type') ?? 'custom';
    if (type !== 'custom') continue;
    if (stringAt(tool, 'name') === undefined)
      throw new Refusal(400, `tools.${i}.custom.name: Field required`);
    if (!/^[a-zA-Z0-9_-]{1,128}$/.test(stringAt(tool, 'name') ?? '')) {
      throw new Refusal(400, `tools.${i}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`);
    }
    const schema = objectAt(tool, 'input_schema');
    if (!schema) throw new Refusal(400, `tools.${i}.custom.input_schema: Field required`);
    if (schema.type !== 'object') {
      throw new Refusal(400, `tools.${i}.custom.input_schema.type: Field required`);
    }
  }
  const choice = objectAt(body, 'tool_choice');
  if (choice && tools.length === 0 && choice.type !== 'none') {
    throw new Refusal(400, 'tool_choice may only be specified while providing tools.');
  }
  if (choice?.type === 'tool' && !tools.some((tool) => tool.name === choice.name)) {
    throw new Refusal(400, `Tool '${stringAt(choice, 'name') ?? ''}' not found in provided tools`);
  }
}
