import { isObject, type JsonObject, objectAt, objectsAt, stringAt } from './json';
import { invalidValue, missingParameter } from './openai-errors';

const ROLES = ['developer', 'system', 'user', 'assistant', 'tool', 'function'];
const PARTS = ['text', 'image_url', 'input_audio', 'refusal', 'audio', 'file'];

/** Fields that belong to another vendor's API, named as the vendor names a field it does not know. */
export function refuseForeign(body: JsonObject, names: string[]): void {
  for (const name of names) {
    if (name in body) {
      throw invalidValue(name, `Unrecognized request argument supplied: ${name}`, 'unknown_parameter');
    }
  }
}

export function checkRange(body: JsonObject, name: string, least: number, most: number): void {
  const value = body[name];
  if (value === undefined || value === null) return;
  if (typeof value !== 'number') {
    throw invalidValue(
      name,
      `Invalid type for '${name}': expected a decimal, but got a ${typeof value} instead.`,
      'invalid_type',
    );
  }
  if (value < least || value > most) {
    const [side, bound, relation] = value < least ? ['minimum', least, '>='] : ['maximum', most, '<='];
    throw invalidValue(
      name,
      `Invalid '${name}': decimal ${side === 'minimum' ? 'below minimum' : 'above maximum'} value. Expected a value ${relation} ${bound}, but got ${value} instead.`,
      `decimal_${side === 'minimum' ? 'below_min' : 'above_max'}_value`,
    );
  }
}

export function checkMessages(messages: JsonObject[]): void {
  let open: string[] = [];
  for (const [i, message] of messages.entries()) {
    const role = stringAt(message, 'role') ?? '';
    if (!ROLES.includes(role)) {
      throw invalidValue(
        `messages[${i}].role`,
        `Invalid value: '${role}'. Supported values are: ${ROLES.map((name) => `'${name}'`).join(', ')}.`,
      );
    }
    checkParts(message, i);
    if (role === 'tool') {
      const id = stringAt(message, 'tool_call_id');
      if (id === undefined) throw missingParameter(`messages[${i}].tool_call_id`);
      if (!open.includes(id)) {
        throw invalidValue(
          `messages.[${i}].role`,
          "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
        );
      }
      open = open.filter((other) => other !== id);
      continue;
    }
    refuseUnanswered(open, i);
    const calls = role === 'assistant' ? objectsAt(message, 'tool_calls') : [];
    open = calls.map((call) => stringAt(call, 'id') ?? '');
    if (message.content === undefined && calls.length === 0 && message.function_call === undefined) {
      throw missingParameter(`messages[${i}].content`);
    }
  }
  refuseUnanswered(open, messages.length);
}

function refuseUnanswered(open: string[], index: number): void {
  if (open.length === 0) return;
  throw invalidValue(
    `messages.[${index}].role`,
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each " +
      `'tool_call_id'. The following tool_call_ids did not have response messages: ${open.join(', ')}`,
  );
}

function checkParts(message: JsonObject, i: number): void {
  for (const [j, part] of objectsAt(message, 'content').entries()) {
    const type = stringAt(part, 'type') ?? '';
    const place = `messages[${i}].content[${j}]`;
    if (!PARTS.includes(type)) {
      throw invalidValue(
        `${place}.type`,
        `Invalid value: '${type}'. Supported values are: ${PARTS.map((name) => `'${name}'`).join(', ')}.`,
      );
    }
    const image = type === 'image_url' ? stringAt(objectAt(part, 'image_url'), 'url') : 'data:';
    if (image === undefined) throw missingParameter(`${place}.image_url.url`);
    if (!/^(data:|https?:)/.test(image)) {
      throw invalidValue(
        `${place}.image_url.url`,
        'Invalid image URL. Expected a valid URL.',
        'invalid_image_url',
      );
    }
  }
}

/** Each function has a name, and a choice is among them. */
export function checkTools(body: JsonObject): void {
  const tools = objectsAt(body, 'tools');
  const names: unknown[] = [];
  for (const [i, tool] of tools.entries()) {
    const custom = objectAt(tool, 'custom');
    const name = stringAt(objectAt(tool, 'function') ?? custom, 'name');
    if (name === undefined) throw missingParameter(`tools[${i}].function.name`);
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name)) {
      throw invalidValue(
        `tools[${i}].function.name`,
        `Invalid 'tools[${i}].function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
      );
    }
    names.push(name);
  }
  const choice = body.tool_choice;
  if (choice !== undefined && choice !== null && tools.length === 0) {
    throw invalidValue('tool_choice', "'tool_choice' is only allowed when 'tools' are specified.");
  }
  const chosen = stringAt(objectAt(choice, 'function'), 'name');
  if (chosen !== undefined && !names.includes(chosen)) {
    throw invalidValue('tool_choice', `Tool choice '${chosen}' not found in 'tools' parameter.`);
  }
}

/** A strict schema must close its objects. */
export function checkStrict(strict: boolean, schema: unknown, name: string, param: string): void {
  if (!strict || !isObject(schema)) return;
  if (schema.type === 'object' && schema.additionalProperties !== false) {
    throw invalidValue(
      param,
      `Invalid schema for ${param} '${name}': In context=(), 'additionalProperties' is required to be supplied and to be false.`,
      'invalid_json_schema',
    );
  }
}
