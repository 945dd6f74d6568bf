import { type Principal } from '../../auth/principal';
import { InvalidInput } from '../../common/problem';
import { grantTeamScope } from '../../common/tenancy/team-scope';
import { hashRequest, keyIdOf, readIdempotencyKey } from './idempotency-key';

describe('The header Idempotency-Key', () => {
  it.each([['a'], ['0199-uuid'], ['~!"#$%&'], ['x'.repeat(255)]])('takes %s', (key) => {
    expect(readIdempotencyKey({ 'idempotency-key': key })).toBe(key);
  });

  it.each([
    ['nothing', ''],
    ['a space', 'a b'],
    ['two values', 'a, b'],
    ['more than 255 characters', 'x'.repeat(256)],
    ['a character beyond ASCII', 'schlüssel'],
    ['a control character', 'a\u0007'],
  ])('refuses %s by its name', (_name, key) => {
    expect(() => readIdempotencyKey({ 'idempotency-key': key })).toThrow(InvalidInput);
    expect(() => readIdempotencyKey({ 'idempotency-key': key })).toThrow(
      /^Idempotency-Key: must be 1 to 255/,
    );
  });

  it('may be left out', () => {
    expect(readIdempotencyKey({})).toBeUndefined();
  });
});

describe('A key', () => {
  const caller = (teamId: string, apiKeyId: string | null): Principal => ({
    scope: grantTeamScope(teamId),
    role: 'member',
    platform: apiKeyId === null,
    apiKeyId,
    apiKeyName: null,
    allowedModels: null,
    requestsPerMinute: null,
    tokensPerMinute: null,
  });
  const id = (teamId: string, apiKeyId: string | null, method: string, path: string, key: string): string =>
    keyIdOf(caller(teamId, apiKeyId), method, path, key).toString('hex');
  const first = id('t', 'k', 'POST', '/p', 'x');

  it('is the same for the same caller, method and path', () => {
    expect(id('t', 'k', 'POST', '/p', 'x')).toBe(first);
    expect(first).toHaveLength(64);
  });

  it.each([
    ['team', id('u', 'k', 'POST', '/p', 'x')],
    ['API key', id('t', 'l', 'POST', '/p', 'x')],
    ['admin', id('t', null, 'POST', '/p', 'x')],
    ['method', id('t', 'k', 'PUT', '/p', 'x')],
    ['path', id('t', 'k', 'POST', '/q', 'x')],
    ['key', id('t', 'k', 'POST', '/p', 'y')],
    ['border between two of them', id('t', 'k', 'POST', '/px', '')],
  ])('is another for another %s', (_name, other) => {
    expect(other).not.toBe(first);
  });
});

describe('What was asked', () => {
  const same = hashRequest({ a: 1, b: [2] });

  it.each([
    ['the same parsed body', hashRequest({ a: 1, b: [2] }), true],
    ['its bytes', hashRequest(Buffer.from('{"a":1,"b":[2]}')), true],
    ['another body', hashRequest({ a: 1, b: [3] }), false],
    ['another query', hashRequest({ a: 1, b: [2] }, 'alt=sse'), false],
    ['no body', hashRequest(undefined), false],
  ])('is compared by a hash: %s', (_name, hash, equal) => {
    expect(hash.equals(same)).toBe(equal);
  });
});
