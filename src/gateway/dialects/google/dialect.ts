import { rateLimitHeaders } from '../../../budgets/rate-limits/rate-limit-headers';
import { type Dialect } from '../dialect';
import { toGoogleError } from './errors';
import { encodeGoogleModel, encodeGoogleModels } from './models';

export const googleDialect: Dialect = {
  id: 'google',
  door: 'google',
  passedHeaders: ['x-server-timeout'],
  encodeModel: encodeGoogleModel,
  encodeModels: encodeGoogleModels,
  toError: toGoogleError,
  answerHeaders: (requestId) => ({ 'x-goog-request-id': requestId }),
  rateLimitHeaders,
};
