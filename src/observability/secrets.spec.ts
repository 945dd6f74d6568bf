import { redactText, redactValue } from './secrets';

describe('A text for the log', () => {
  it.each<[string, string]>([
    ['key sk-test-0123456789abcdef is wrong', 'key [redacted] is wrong'],
    ['sk-proj-abc_DEF-0123456789', '[redacted]'],
    ['sk-ant-api03-0123456789', '[redacted]'],
    ['pk-0123456789ab and rk-0123456789ab', '[redacted] and [redacted]'],
    ['sk_studio_0123456789abcdef', '[redacted]'],
    ['AIzaSyA0123456789012345678', '[redacted]'],
    ['Authorization: Bearer abcdefgh.ijkl', 'Authorization: Bearer [redacted]'],
    ['authorization: basic dXNlcjpwYXNzd29yZA==', 'authorization: basic [redacted]'],
    ['https://h/v1?key=secret&alt=sse', 'https://h/v1?key=[redacted]&alt=sse'],
    ['https://h/v1?a=1&api_key=secret', 'https://h/v1?a=1&api_key=[redacted]'],
    ['"url":"https://h/?token=secret"', '"url":"https://h/?token=[redacted]"'],
    ['mariadb://user:pass-word@host:3306/db', 'mariadb://user:[redacted]@host:3306/db'],
  ])('%s becomes %s', (text, clean) => {
    expect(redactText(text)).toBe(clean);
    expect(redactText(clean)).toBe(clean);
  });

  it.each([
    'a task-management-system for the desk-0123456789abcdef',
    'the model gpt-4o-mini answered in 120 ms',
    'http://host:3000/v1/models?limit=5&cursor=abc',
    'the bearer of bad news',
    'mail to a:b@c',
  ])('%s stays as it is', (text) => {
    expect(redactText(text)).toBe(text);
  });
});

describe('A value for the log', () => {
  it.each([
    'authorization',
    'Authorization',
    'x-api-key',
    'x-goog-api-key',
    'cookie',
    'set-cookie',
    'apiKey',
    'api_key',
    'password',
    'secret',
    'token',
    'key',
  ])('hides the field %s, a list of values included', (name) => {
    expect(redactValue({ deep: [{ [name]: 'CANARY' }] })).toEqual({ deep: [{ [name]: '[redacted]' }] });
    expect(redactValue({ [name]: ['CANARY', 'CANARY'] })).toEqual({ [name]: '[redacted]' });
  });

  it('keeps what is no secret, in a form that JSON has', () => {
    const at = new Date('2026-11-22T10:00:00Z');
    const value = {
      a: 1,
      b: null,
      c: true,
      d: 10n,
      e: undefined,
      at,
      f: ['x'],
      bytes: Buffer.from('CANARY'),
    };
    expect(redactValue(value)).toEqual({
      a: 1,
      b: null,
      c: true,
      d: '10',
      e: undefined,
      at: '2026-11-22T10:00:00.000Z',
      f: ['x'],
      bytes: '[6 bytes]',
    });
    expect(value.f).toEqual(['x']);
  });

  it('takes keys out of an error, its causes and its stack, and leaves its other fields out', () => {
    const key = 'sk-canary-0123456789';
    const inner = Object.assign(new Error(`inner ${key}`), { parameters: ['CANARY'] });
    const outer = new Error(`outer ${key}`, { cause: new AggregateError([inner], key) });
    const clean = JSON.stringify(redactValue({ err: outer }));
    expect(clean).not.toContain('canary');
    expect(clean).not.toContain('CANARY');
    expect(clean).toContain('outer [redacted]');
    expect(clean).toContain('inner [redacted]');
  });

  it('comes to an end in what contains itself', () => {
    const loop: Record<string, unknown> = { token: 'CANARY' };
    loop.self = loop;
    const error = new Error('x');
    error.cause = error;
    expect(JSON.stringify(redactValue({ loop, error }))).toContain('[deep]');
    expect(JSON.stringify(redactValue(loop))).not.toContain('CANARY');
  });
});
