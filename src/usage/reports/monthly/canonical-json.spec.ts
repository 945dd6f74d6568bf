import { canonicalJson, sha256Of } from './canonical-json';

describe('Canonical JSON', () => {
  it('is the same text for the same value, however it was made', () => {
    const one = { b: [1, 'ä', null], a: { d: true, c: -2 } };
    const other = { a: { c: -2, d: true }, b: [1, 'ä', null] };
    expect(canonicalJson(one)).toBe('{"a":{"c":-2,"d":true},"b":[1,"ä",null]}');
    expect(canonicalJson(other)).toBe(canonicalJson(one));
    expect(JSON.parse(canonicalJson(one))).toEqual(one);
  });

  it.each([0.5, Number.NaN, 2 ** 53, 1n, undefined])('has no form for %p', (value) => {
    expect(() => canonicalJson([value])).toThrow(TypeError);
  });

  it('is hashed as `printf … | sha256sum` would', () => {
    expect(sha256Of('{}')).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
  });
});
