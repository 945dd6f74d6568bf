import { type ProblemDocument } from '../../../common/http/problem-document';
import { type FieldError } from '../../../common/problem';
import { type DialectError, type JsonBody } from '../codec';

/** google.rpc.Code by HTTP status (https://cloud.google.com/apis/design/errors, 2026-11). */
const WORDS: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  402: 'RESOURCE_EXHAUSTED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  424: 'FAILED_PRECONDITION',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

/** Our code for a vendor that is overloaded; Google says that with 503. */
const OVERLOADED = 'vendor_overloaded';
const DOMAIN = 'ai-studio';
/** What of a problem goes into the metadata of its ErrorInfo, where it is there. */
const METADATA = ['requestId', 'origin', 'provider', 'vendorCode'];

/** A failure as Google's APIs answer it (google.rpc.Status), with our stable code as its reason. */
export function toGoogleError(problem: ProblemDocument, retryAfterSeconds: number | null): DialectError {
  const status = problem.code === OVERLOADED ? 503 : problem.status;
  const word = WORDS[status] ?? (status >= 500 ? 'INTERNAL' : 'INVALID_ARGUMENT');
  return {
    status,
    body: {
      error: {
        code: status,
        message: problem.detail,
        status: word,
        details: [
          errorInfo(problem),
          ...(retryAfterSeconds === null ? [] : [retryInfo(retryAfterSeconds)]),
          ...(problem.errors ? [badRequest(problem.errors)] : []),
        ],
      },
    },
    headers: {
      'x-goog-request-id': problem.requestId,
      ...(retryAfterSeconds !== null && { 'retry-after': String(retryAfterSeconds) }),
    },
  };
}

function errorInfo(problem: ProblemDocument): JsonBody {
  const known = METADATA.map((name) => [name, problem[name]] as const);
  return {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason: problem.code.toUpperCase(),
    domain: DOMAIN,
    metadata: Object.fromEntries(known.filter(([, value]) => typeof value === 'string')),
  };
}

function retryInfo(seconds: number): JsonBody {
  return { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${seconds}s` };
}

function badRequest(errors: readonly FieldError[]): JsonBody {
  return {
    '@type': 'type.googleapis.com/google.rpc.BadRequest',
    fieldViolations: errors.map(({ field, message }) => ({ field, description: message })),
  };
}
