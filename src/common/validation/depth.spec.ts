import { findTooDeep, MAX_DEPTH } from './depth';

function nested(levels: number, wrap: (inner: unknown) => object): object {
  let value: object = {};
  for (let level = 1; level < levels; level += 1) value = wrap(value);
  return value;
}

describe('The depth of an input', () => {
  it.each<[string, (inner: unknown) => object]>([
    ['objects', (inner) => ({ a: inner })],
    ['lists', (inner) => [inner]],
  ])('is counted in %s', (_name, wrap) => {
    expect(findTooDeep(nested(MAX_DEPTH, wrap))).toBeNull();
    expect(findTooDeep(nested(MAX_DEPTH + 1, wrap))).not.toBeNull();
  });

  it('is judged without recursion, and by the field', () => {
    const deep = nested(200_000, (inner) => [inner]);
    expect(findTooDeep({ name: 'a', flat: [{}], metadata: deep })).toBe('metadata[0]');
    expect(findTooDeep({ events: [{}, { usage: deep }] })).toBe('events[1]');
  });

  it('does not depend on the width', () => {
    expect(findTooDeep({ list: Array.from({ length: 200_000 }, () => ({})) })).toBeNull();
  });
});
