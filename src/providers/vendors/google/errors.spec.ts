import { type VendorErrorKind } from '../../contract/vendor-error';
import { createRedactor } from '../../transport/redaction';
import { toGoogleError } from './errors';

const redact = createRedactor(['AIzaSecret0123456789']);
const info = (reason: string): object => ({ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason });
const error = (code: number, status: string, message: string, details: object[] = []) =>
  toGoogleError(code, {}, JSON.stringify({ error: { code, status, message, details } }), redact);

describe('toGoogleError', () => {
  const rows: [number, string, string, object[], VendorErrorKind][] = [
    [
      400,
      'INVALID_ARGUMENT',
      'API key not valid. Please pass a valid API key.',
      [info('API_KEY_INVALID')],
      'bad_key',
    ],
    [400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [], 'bad_key'],
    [400, 'INVALID_ARGUMENT', 'API key expired. Please renew the API key.', [], 'bad_key'],
    [401, 'UNAUTHENTICATED', 'x', [], 'bad_key'],
    [403, 'PERMISSION_DENIED', "Method doesn't allow unregistered callers", [], 'bad_key'],
    [403, 'PERMISSION_DENIED', 'x', [info('SERVICE_DISABLED')], 'no_access'],
    [403, 'PERMISSION_DENIED', 'x', [info('BILLING_DISABLED')], 'insufficient_funds'],
    [403, 'PERMISSION_DENIED', 'The caller does not have permission', [], 'no_access'],
    [400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.', [], 'no_access'],
    [400, 'FAILED_PRECONDITION', 'Please enable billing on project', [], 'insufficient_funds'],
    [
      400,
      'INVALID_ARGUMENT',
      'The input token count (9) exceeds the maximum number of tokens allowed (8).',
      [],
      'context_too_long',
    ],
    [400, 'INVALID_ARGUMENT', 'The request was blocked by the safety policy.', [], 'content_filtered'],
    [400, 'INVALID_ARGUMENT', 'x', [], 'invalid_request'],
    [404, 'NOT_FOUND', 'models/x is not found', [], 'model_not_found'],
    [429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota', [], 'rate_limited'],
    [429, 'RESOURCE_EXHAUSTED', 'Your prepayment credits are depleted.', [], 'insufficient_funds'],
    [500, 'INTERNAL', 'x', [], 'vendor_error'],
    [503, 'UNAVAILABLE', 'x', [], 'overloaded'],
    [504, 'DEADLINE_EXCEEDED', 'x', [], 'timeout'],
  ];
  it.each(rows)('takes %i %s "%s" %j as %s', (code, status, message, details, kind) => {
    expect(error(code, status, message, details)).toMatchObject({ kind, status: code, message });
  });

  const waits: [string, number | null][] = [
    ['3s', 3000],
    ['0.25s', 250],
    ['17.4321s', 17_433],
    ['soon', null],
  ];
  it.each(waits)('reads from a retry delay of %s to wait %s ms', (retryDelay, retryAfterMs) => {
    const details = [
      info('RATE_LIMIT_EXCEEDED'),
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay },
    ];
    expect(error(429, 'RESOURCE_EXHAUSTED', 'x', details)).toMatchObject({
      kind: 'rate_limited',
      retryAfterMs,
    });
  });

  it('reads an error in a list, and one that is no JSON', () => {
    const listed = JSON.stringify([{ error: { code: 503, message: 'busy', status: 'UNAVAILABLE' } }]);
    expect(toGoogleError(503, {}, listed, redact)).toMatchObject({ kind: 'overloaded', message: 'busy' });
    expect(toGoogleError(502, {}, '<html>', redact)).toMatchObject({ kind: 'vendor_error' });
  });
});
