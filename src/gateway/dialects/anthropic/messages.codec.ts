import { type CompletionCodec, type JsonBody } from '../codec';
import { decodeMessages } from './messages.request';
import { fieldName } from './messages.names';
import { encodeMessage } from './messages.response';
import { MessagesEncoder } from './messages.stream';

/** Anthropic's Messages API. */
export const messagesCodec: CompletionCodec = {
  decode: decodeMessages,
  encode: encodeMessage,
  createEncoder: (start, body) => new MessagesEncoder(start, body),
  fieldName,
};

/** The answer to `POST /v1/messages/count_tokens`. */
export function encodeCountTokens(inputTokens: number): JsonBody {
  return { input_tokens: inputTokens };
}
