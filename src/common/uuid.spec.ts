import { uuidFromBytes, uuidTimestamp, uuidToBytes, uuidv7, uuidv7Bytes, uuidv7BytesAt } from './uuid';

const V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Far ahead of the clock, so that ids made before in this process do not matter. */
const FUTURE = Date.parse('2200-01-01T00:00:00Z');

const isSorted = (ids: readonly string[]): boolean =>
  ids.every((id, index) => index === 0 || (ids[index - 1] ?? '') < id);

describe('A time-ordered id', () => {
  it('is a version 7 UUID of the millisecond that it was made in', () => {
    const bytes = uuidv7Bytes(FUTURE);
    expect(uuidFromBytes(bytes)).toMatch(V7);
    expect(uuidTimestamp(bytes)).toBe(FUTURE);
    expect(uuidv7()).toMatch(V7);
  });

  it('is greater than every one before, also within a millisecond and when the clock goes back', () => {
    const at = FUTURE + 1000;
    const ids = Array.from({ length: 20_000 }, (_, index) => uuidv7(at - (index % 3)));
    expect(isSorted(ids)).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each([0, 1, Date.parse('2020-02-29T12:00:00.123Z'), Date.parse('2300-01-01T00:00:00Z')])(
    'made for the moment %i carries exactly that moment, whatever was made before',
    (at) => {
      uuidv7Bytes(FUTURE + 5000);
      const ids = Array.from({ length: 10_000 }, () => uuidv7BytesAt(at));
      expect(ids.every((id) => uuidTimestamp(id) === at)).toBe(true);
      expect(new Set(ids.map(uuidFromBytes)).size).toBe(ids.length);
      expect(uuidFromBytes(ids[0] ?? Buffer.alloc(16))).toMatch(V7);
    },
  );
});

describe('The text of an id', () => {
  it('is read back as the same bytes, in either case', () => {
    const bytes = uuidv7Bytes();
    const text = uuidFromBytes(bytes);
    expect(uuidToBytes(text)).toEqual(bytes);
    expect(uuidToBytes(text.toUpperCase())).toEqual(bytes);
  });

  it('is made of its own bytes alone when they are part of a larger buffer', () => {
    const large = Buffer.concat([Buffer.alloc(8, 0xff), uuidv7Bytes(), Buffer.alloc(8, 0xff)]);
    expect(uuidToBytes(uuidFromBytes(large.subarray(8, 24)))).toEqual(large.subarray(8, 24));
    expect(uuidTimestamp(large.subarray(8, 24))).toBe(uuidTimestamp(Buffer.from(large.subarray(8, 24))));
  });

  it.each([
    '',
    'x',
    '018f0000-0000-7000-8000-00000000000',
    '018f0000-0000-7000-8000-0000000000000',
    '018f000000007000800000000000000000',
    '018f0000-0000-7000-8000-00000000000g',
    ' 018f0000-0000-7000-8000-000000000000',
    '018f0000-0000-7000-8000-000000000000\n',
  ])('%j is none', (text) => {
    expect(uuidToBytes(text)).toBeUndefined();
  });
});
