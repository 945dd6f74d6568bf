import { type EmbeddingResult } from '../../../providers/contract/completion';
import { type JsonBody, type Target } from '../codec';
import { type DecodedEmbedding, type EmbeddingCodec } from '../embedding-codec';
import { type Fields } from '../json-fields';
import { totalTokens } from '../../../usage/ledger/tokens';
import { openBody } from './common-fields';

/** The types of openai 7.57.0, `EmbeddingCreateParams` (2026-11). */
const KNOWN = new Set(['model', 'input', 'dimensions', 'encoding_format', 'user']);

/** The protocol's own bound (API reference, `input`, 2026-11). */
const MOST_INPUTS = 2048;

function decode(value: JsonBody, target: Target): DecodedEmbedding {
  const body = openBody(value, target, 'Embeddings');
  body.only(KNOWN);
  body.choice('encoding_format', ['float', 'base64'] as const);
  const dimensions = body.integer('dimensions', 1);
  const user = body.text('user');
  const asked = {
    inputs: readInputs(body),
    ...(dimensions !== undefined && { dimensions }),
    ...(user !== undefined && { user }),
  };
  return { asked, ignored: [...body.reading.ignored] };
}

function readInputs(body: Fields): readonly string[] {
  const input = body.needed('input', body.get('input'));
  if (typeof input === 'string') return [checkText(input, 'input', body)];
  const list = body.needed('input', body.list('input'));
  if (list.length === 0 || list.length > MOST_INPUTS) {
    throw body.wrong('input', `must be a text, or a list of 1 to ${MOST_INPUTS} texts`);
  }
  return list.map((entry, index) => {
    if (typeof entry === 'string') return checkText(entry, `input[${index}]`, body);
    if (typeof entry === 'number' || Array.isArray(entry)) {
      throw body.refused('input', "tokens of OpenAI's own instead of text");
    }
    throw body.wrong(`input[${index}]`, 'must be a text');
  });
}

function checkText(text: string, name: string, body: Fields): string {
  if (text !== '') return text;
  throw body.wrong(name, 'must not be empty');
}

function encode(model: string, { vectors, metered }: EmbeddingResult, body: JsonBody): JsonBody {
  const pack = body.encoding_format === 'base64' ? toBase64 : (vector: readonly number[]) => vector;
  const tokens = metered.vector ? totalTokens(metered.vector).input : null;
  return {
    object: 'list',
    data: vectors.map((vector, index) => ({ object: 'embedding', index, embedding: pack(vector) })),
    model,
    ...(tokens !== null && { usage: { prompt_tokens: tokens, total_tokens: tokens } }),
  };
}

/** Little-endian 32-bit floats in base64: what OpenAI's SDKs ask for and unpack. */
function toBase64(vector: readonly number[]): string {
  const bytes = Buffer.allocUnsafe(vector.length * 4);
  vector.forEach((value, index) => bytes.writeFloatLE(value, index * 4));
  return bytes.toString('base64');
}

/** `POST /v1/embeddings`: https://platform.openai.com/docs/api-reference/embeddings (2026-11). */
export const embeddingsCodec: EmbeddingCodec = {
  decode,
  encode,
  fieldName: (field) => field.replace(/^inputs/, 'input'),
};
