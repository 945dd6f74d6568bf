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
import { type ChatProtocol } from './protocol';

/** https://platform.openai.com/docs/guides/error-codes and the SDK's types (2026-11). */
const CHAT_RULES: readonly ErrorRule[] = [
  { code: 'insufficient_quota', kind: 'insufficient_funds' },
  { code: 'billing_hard_limit_reached', kind: 'insufficient_funds' },
  { code: 'billing_not_active', kind: 'insufficient_funds' },
  { code: 'invalid_api_key', kind: 'bad_key' },
  { code: 'account_deactivated', kind: 'no_access' },
  { code: 'unsupported_country_region_territory', kind: 'no_access' },
  { code: 'context_length_exceeded', kind: 'context_too_long' },
  { code: 'string_above_max_length', kind: 'context_too_long' },
  { code: 'content_filter', kind: 'content_filtered' },
  { code: 'content_policy_violation', kind: 'content_filtered' },
  { code: 'invalid_prompt', message: /usage policy|safety/i, kind: 'content_filtered' },
  { code: 'model_not_found', kind: 'model_not_found' },
  { code: 'rate_limit_exceeded', kind: 'rate_limited' },
  { code: 'server_overloaded', kind: 'overloaded' },
  // Look-alikes say it in words: vLLM, llama.cpp, Together.
  { status: 400, message: /maximum context length|context (window|length|size)/i, kind: 'context_too_long' },
];

/** An HTTP error of a chat API. */
export function toChatError(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
  protocol: ChatProtocol,
  redact: Redactor,
): VendorError {
  const failure: VendorFailure = {
    ...readError(asObject(parseJson(body))),
    status,
    retryAfterMs: readRetryAfter(headers),
    vendorRequestId: headers['x-request-id'] ?? null,
  };
  return toVendorError(failure, [...protocol.errorRules, ...CHAT_RULES], redact, protocol.displayName);
}

/** An error that came as an event of a stream. */
export function toChatStreamError(
  event: JsonObject,
  vendorRequestId: string | null,
  protocol: ChatProtocol,
  redact: Redactor,
): VendorError {
  const failure: VendorFailure = { ...readError(event), retryAfterMs: null, vendorRequestId };
  return toVendorError(failure, [...protocol.errorRules, ...CHAT_RULES], redact, protocol.displayName);
}

/** `{ error: { message, type, code } }`, and the shorter forms of look-alikes. */
function readError(answer: JsonObject | null): Pick<VendorFailure, 'message' | 'codes' | 'status'> {
  const error = readObject(answer, 'error') ?? answer;
  const plain = typeof answer?.error === 'string' ? answer.error : null;
  const codes = [readText(error, 'code'), readText(error, 'type')].filter((code) => code !== null);
  const status = typeof error?.code === 'number' ? error.code : null;
  return { message: plain ?? readText(error, 'message', 'detail'), codes, status };
}
