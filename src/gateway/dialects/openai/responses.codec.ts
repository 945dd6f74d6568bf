import { type CompletionCodec } from '../codec';
import { responsesFieldName } from './responses.field-name';
import { decodeResponses } from './responses.request';
import { encodeResponses } from './responses.response';
import { ResponsesEncoder } from './responses.stream';

/** Responses: https://platform.openai.com/docs/api-reference/responses, types of openai 7.57.0 (2026-11). */
export const responsesCodec: CompletionCodec = {
  decode: decodeResponses,
  encode: encodeResponses,
  createEncoder: (start, body) => new ResponsesEncoder(start, body),
  fieldName: responsesFieldName,
};
