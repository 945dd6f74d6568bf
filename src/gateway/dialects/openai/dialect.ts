import { rateLimitHeaders } from '../../../budgets/rate-limits/rate-limit-headers';
import { type Dialect } from '../dialect';
import { toOpenAiError } from './errors';
import { encodeOpenAiModel, encodeOpenAiModels } from './models';

export const openAiDialect: Dialect = {
  id: 'openai',
  door: 'openai',
  passedHeaders: ['openai-beta'],
  encodeModel: encodeOpenAiModel,
  encodeModels: encodeOpenAiModels,
  toError: toOpenAiError,
  // `x-request-id` is on every answer of this server.
  answerHeaders: () => ({}),
  rateLimitHeaders,
};
