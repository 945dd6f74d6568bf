import { HttpException } from '@nestjs/common';
import { type FieldError, Problem } from '../problem';

/** A problem document (RFC 9457) with our stable `code`. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly requestId: string;
  readonly errors?: readonly FieldError[];
  readonly [extension: string]: unknown;
}

export interface DescribedProblem {
  readonly document: ProblemDocument;
  readonly retryAfterSeconds: number | null;
  /** Headers of the answer, besides Retry-After. */
  readonly headers: Readonly<Record<string, string>>;
  /** Nobody foresaw it: it belongs into the log with its cause. */
  readonly unexpected: boolean;
}

interface Description {
  readonly status: number;
  readonly title: string;
  readonly code: string;
  readonly detail: string;
}

const FASTIFY_ERRORS: Readonly<Record<string, Description>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    status: 413,
    title: 'The request is too large',
    code: 'body_too_large',
    detail:
      'The body is over the limit of this server (STUDIO_BODY_LIMIT_BYTES). Send less, or raise the limit.',
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    status: 415,
    title: 'The media type is not supported',
    code: 'unsupported_media_type',
    detail: 'Send JSON with Content-Type: application/json.',
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: {
    status: 400,
    title: 'The request is not valid',
    code: 'invalid_json',
    detail: 'The body is empty although its Content-Type is application/json. Send a JSON object.',
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    status: 400,
    title: 'The request is not valid',
    code: 'invalid_content_length',
    detail: 'The body is not as long as Content-Length says. Send the whole body.',
  },
  FST_ERR_CTP_INVALID_JSON_BODY: {
    status: 400,
    title: 'The request is not valid',
    code: 'invalid_json',
    detail: 'The body is not valid JSON. Check quotes, commas and braces.',
  },
};

const HTTP_TITLES: Readonly<Record<number, readonly [code: string, title: string]>> = {
  400: ['invalid_input', 'The request is not valid'],
  401: ['unauthenticated', 'A credential is needed'],
  403: ['forbidden', 'The credential does not allow this'],
  404: ['not_found', 'Not found'],
  405: ['method_not_allowed', 'The method is not allowed here'],
  413: ['body_too_large', 'The request is too large'],
  415: ['unsupported_media_type', 'The media type is not supported'],
  429: ['rate_limited', 'Too many requests'],
  503: ['unavailable', 'Not available now'],
};

const UNEXPECTED: Description = {
  status: 500,
  title: 'Something failed on our side',
  code: 'internal_error',
  detail:
    'The server failed in a way it did not foresee. Try again; if it stays, give the requestId to its operator.',
};

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

function statusOf(error: unknown): number | null {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : null;
}

/** What drivers say when the database does not answer; such an error is passing and nobody's mistake. */
const DATABASE_AWAY =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|PROTOCOL_|ER_SERVER_SHUTDOWN|ER_CON_COUNT|ER_LOCK_|POOL_)/;

const DATABASE_UNAVAILABLE: Description = {
  status: 503,
  title: 'Not available now',
  code: 'database_unavailable',
  detail: 'The database does not answer, so this could not be done. Try again in a while.',
};

/** A driver's own error says `fatal` of a lost connection; a failed query carries its driver's error. */
function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const cause: unknown = 'driverError' in error ? error.driverError : 'fatal' in error ? error : null;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : null;
  return typeof code === 'string' && DATABASE_AWAY.test(code);
}

/** The framework repeats the address that it has no route for, and a query may hold a key. */
function withoutQuery(message: string): string {
  return message.replace(/^(Cannot [A-Z]+ [^?]*)\?.*$/s, '$1');
}

function describeKnown(error: unknown): Description | null {
  if (error instanceof Problem) {
    return { status: error.status, title: error.title, code: error.code, detail: error.message };
  }
  if (isDatabaseAway(error)) return DATABASE_UNAVAILABLE;
  const fastify = FASTIFY_ERRORS[codeOf(error) ?? ''];
  if (fastify) return fastify;
  if (error instanceof HttpException && error.getStatus() < 500) {
    const [code, title] = HTTP_TITLES[error.getStatus()] ?? ['request_failed', 'The request failed'];
    return { status: error.getStatus(), title, code, detail: withoutQuery(error.message) };
  }
  const status = statusOf(error);
  if (status !== null && status >= 400 && status < 500) {
    const [code, title] = HTTP_TITLES[status] ?? ['request_failed', 'The request failed'];
    return { status, title, code, detail: 'The request could not be read. Check its headers and body.' };
  }
  return null;
}

/** What a caller is told of an error: its own document, or the general one for what nobody foresaw. */
export function describeProblem(error: unknown, requestId: string): DescribedProblem {
  const known = describeKnown(error);
  const { status, title, code, detail } = known ?? UNEXPECTED;
  const problem = error instanceof Problem ? error : null;
  return {
    document: {
      type: `urn:ai-studio:problem:${code}`,
      title,
      status,
      code,
      detail,
      requestId,
      ...(problem && problem.errors.length > 0 ? { errors: problem.errors } : {}),
      ...problem?.extensions,
    },
    headers: problem?.headers ?? {},
    retryAfterSeconds: problem?.retryAfterSeconds ?? (known === DATABASE_UNAVAILABLE ? 5 : null),
    unexpected: known === null,
  };
}
