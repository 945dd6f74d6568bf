import { type ProblemDocument } from '../../../common/http/problem-document';
import { type DialectError } from '../codec';

/** `ErrorType` of @anthropic-ai/sdk 1.12.0 and https://platform.claude.com/docs/en/api/errors (2026-11). */
const TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
};

/** Our code for a vendor that is overloaded, which Anthropic answers with a status of its own. */
const OVERLOADED = 'vendor_overloaded';
const OVERLOADED_STATUS = 529;

/** Statuses that the SDK would try again although nothing changes by it. */
const FINAL = new Set([402, 409]);

/** A failure as the Messages API answers it, with our stable code beside Anthropic's type. */
export function toAnthropicError(problem: ProblemDocument, retryAfterSeconds: number | null): DialectError {
  const overloaded = problem.code === OVERLOADED;
  const status = overloaded ? OVERLOADED_STATUS : problem.status;
  return {
    status,
    body: {
      type: 'error',
      error: {
        type: overloaded ? 'overloaded_error' : typeOf(status),
        message: problem.detail,
        code: problem.code,
      },
      request_id: problem.requestId,
    },
    headers: {
      'request-id': problem.requestId,
      ...(retryAfterSeconds !== null && { 'retry-after': String(retryAfterSeconds) }),
      ...(FINAL.has(status) && { 'x-should-retry': 'false' }),
    },
  };
}

function typeOf(status: number): string {
  return TYPES[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error');
}
