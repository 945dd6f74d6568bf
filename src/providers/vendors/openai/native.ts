import { type NativeApi, type NativeOffer } from '../../contract/native';
import {
  CHAT_API,
  createChatApi,
  createEmbeddingsApi,
  EMBEDDINGS_API,
  reportAnswer,
} from '../openai-compatible/native';
import { responsesUrls } from '../openai-compatible/native-urls';
import { editBody } from '../../transport/wire-edit';
import { ResponsesReader } from './native-reader';
import { OPENAI_PROTOCOL } from './strategy';
import { missingResponsesDefaults } from './native-defaults';

const responses: NativeApi = {
  path: () => '/responses',
  prepare: (body, model, defaults) =>
    editBody(body, { model, ...missingResponsesDefaults(body.value, defaults) }),
  report: (bytes, meter) => reportAnswer(bytes, meter, OPENAI_PROTOCOL),
  createReader: (options) => new ResponsesReader(options),
  urls: responsesUrls,
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
