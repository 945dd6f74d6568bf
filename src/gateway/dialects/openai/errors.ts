import { type ProblemDocument } from '../../../common/http/problem-document';
import { type DialectError, type JsonBody } from '../codec';

interface Words {
  readonly type: string;
  readonly code: string | null;
}

/** What OpenAI says with each status: https://platform.openai.com/docs/guides/error-codes (2026-11). */
const WORDS: Readonly<Record<number, Words>> = {
  400: { type: 'invalid_request_error', code: null },
  401: { type: 'invalid_request_error', code: 'invalid_api_key' },
  402: { type: 'insufficient_quota', code: null },
  403: { type: 'invalid_request_error', code: null },
  404: { type: 'invalid_request_error', code: null },
  409: { type: 'invalid_request_error', code: null },
  413: { type: 'invalid_request_error', code: null },
  415: { type: 'invalid_request_error', code: null },
  424: { type: 'server_error', code: null },
  429: { type: 'rate_limit_error', code: 'rate_limit_exceeded' },
};
const SERVER: Words = { type: 'server_error', code: null };
const REQUEST: Words = { type: 'invalid_request_error', code: null };

/** Our codes for which OpenAI has a word of its own. */
const CODES: Readonly<Record<string, string>> = {
  context_too_long: 'context_length_exceeded',
  content_filtered: 'content_policy_violation',
  vendor_model_not_found: 'model_not_found',
  model_not_allowed: 'model_not_found',
};

/** The SDKs try these again by themselves, though it helps nobody: the same would come back. */
const HOPELESS = new Set([402, 409]);

/** A failure as OpenAI's API tells it. The code is OpenAI's word where it has one, or else ours. */
export function toOpenAiError(document: ProblemDocument, retryAfterSeconds: number | null): DialectError {
  return {
    status: document.status,
    body: toErrorBody(document),
    headers: {
      ...(retryAfterSeconds !== null && { 'retry-after': String(retryAfterSeconds) }),
      ...(HOPELESS.has(document.status) && { 'x-should-retry': 'false' }),
    },
  };
}

export function toErrorBody({ status, code, detail, errors }: ProblemDocument): JsonBody {
  const words = WORDS[status] ?? (status >= 500 ? SERVER : REQUEST);
  return {
    error: {
      message: detail,
      type: words.type,
      param: errors?.[0]?.field ?? null,
      code: CODES[code] ?? words.code ?? code,
    },
  };
}
