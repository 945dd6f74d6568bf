import { type ProblemDocument } from '../../common/http/problem-document';
import { type RateLimitState } from '../../budgets/rate-limits/rate-limit-state';
import { type Door } from '../../usage/ledger/event';
import { type DialectError, type JsonBody } from './codec';
import { type ListedModel } from './listed-model';

/** A wire format that callers speak to us: all that does not depend on which of its APIs they call. */
export interface Dialect {
  /** As vendors name the dialect that they speak themselves. */
  readonly id: string;
  readonly door: Door;
  /** The caller's headers that go on to a vendor who speaks the dialect; all others stay here. */
  readonly passedHeaders: readonly string[];
  toError(problem: ProblemDocument, retryAfterSeconds: number | null): DialectError;
  /** What every answer carries beside what is common to all. */
  answerHeaders(requestId: string): Readonly<Record<string, string>>;
  encodeModel(model: ListedModel): JsonBody;
  encodeModels(models: readonly ListedModel[]): JsonBody;
  rateLimitHeaders(state: RateLimitState): Readonly<Record<string, string>>;
}
