import { type CompletionCodec } from '../codec';
import { chatFieldName } from './chat.field-name';
import { decodeChat } from './chat.request';
import { encodeChat } from './chat.response';
import { ChatEncoder } from './chat.stream';

/** Chat Completions: https://platform.openai.com/docs/api-reference/chat, types of openai 7.57.0 (2026-11). */
export const chatCodec: CompletionCodec = {
  decode: decodeChat,
  encode: encodeChat,
  createEncoder: (start, body) => new ChatEncoder(start, body),
  fieldName: chatFieldName,
};
