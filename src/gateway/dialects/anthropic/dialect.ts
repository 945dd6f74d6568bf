import { rateLimitHeaders } from '../../../budgets/rate-limits/rate-limit-headers';
import { type Dialect } from '../dialect';
import { toAnthropicError } from './errors';
import { encodeAnthropicModel, encodeAnthropicModels } from './models';
import { anthropicRateLimitHeaders } from './rate-limit-headers';

export const anthropicDialect: Dialect = {
  id: 'anthropic',
  door: 'anthropic',
  passedHeaders: ['anthropic-version', 'anthropic-beta'],
  encodeModel: encodeAnthropicModel,
  encodeModels: encodeAnthropicModels,
  toError: toAnthropicError,
  answerHeaders: (requestId) => ({ 'request-id': requestId }),
  rateLimitHeaders: (state) => ({
    ...rateLimitHeaders(state),
    ...anthropicRateLimitHeaders(state, Date.now()),
  }),
};
