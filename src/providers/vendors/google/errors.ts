import { type ErrorDetails } from '@google/generative-ai';
import { asList, asObject, type JsonObject, readObject, readText } from '../../contract/usage-builder';
import { type VendorError } from '../../contract/vendor-error';
import {
  type ErrorRule,
  readRetryAfter,
  toVendorError,
  type VendorFailure,
} from '../../transport/error-rules';
import { type Redactor } from '../../transport/redaction';
import { parseJson } from '../../transport/vendor-answer';

/** https://ai.google.dev/gemini-api/docs/troubleshooting and google.rpc's ErrorInfo reasons (2026-11). */
const RULES: readonly ErrorRule[] = [
  { code: 'API_KEY_INVALID', kind: 'bad_key' },
  { code: 'API_KEY_EXPIRED', kind: 'bad_key' },
  { code: 'API_KEY_NOT_FOUND', kind: 'bad_key' },
  { code: 'CREDENTIALS_MISSING', kind: 'bad_key' },
  { code: 'ACCESS_TOKEN_TYPE_UNSUPPORTED', kind: 'bad_key' },
  { code: 'BILLING_DISABLED', kind: 'insufficient_funds' },
  { code: 'SERVICE_DISABLED', kind: 'no_access' },
  { status: 400, message: /api key (not valid|expired|not found)/i, kind: 'bad_key' },
  { code: 'PERMISSION_DENIED', message: /unregistered callers|reported as leaked/i, kind: 'bad_key' },
  {
    code: 'RESOURCE_EXHAUSTED',
    message: /prepay|credits? (are|is) depleted|spending cap/i,
    kind: 'insufficient_funds',
  },
  { code: 'FAILED_PRECONDITION', message: /billing/i, kind: 'insufficient_funds' },
  { code: 'FAILED_PRECONDITION', message: /location is not supported/i, kind: 'no_access' },
  {
    code: 'INVALID_ARGUMENT',
    message: /token count.*exceeds|exceeds the maximum number of tokens/i,
    kind: 'context_too_long',
  },
  { code: 'INVALID_ARGUMENT', message: /blocked by|safety (policy|settings)/i, kind: 'content_filtered' },
  { code: 'UNAUTHENTICATED', kind: 'bad_key' },
  { code: 'PERMISSION_DENIED', kind: 'no_access' },
  { code: 'NOT_FOUND', kind: 'model_not_found' },
  { code: 'RESOURCE_EXHAUSTED', kind: 'rate_limited' },
  { code: 'UNAVAILABLE', kind: 'overloaded' },
  { code: 'DEADLINE_EXCEEDED', kind: 'timeout' },
];

/** An HTTP error of the API. */
export function toGoogleError(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
  redact: Redactor,
): VendorError {
  const { retryAfterMs, ...error } = readError(parseJson(body));
  const failure: VendorFailure = {
    ...error,
    status,
    retryAfterMs: readRetryAfter(headers) ?? retryAfterMs,
    vendorRequestId: headers['x-goog-request-id'] ?? null,
  };
  return toVendorError(failure, RULES, redact, 'Google');
}

/** An error that came as a chunk of a stream, or with a status of success. */
export function toGoogleStreamError(
  chunk: JsonObject,
  vendorRequestId: string | null,
  redact: Redactor,
): VendorError {
  return toVendorError({ ...readError(chunk), vendorRequestId }, RULES, redact, 'Google');
}

/** `{ error: { code, message, status, details } }`, in a list when the call was a stream of JSON. */
function readError(body: unknown): Omit<VendorFailure, 'vendorRequestId'> {
  const error = readObject(asObject(Array.isArray(body) ? body[0] : body), 'error');
  const details = asList(error?.details)
    .map(asObject)
    .filter((detail) => detail !== null) as ErrorDetails[];
  const codes = [
    details.find(({ reason }) => reason !== undefined)?.reason ?? null,
    readText(error, 'status'),
  ].filter((code) => code !== null);
  return {
    message: readText(error, 'message'),
    codes,
    status: typeof error?.code === 'number' ? error.code : null,
    retryAfterMs: readRetryDelay(details),
  };
}

/** google.rpc.RetryInfo: a duration such as `3s` or `0.5s`. */
function readRetryDelay(details: readonly ErrorDetails[]): number | null {
  const info = details.find((detail) => detail['@type']?.endsWith('google.rpc.RetryInfo') === true);
  const delay = /^(\d+(?:\.\d+)?)s$/.exec(typeof info?.retryDelay === 'string' ? info.retryDelay : '');
  return delay ? Math.ceil(Number(delay[1]) * 1000) : null;
}
