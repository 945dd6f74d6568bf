import { type JsonBody } from '../codec';
import { joinPath, readContractField } from '../contract-field';
import { Fields, isJsonObject } from '../json-fields';
import { HOME } from './messages.request';
import { readTurns } from './messages.turns';

const NAMES: Readonly<Record<string, string>> = {
  maxTokens: 'max_tokens',
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  stop: 'stop_sequences',
  'reasoning.budgetTokens': 'thinking.budget_tokens',
  parallelToolCalls: 'tool_choice.disable_parallel_tool_use',
  serviceTier: 'service_tier',
  user: 'metadata.user_id',
  toolChoice: 'tool_choice',
  'toolChoice.name': 'tool_choice.name',
};
const TOOL_NAMES: Readonly<Record<string, string>> = { parameters: 'input_schema' };

/** The contract's field in the words of a body of `POST /v1/messages`. */
export function fieldName(field: string, body: JsonBody): string {
  const { name, index, rest } = readContractField(field);
  if (index !== null && name === 'messages') {
    const path = pathOfMessage(index, body);
    return path === null ? 'messages' : joinPath(path, path === 'system' ? '' : namedIn(rest));
  }
  if (index !== null) return joinPath(`tools[${index}]`, TOOL_NAMES[rest] ?? rest);
  if (name.startsWith('responseFormat')) return formatName(name.slice('responseFormat'.length), body);
  if (name === 'reasoning' || name === 'reasoning.effort') return effortName(body);
  return NAMES[name] ?? name;
}

function namedIn(rest: string): string {
  if (rest === 'toolCallId') return 'tool_use_id';
  return rest === 'isError' ? 'is_error' : rest.replace(/^(toolCalls|reasoning)\b.*/, 'content');
}

/** A message of the contract may be the system prompt, or one block of the caller's message. */
function pathOfMessage(index: number, value: JsonBody): string | null {
  const body = new Fields(value, '', { vendor: '', home: HOME, ignored: new Set() });
  return readTurns(body)[index]?.path ?? null;
}

function formatName(rest: string, body: JsonBody): string {
  return (isJsonObject(body.output_format) ? 'output_format' : 'output_config.format') + rest;
}

function effortName({ output_config: config, thinking }: JsonBody): string {
  if (isJsonObject(config) && (config.effort ?? null) !== null) return 'output_config.effort';
  return isJsonObject(thinking) && thinking.type === 'disabled' ? 'thinking.type' : 'thinking';
}
