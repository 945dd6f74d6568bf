import { HttpException } from '@nestjs/common';
import { InvalidInput, Unavailable } from '../problem';
import { describeProblem } from './problem-document';

const coded = (code: string, extra: object = {}): Error =>
  Object.assign(new Error('SECRET inside'), { code, ...extra });

describe('A problem document', () => {
  it('has the members of RFC 9457, a stable code, and the request id', () => {
    const problem = new InvalidInput('a: is odd', { errors: [{ field: 'a', message: 'is odd' }] });
    expect(describeProblem(problem, 'r1')).toEqual({
      document: {
        type: 'urn:ai-studio:problem:invalid_input',
        title: 'The request is not valid',
        status: 400,
        code: 'invalid_input',
        detail: 'a: is odd',
        requestId: 'r1',
        errors: [{ field: 'a', message: 'is odd' }],
      },
      headers: {},
      retryAfterSeconds: null,
      unexpected: false,
    });
  });

  it('carries extensions and the pause to wait, and leaves empty errors out', () => {
    const { document, retryAfterSeconds } = describeProblem(
      new Unavailable('away', 'x', { retryAfterSeconds: 5, extensions: { vendor: 'v' } }),
      'r',
    );
    expect(document).toMatchObject({ status: 503, code: 'away', vendor: 'v' });
    expect(document).not.toHaveProperty('errors');
    expect(retryAfterSeconds).toBe(5);
  });

  it.each<[string, unknown, number, string]>([
    ['a body over the limit', coded('FST_ERR_CTP_BODY_TOO_LARGE'), 413, 'body_too_large'],
    ['another media type', coded('FST_ERR_CTP_INVALID_MEDIA_TYPE'), 415, 'unsupported_media_type'],
    ['an empty body', coded('FST_ERR_CTP_EMPTY_JSON_BODY'), 400, 'invalid_json'],
    ['broken JSON', coded('FST_ERR_CTP_INVALID_JSON_BODY'), 400, 'invalid_json'],
    ['a body that is cut', coded('FST_ERR_CTP_INVALID_CONTENT_LENGTH'), 400, 'invalid_content_length'],
    ['an unknown route', new HttpException('Cannot GET /x', 404), 404, 'not_found'],
    ['another method', new HttpException('No', 405), 405, 'method_not_allowed'],
    ['a status without a name', new HttpException('Teapot', 418), 418, 'request_failed'],
    ["the framework's own refusal", coded('ODD', { statusCode: 400 }), 400, 'invalid_input'],
    ["the framework's own odd refusal", coded('ODD', { statusCode: 431 }), 431, 'request_failed'],
  ])('says what is wrong with %s', (_name, error, status, code) => {
    const { document, unexpected } = describeProblem(error, 'r');
    expect(document).toMatchObject({ status, code });
    expect(document.detail).not.toContain('SECRET');
    expect(unexpected).toBe(false);
  });

  it.each<[string, unknown]>([
    ['an error', new Error('SECRET at db://user:pass')],
    ['an error with a code', coded('ECONNREFUSED')],
    ['a framework error of the server', new HttpException('SECRET', 500)],
    ['an error that claims to be a server failure', coded('X', { statusCode: 503 })],
    ['a text', 'SECRET'],
    ['nothing', undefined],
    ['null', null],
  ])('tells nothing of %s that nobody foresaw', (_name, error) => {
    const { document, unexpected } = describeProblem(error, 'r');
    expect(document).toMatchObject({ status: 500, code: 'internal_error', requestId: 'r' });
    expect(JSON.stringify(document)).not.toContain('SECRET');
    expect(unexpected).toBe(true);
  });

  it.each([
    ['a connection that was lost', coded('PROTOCOL_CONNECTION_LOST', { fatal: true })],
    ['a server that is away', coded('ECONNREFUSED', { fatal: true })],
    ['a query that found none', coded('', { driverError: coded('ECONNRESET') })],
  ])('says of %s that the database is away, and when to try again', (_name, error) => {
    expect(describeProblem(error, 'r')).toMatchObject({
      document: { status: 503, code: 'database_unavailable' },
      retryAfterSeconds: 5,
      unexpected: false,
    });
  });
});
