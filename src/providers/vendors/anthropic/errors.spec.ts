import { type VendorErrorKind } from '../../contract/vendor-error';
import { createRedactor } from '../../transport/redaction';
import { toAnthropicError, toAnthropicStreamError } from './errors';
import { toFinishReason } from './response';

const redact = createRedactor(['sk-ant-secret-0123456789']);

describe('toAnthropicError', () => {
  const rows: [number, string, string, VendorErrorKind][] = [
    [401, 'authentication_error', 'invalid x-api-key', 'bad_key'],
    [402, 'billing_error', 'x', 'insufficient_funds'],
    [403, 'permission_error', 'x', 'no_access'],
    [404, 'not_found_error', 'model: x', 'model_not_found'],
    [413, 'request_too_large', 'x', 'context_too_long'],
    [400, 'invalid_request_error', 'prompt is too long: 208310 tokens > 200000 maximum', 'context_too_long'],
    [
      400,
      'invalid_request_error',
      'input length and `max_tokens` exceed context limit: 1 + 2 > 2',
      'context_too_long',
    ],
    [400, 'invalid_request_error', 'Your credit balance is too low to access the API', 'insufficient_funds'],
    [400, 'invalid_request_error', 'Output blocked by content filtering policy', 'content_filtered'],
    [400, 'invalid_request_error', 'messages: Field required', 'invalid_request'],
    [429, 'rate_limit_error', 'x', 'rate_limited'],
    [500, 'api_error', 'x', 'vendor_error'],
    [504, 'timeout_error', 'x', 'timeout'],
    [529, 'overloaded_error', 'x', 'overloaded'],
    [503, 'api_error', 'x', 'overloaded'],
  ];
  it.each(rows)('takes %i %s "%s" as %s', (status, type, message, kind) => {
    const body = JSON.stringify({ type: 'error', error: { type, message }, request_id: 'req_b' });
    expect(toAnthropicError(status, {}, body, redact)).toMatchObject({
      kind,
      status,
      message,
      vendorCode: type,
      vendorRequestId: 'req_b',
    });
  });

  it('reads the wait from the headers', () => {
    const headers = { 'retry-after': '7', 'request-id': 'req_h' };
    expect(toAnthropicError(429, headers, '', redact)).toMatchObject({
      retryAfterMs: 7000,
      vendorRequestId: 'req_h',
    });
  });
});

describe('toAnthropicStreamError', () => {
  const rows: [string, VendorErrorKind][] = [
    ['overloaded_error', 'overloaded'],
    ['rate_limit_error', 'rate_limited'],
    ['api_error', 'vendor_error'],
    ['invalid_request_error', 'invalid_request'],
    ['something_new', 'vendor_error'],
  ];
  it.each(rows)('takes %s as %s', (type, kind) => {
    expect(toAnthropicStreamError({ error: { type, message: 'm' } }, null, redact)).toMatchObject({
      kind,
      status: null,
    });
  });
});

describe('toFinishReason of Anthropic', () => {
  const rows: [string | null, string][] = [
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['tool_use', 'tool_calls'],
    ['refusal', 'content_filter'],
    ['pause_turn', 'other'],
    ['something_new', 'other'],
    [null, 'other'],
  ];
  it.each(rows)('takes %s as %s', (raw, unified) => {
    expect(toFinishReason(raw)).toEqual({ unified, raw });
  });
});
