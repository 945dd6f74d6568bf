import { type VendorErrorKind } from '../../contract/vendor-error';
import { createRedactor } from '../../transport/redaction';
import { COMMON_PROTOCOL } from './definition';
import { type ChatProtocol } from './protocol';
import { toChatError, toChatStreamError } from './errors';

const PROTOCOL: ChatProtocol = {
  ...COMMON_PROTOCOL,
  displayName: 'OpenAI',
  priceVendor: 'test',
  defaultBaseUrl: '',
  maxTokensField: 'max_completion_tokens',
  requiresDone: true,
};

const redact = createRedactor(['sk-secret-0123456789abcdef']);
const error = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  toChatError(status, headers, typeof body === 'string' ? body : JSON.stringify(body), PROTOCOL, redact);

describe('toChatError', () => {
  const rows: [number, object, VendorErrorKind][] = [
    [401, { code: 'invalid_api_key' }, 'bad_key'],
    [401, {}, 'bad_key'],
    [403, { code: 'unsupported_country_region_territory' }, 'no_access'],
    [402, {}, 'insufficient_funds'],
    [404, { code: 'model_not_found' }, 'model_not_found'],
    [400, { code: 'context_length_exceeded' }, 'context_too_long'],
    [400, { message: "This model's maximum context length is 8192 tokens." }, 'context_too_long'],
    [413, {}, 'context_too_long'],
    [400, { code: 'content_policy_violation' }, 'content_filtered'],
    [400, { code: 'content_filter' }, 'content_filtered'],
    [400, { type: 'invalid_request_error' }, 'invalid_request'],
    [422, { message: 'x' }, 'invalid_request'],
    [429, { code: 'rate_limit_exceeded' }, 'rate_limited'],
    [429, { type: 'insufficient_quota', code: 'insufficient_quota' }, 'insufficient_funds'],
    [408, {}, 'timeout'],
    [500, { type: 'server_error' }, 'vendor_error'],
    [502, {}, 'vendor_error'],
    [503, { type: 'server_error' }, 'overloaded'],
    [504, {}, 'timeout'],
    [529, {}, 'overloaded'],
    [302, {}, 'bad_response'],
  ];
  it.each(rows)('takes %i %j as %s', (status, fields, kind) => {
    expect(error(status, { error: fields })).toMatchObject({ kind, status });
  });

  it("keeps the vendor's message, code and request id, and takes the secret out", () => {
    const body = {
      error: { message: 'Bad key sk-secret-0123456789abcdef', type: 't', code: 'invalid_api_key' },
    };
    expect(error(401, body, { 'x-request-id': 'req-9' })).toMatchObject({
      message: 'Bad key [redacted]',
      vendorCode: 'invalid_api_key',
      vendorRequestId: 'req-9',
    });
  });

  const waits: [Record<string, string>, number | null][] = [
    [{}, null],
    [{ 'retry-after': '2' }, 2000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': '5', 'retry-after-ms': '120' }, 120],
    [{ 'retry-after': 'soon' }, null],
    [{ 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }, 0],
  ];
  it.each(waits)('reads from %j to wait %s ms', (headers, retryAfterMs) => {
    expect(error(429, { error: {} }, headers)).toMatchObject({ retryAfterMs });
  });

  it('says something when the vendor does not', () => {
    expect(error(500, '').message).toBe('OpenAI answered with status 500 and no message.');
    expect(error(502, '<html>Bad gateway</html>').message).toContain('502');
    expect(error(301, '').message).toContain('redirect');
    expect(error(400, { error: 'just words' }).message).toBe('just words');
    expect(error(400, { detail: 'said otherwise' }).message).toBe('said otherwise');
  });
});

describe('toChatStreamError', () => {
  it('reads the kind from the code or a status in its place', () => {
    const kindOf = (fields: object): string =>
      toChatStreamError({ error: fields }, null, PROTOCOL, redact).kind;
    expect(kindOf({ type: 'server_error', message: 'x' })).toBe('vendor_error');
    expect(kindOf({ code: 'rate_limit_exceeded' })).toBe('rate_limited');
    expect(kindOf({ code: 429 })).toBe('rate_limited');
    expect(kindOf({ type: 'invalid_request_error' })).toBe('invalid_request');
  });
});
