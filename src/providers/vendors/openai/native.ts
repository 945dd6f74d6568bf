import { type NativeApi, type NativeOffer } from '../../contract/native';
import { asObject, readText } from '../../contract/usage-builder';
import {
  CHAT_API,
  createChatApi,
  createEmbeddingsApi,
  EMBEDDINGS_API,
  reportOf,
} from '../openai-compatible/native';
import { parseJson } from '../../transport/vendor-answer';
import { editBody } from '../../transport/wire-edit';
import { measureResponses } from './native-extent';
import { ResponsesReader } from './native-reader';
import { OPENAI_PROTOCOL } from './strategy';
import { missingResponsesDefaults } from './native-defaults';

/** Of a response that was asked for with `background` (types of openai 7.57.0, 2026-11). */
const UNFINISHED: ReadonlySet<string> = new Set(['queued', 'in_progress']);

const responses: NativeApi = {
  path: () => '/responses',
  prepare: (body, model, defaults) =>
    editBody(body, { model, ...missingResponsesDefaults(body.value, defaults) }),
  measure: measureResponses,
  report(bytes, meter) {
    const answer = asObject(parseJson(bytes.toString('utf8')));
    const found = reportOf(answer, meter, OPENAI_PROTOCOL);
    const status = readText(answer, 'status') ?? '';
    return found && { ...found, unfinished: UNFINISHED.has(status) };
  },
  followPath: (id) => `/responses/${encodeURIComponent(id)}`,
  createReader: (options) => new ResponsesReader(options),
};

/** OpenAI's own format: Chat Completions, Responses and Embeddings. */
export const openAiOffer: NativeOffer = {
  dialect: 'openai',
  apis: {
    [CHAT_API]: createChatApi(OPENAI_PROTOCOL),
    [EMBEDDINGS_API]: createEmbeddingsApi(OPENAI_PROTOCOL),
    responses,
  },
};
