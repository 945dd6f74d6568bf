import { type ReasoningEffort, type ToolCall } from '../../../providers/contract/completion';
import { type JsonBody, type Target } from '../codec';
import { Fields, isJsonObject } from '../json-fields';

/** What Chat Completions and Responses say in the same words (types of openai 7.57.0, 2026-11). */

export const EFFORTS: readonly ReasoningEffort[] = [
  'none',
  'minimal',
  'low',
  'medium',
  'high',
  'xhigh',
  'max',
];
export const MOST_TOP_LOGPROBS = 20;

/** Where a prompt is cached, in Anthropic's word; clients of other gateways send it with OpenAI's fields. */
export const CACHE_CONTROL = 'cache_control';

/** @param format the API's name, for refusals */
export function openBody(body: JsonBody, { vendor }: Target, format: string): Fields {
  return new Fields(body, '', { vendor, home: 'OpenAI', format, ignored: new Set() });
}

/** A number between two bounds, or at one of them. */
export function readRange(from: Fields, name: string, least: number, most: number): number | undefined {
  const value = from.number(name);
  if (value === undefined || (value >= least && value <= most)) return value;
  throw from.wrong(name, `must be a number from ${least} to ${most}`);
}

export function needText(from: Fields, name: string): string {
  const value = from.text(name);
  if (value !== undefined && value !== '') return value;
  throw from.wrong(name, 'is needed: a text that is not empty');
}

export function needObject(from: Fields, name: string): Fields {
  return from.needed(name, from.object(name));
}

/** @throws InvalidInput for the first of the named fields that says anything. @param named what each asks for */
export function refuseEach(from: Fields, named: Readonly<Record<string, string>>): void {
  for (const name in named) if (from.get(name) !== undefined) throw from.refused(name, named[name]);
}

/** Temperature and top-p, by the protocol's own bounds. */
export function readSampling(body: Fields): { temperature?: number; topP?: number } {
  const temperature = readRange(body, 'temperature', 0, 2);
  const topP = readRange(body, 'top_p', 0, 1);
  return { ...(temperature !== undefined && { temperature }), ...(topP !== undefined && { topP }) };
}

/** A penalty; 0, the default of every vendor, says nothing. */
export function readPenalty(body: Fields, name: string): number | undefined {
  return readRange(body, name, -2, 2) || undefined;
}

/** How much is said; `medium`, OpenAI's default, says nothing. */
export function readVerbosity(from: Fields): 'low' | 'high' | undefined {
  const verbosity = from.choice('verbosity', ['low', 'medium', 'high']);
  return verbosity === 'medium' ? undefined : verbosity;
}

export function readTopLogprobs(body: Fields): number | undefined {
  const most = body.integer('top_logprobs');
  if (most === undefined || most <= MOST_TOP_LOGPROBS) return most;
  throw body.wrong('top_logprobs', `must be a whole number from 0 to ${MOST_TOP_LOGPROBS}`);
}

/** `auto` and `default` ask for nothing that would not hold anyway; another word is the vendor's to judge. */
export function readTier(body: Fields): string | undefined {
  const tier = body.text('service_tier');
  return tier === 'auto' || tier === 'default' ? undefined : tier;
}

/** The end user, by the field that took the place of `user`, or else by `user`. */
export function readUser(body: Fields): string | undefined {
  const identifier = body.text('safety_identifier');
  const user = body.text('user');
  if (identifier !== undefined && user !== undefined && identifier !== user) body.ignore('user');
  return identifier ?? user;
}

/** @throws InvalidInput unless the answer is not to be kept: no other vendor keeps one for OpenAI's clients */
export function refuseKeeping(body: Fields): void {
  if (body.flag('store') === true) throw body.refused('store', 'an answer that is kept');
}

/** A call's argument text as the object that it has to be; no text is a call without arguments. */
export function readArguments(called: Fields): Readonly<Record<string, unknown>> {
  const text = called.text('arguments') ?? '';
  if (text.trim() === '') return {};
  const value = parseJson(text);
  if (isJsonObject(value)) return value;
  throw called.wrong('arguments', 'must be the text of a JSON object');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const EXTRA = new Set(['google']);
const GOOGLE = new Set(['thought_signature']);

/**
 * The opaque token of a call, where Google's own OpenAI-compatible API has it:
 * https://ai.google.dev/gemini-api/docs/openai (2026-11).
 */
export function readSignature(call: Fields): string | undefined {
  const extra = call.object('extra_content');
  extra?.only(EXTRA);
  const google = extra?.object('google');
  google?.only(GOOGLE);
  return google?.text('thought_signature');
}

export function toExtraContent({ signature }: Pick<ToolCall, 'signature'>): { extra_content?: JsonBody } {
  return signature === undefined ? {} : { extra_content: { google: { thought_signature: signature } } };
}
