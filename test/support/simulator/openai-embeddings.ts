import { type Exchange } from './exchange';
import { type JsonObject, numberAt } from './json';
import { requiredModel } from './openai-chat-request';
import { invalidValue, missingParameter } from './openai-errors';
import { countTokens } from './tokens';
import { base64Of, vectorOf } from './vector';

const MOST_INPUTS = 2048;

export async function answerEmbeddings(exchange: Exchange): Promise<void> {
  const { body } = exchange;
  const model = requiredModel(body);
  const inputs = readInputs(body.input);
  const last = inputs.at(-1);
  const rest = await exchange.begin(typeof last === 'string' ? last : '');
  if (typeof last === 'string') inputs[inputs.length - 1] = rest;
  const wide = model === 'text-embedding-3-large' ? 3072 : 1536;
  const dimensions = readDimensions(body, wide);
  const { script } = exchange;
  const counted = inputs.reduce<number>((sum, input) => sum + tokensOf(input), 0);
  const tokens = script.usage?.input ?? counted;
  await exchange.sendJson({
    object: 'list',
    data: inputs.map((input, index) => {
      const vector = vectorOf(typeof input === 'string' ? input : input.join(','), dimensions);
      const embedding = body.encoding_format === 'base64' ? base64Of(vector) : vector;
      return { object: 'embedding', index, embedding };
    }),
    model: script.responseModel ?? model,
    ...(script.fault === 'no_usage'
      ? {}
      : { usage: script.rawUsage ?? { prompt_tokens: tokens, total_tokens: tokens } }),
  });
}

/** A text, texts, tokens, or lists of tokens. */
function readInputs(input: unknown): (string | number[])[] {
  if (input === undefined) throw missingParameter('input');
  const list = Array.isArray(input) && typeof input[0] !== 'number' ? (input as unknown[]) : [input];
  if (list.length === 0 || list.length > MOST_INPUTS) throw invalidValue('input', "'$.input' is invalid.");
  return list.map((entry) => {
    if (typeof entry === 'string' && entry !== '') return entry;
    if (Array.isArray(entry) && entry.every((token): token is number => typeof token === 'number'))
      return entry;
    throw invalidValue('input', "'$.input' is invalid. Please check the API reference.");
  });
}

function readDimensions(body: JsonObject, most: number): number {
  const asked = numberAt(body, 'dimensions');
  if (asked === undefined) return most;
  if (!Number.isInteger(asked) || asked < 1 || asked > most) {
    throw invalidValue('dimensions', `Invalid value for 'dimensions' = ${asked}. Must be in [1, ${most}].`);
  }
  return asked;
}

function tokensOf(input: string | number[]): number {
  return typeof input === 'string' ? Math.max(1, countTokens(input)) : input.length;
}
