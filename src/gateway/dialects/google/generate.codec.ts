import { type CompletionCodec, type JsonBody } from '../codec';
import { fieldName } from './generate.names';
import { decodeGenerate } from './generate.request';
import { encodeGenerate } from './generate.response';
import { type Framing, GenerateEncoder } from './generate.stream';

/** Google's `generateContent` and `streamGenerateContent`, streamed in the one or the other form. */
export function createGenerateCodec(framing: Framing): CompletionCodec {
  return {
    decode: decodeGenerate,
    encode: encodeGenerate,
    createEncoder: (start, body) => new GenerateEncoder(start, body, framing),
    fieldName,
  };
}

export const generateCodec = createGenerateCodec('sse');

/** The answer to `countTokens`. */
export function encodeCountTokens(totalTokens: number): JsonBody {
  return { totalTokens };
}
