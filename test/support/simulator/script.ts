import { isObject, type JsonObject, parseJson } from './json';
import { type PresetError } from './refusal';

export type Fault = 'cut' | 'stall' | 'malformed' | 'empty' | 'no_usage' | 'reset' | 'error_event' | 'failed';

export type Finish = 'stop' | 'length' | 'content_filter' | 'refusal';

export interface ScriptedUsage {
  /** The whole prompt: cached and cache-written tokens are part of it, tool-use tokens are not. */
  input?: number;
  cached?: number;
  cacheWrite5m?: number;
  cacheWrite1h?: number;
  cacheWrite30m?: number;
  cacheWrite12h?: number;
  /** The whole output: reasoning is part of it. */
  output?: number;
  reasoning?: number;
  /** Google's `toolUsePromptTokenCount`; the others have no such field. */
  toolUse?: number;
}

export interface ScriptedToolCall {
  id?: string;
  name: string;
  arguments?: unknown;
}

/** What one request is to be answered with; every field is optional. See README.md. */
export interface Script {
  text?: string;
  thinking?: string;
  toolCalls?: ScriptedToolCall[];
  usage?: ScriptedUsage;
  rawUsage?: JsonObject;
  finish?: Finish;
  servedTier?: string;
  responseModel?: string;
  status?: number;
  retryAfter?: number;
  error?: PresetError;
  errorMessage?: string;
  latencyMs?: number;
  chunkDelayMs?: number;
  chunks?: number;
  fault?: Fault;
  after?: number;
  splitBytes?: boolean;
  /** Anthropic: how many `message_delta` events report usage, cumulatively. */
  usageReports?: number;
  /** Merged into the answer (in a stream: into the event that ends it). */
  extra?: JsonObject;
  /** Added to the answer's headers. */
  headers?: Record<string, string>;
}

const FIELDS: Record<keyof Script, 'string' | 'number' | 'boolean' | 'object' | 'array'> = {
  text: 'string',
  thinking: 'string',
  toolCalls: 'array',
  usage: 'object',
  rawUsage: 'object',
  finish: 'string',
  servedTier: 'string',
  responseModel: 'string',
  status: 'number',
  retryAfter: 'number',
  error: 'string',
  errorMessage: 'string',
  latencyMs: 'number',
  chunkDelayMs: 'number',
  chunks: 'number',
  fault: 'string',
  after: 'number',
  splitBytes: 'boolean',
  usageReports: 'number',
  extra: 'object',
  headers: 'object',
};

const CHOICES: Record<string, readonly string[]> = {
  fault: ['cut', 'stall', 'malformed', 'empty', 'no_usage', 'reset', 'error_event', 'failed'],
  finish: ['stop', 'length', 'content_filter', 'refusal'],
  error: ['context_too_long', 'insufficient_quota', 'content_filtered'],
};

const USAGE_FIELDS: readonly string[] = [
  'input',
  'cached',
  'cacheWrite5m',
  'cacheWrite1h',
  'cacheWrite30m',
  'cacheWrite12h',
  'output',
  'reasoning',
  'toolUse',
];

/** The reason why a value is not a script, or null. */
export function scriptProblem(value: unknown): string | null {
  if (!isObject(value)) return 'a script is a JSON object';
  for (const [key, field] of Object.entries(value)) {
    const kind = (FIELDS as Record<string, string | undefined>)[key];
    if (kind === undefined) return `unknown field "${key}"`;
    const actual = Array.isArray(field) ? 'array' : field === null ? 'null' : typeof field;
    if (actual !== kind) return `"${key}" must be of type ${kind}`;
    const choices = CHOICES[key];
    if (choices && !choices.includes(String(field))) return `"${key}" must be one of ${choices.join(', ')}`;
  }
  for (const [key, count] of Object.entries(isObject(value.usage) ? value.usage : {})) {
    if (!USAGE_FIELDS.includes(key)) return `unknown field "usage.${key}"`;
    if (typeof count !== 'number') return `"usage.${key}" must be of type number`;
  }
  for (const call of Array.isArray(value.toolCalls) ? (value.toolCalls as unknown[]) : []) {
    if (!isObject(call) || typeof call.name !== 'string') return 'each of "toolCalls" needs a name';
  }
  return null;
}

export function isScript(value: unknown): value is Script {
  return scriptProblem(value) === null;
}

export class BadDirective extends Error {}

export interface Directed {
  /** The text without its directive. */
  rest: string;
  script: Script;
}

const MARK = 'sim:';

/** Takes `sim:{…}` out of a text; the JSON may contain braces, in strings too. */
export function takeDirective(text: string): Directed {
  const start = text.indexOf(`${MARK}{`);
  if (start < 0) return { rest: text, script: {} };
  const from = start + MARK.length;
  const end = endOfObject(text, from);
  if (end < 0) throw new BadDirective('the sim: directive has no closing brace');
  let value: unknown;
  try {
    value = parseJson(text.slice(from, end));
  } catch {
    throw new BadDirective('the sim: directive is not valid JSON');
  }
  if (!isScript(value)) throw new BadDirective(`the sim: directive is wrong: ${scriptProblem(value)}`);
  return { rest: `${text.slice(0, start)}${text.slice(end)}`.trim(), script: value };
}

function endOfObject(text: string, from: number): number {
  let depth = 0;
  let quoted = false;
  for (let i = from; i < text.length; i++) {
    const char = text[i];
    if (quoted) {
      if (char === '\\') i++;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === '{') depth++;
    else if (char === '}' && --depth === 0) return i + 1;
  }
  return -1;
}
