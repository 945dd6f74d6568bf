import { Unauthenticated } from '../common/problem';
import { credentialAt, credentialOf, type CredentialPlace, type CredentialSource } from './credential';

const OPENAI_LIKE: readonly CredentialPlace[] = ['Authorization'];
const ANTHROPIC_LIKE: readonly CredentialPlace[] = ['Authorization', 'x-api-key'];
const GOOGLE_LIKE: readonly CredentialPlace[] = ['x-goog-api-key', '?key=', 'Authorization'];
const EVERY: readonly CredentialPlace[] = ['Authorization', 'x-api-key', 'x-goog-api-key', '?key='];

const bearer: CredentialSource = { headers: { authorization: 'Bearer k1' } };
const apiKey: CredentialSource = { headers: { 'x-api-key': 'k1' } };
const googleKey: CredentialSource = { headers: { 'x-goog-api-key': 'k1' } };
const query: CredentialSource = { headers: {}, query: { key: 'k1', alt: 'sse' } };

describe('A key', () => {
  it.each([
    ['Bearer at a door that takes nothing else', bearer, OPENAI_LIKE],
    ['Bearer where x-api-key is usual', bearer, ANTHROPIC_LIKE],
    ['Bearer where x-goog-api-key is usual', bearer, GOOGLE_LIKE],
    ['bearer in other letters, with spaces', { headers: { authorization: 'bearer   k1 ' } }, OPENAI_LIKE],
    ['x-api-key', apiKey, ANTHROPIC_LIKE],
    ['x-goog-api-key', googleKey, GOOGLE_LIKE],
    ['?key=', query, GOOGLE_LIKE],
    ['x-api-key at a door of every dialect', apiKey, EVERY],
    ['x-goog-api-key at a door of every dialect', googleKey, EVERY],
    ['?key= at a door of every dialect', query, EVERY],
    ['the same at two places', { headers: { ...bearer.headers, ...apiKey.headers } }, ANTHROPIC_LIKE],
    ['the same at a place that is not taken too', { ...query, headers: bearer.headers }, OPENAI_LIKE],
    ['the same twice in a header', { headers: { 'x-api-key': 'k1, k1' } }, ANTHROPIC_LIKE],
    ['the same twice in the query', { headers: {}, query: { key: ['k1', 'k1'] } }, GOOGLE_LIKE],
    [
      'x-api-key beside an Authorization of another scheme',
      { headers: { ...apiKey.headers, authorization: 'Basic dTpw' } },
      ANTHROPIC_LIKE,
    ],
    ['?key= beside an empty header', { ...query, headers: { 'x-goog-api-key': '' } }, GOOGLE_LIKE],
  ])('is taken as %s', (_name, source, taken) => {
    expect(credentialAt(source, taken)).toBe('k1');
  });

  const two = (first: object, second: object): CredentialSource => ({ headers: { ...first, ...second } });

  it.each([
    ['nowhere', { headers: {} }, OPENAI_LIKE, 'credential_missing', /"Authorization: Bearer <key>" with/],
    [
      'nowhere',
      { headers: {}, query: {} },
      ANTHROPIC_LIKE,
      'credential_missing',
      /Bearer.* or "x-api-key: <key>"/,
    ],
    ['as Basic', { headers: { authorization: 'Basic k1' } }, OPENAI_LIKE, 'credential_missing', /Bearer/],
    [
      'as an object',
      { headers: {}, query: { key: { a: 'k1' } } },
      GOOGLE_LIKE,
      'credential_missing',
      /key=<key>/,
    ],
    ['as x-api-key', apiKey, OPENAI_LIKE, 'credential_misplaced', /sent as "x-api-key.*Send "Authorization/],
    ['as x-goog-api-key', googleKey, OPENAI_LIKE, 'credential_misplaced', /sent as "x-goog-api-key/],
    ['as ?key=', query, OPENAI_LIKE, 'credential_misplaced', /sent as "\?key=<key>" in the query/],
    ['as x-goog-api-key', googleKey, ANTHROPIC_LIKE, 'credential_misplaced', /or "x-api-key: <key>" with/],
    ['as ?key=', query, ANTHROPIC_LIKE, 'credential_misplaced', /"x-api-key: <key>"/],
    [
      'as x-api-key',
      apiKey,
      GOOGLE_LIKE,
      'credential_misplaced',
      /Send "x-goog-api-key: <key>" or "\?key=<key>" in the query or "Authorization/,
    ],
    [
      'as two that differ',
      two(bearer.headers, { 'x-api-key': 'k2' }),
      ANTHROPIC_LIKE,
      'credential_ambiguous',
      /Several keys were sent, and they differ/,
    ],
    [
      'as two of which one is not taken',
      two(bearer.headers, { 'x-goog-api-key': 'k2' }),
      OPENAI_LIKE,
      'credential_ambiguous',
      /Leave the others out/,
    ],
    [
      'as two in one header',
      { headers: { 'x-api-key': 'k1, k2' } },
      ANTHROPIC_LIKE,
      'credential_ambiguous',
      /differ/,
    ],
    [
      'as two in the query',
      { headers: {}, query: { key: ['k1', 'k2'] } },
      GOOGLE_LIKE,
      'credential_ambiguous',
      /differ/,
    ],
    [
      'as header and query that differ',
      { ...query, headers: { 'x-goog-api-key': 'k2' } },
      GOOGLE_LIKE,
      'credential_ambiguous',
      /differ/,
    ],
  ])('that is sent %s is refused, and not shown', (_name, source, taken, code, message) => {
    try {
      credentialAt(source, taken);
    } catch (error) {
      expect(error).toBeInstanceOf(Unauthenticated);
      expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string });
      expect(String(error)).not.toMatch(/k1|k2/);
      return;
    }
    throw new Error('It was not refused.');
  });

  it('is taken from Authorization alone where a route says nothing', () => {
    expect(credentialOf({ authorization: 'Bearer k1', 'x-api-key': 'k2' })).toBe('k1');
    expect(credentialOf({ 'x-api-key': 'k2' })).toBeUndefined();
  });
});
