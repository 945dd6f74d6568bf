import { asObject, type JsonObject, readObject, readText } from '../../contract/usage-builder';
import { type VendorError } from '../../contract/vendor-error';
import {
  type ErrorRule,
  readRetryAfter,
  toVendorError,
  type VendorFailure,
} from '../../transport/error-rules';
import { type Redactor } from '../../transport/redaction';
import { parseJson } from '../../transport/vendor-answer';

/** https://platform.claude.com/docs/en/api/errors and `ErrorType` of @anthropic-ai/sdk 1.12.0 (2026-11). */
const RULES: readonly ErrorRule[] = [
  { code: 'billing_error', kind: 'insufficient_funds' },
  { code: 'invalid_request_error', message: /credit balance is too low/i, kind: 'insufficient_funds' },
  {
    code: 'invalid_request_error',
    message: /prompt is too long|exceeds? (the )?context (limit|window)|maximum context/i,
    kind: 'context_too_long',
  },
  { code: 'invalid_request_error', message: /content filtering policy/i, kind: 'content_filtered' },
  { code: 'authentication_error', kind: 'bad_key' },
  { code: 'permission_error', kind: 'no_access' },
  { code: 'not_found_error', kind: 'model_not_found' },
  { code: 'request_too_large', kind: 'context_too_long' },
  { code: 'rate_limit_error', kind: 'rate_limited' },
  { code: 'timeout_error', kind: 'timeout' },
  { code: 'overloaded_error', kind: 'overloaded' },
];
const NAME = 'Anthropic';

/** An HTTP error of the API. */
export function toAnthropicError(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
  redact: Redactor,
): VendorError {
  const answer = asObject(parseJson(body));
  const failure: VendorFailure = {
    ...readError(answer),
    status,
    retryAfterMs: readRetryAfter(headers),
    vendorRequestId: headers['request-id'] ?? readText(answer, 'request_id'),
  };
  return toVendorError(failure, RULES, redact, NAME);
}

/** An `error` event of a stream, or an error that came with a status of success. */
export function toAnthropicStreamError(
  event: JsonObject,
  vendorRequestId: string | null,
  redact: Redactor,
): VendorError {
  const failure = { ...readError(event), status: null, retryAfterMs: null, vendorRequestId };
  return toVendorError(failure, RULES, redact, NAME);
}

/** `{ type: "error", error: { type, message }, request_id }` */
function readError(answer: JsonObject | null): Pick<VendorFailure, 'message' | 'codes'> {
  const error = readObject(answer, 'error');
  const type = readText(error, 'type');
  return { message: readText(error, 'message'), codes: type === null ? [] : [type] };
}
