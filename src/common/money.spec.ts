import {
  divideHalfEven,
  formatDecimal,
  formatDollars,
  MAX_EVENT_PICO,
  parseDecimal,
  parseDollars,
} from './money';

describe('a decimal text', () => {
  it.each<[string, number, bigint]>([
    ['0', 6, 0n],
    ['-0', 6, 0n],
    ['2.50', 6, 2_500_000n],
    ['2.5', 1, 25n],
    ['007', 0, 7n],
    ['1.000000', 0, 1n],
    ['-0.000001', 6, -1n],
    ['0.0000010000', 6, 1n],
    ['9007.199254740993', 12, 9_007_199_254_740_993n],
    ['123456789012345678901234567890.5', 1, 1_234_567_890_123_456_789_012_345_678_905n],
  ])('%s is read exactly at %i decimals', (text, scale, value) => {
    expect(parseDecimal(text, scale)).toBe(value);
  });

  it.each([
    '',
    ' 1',
    '1 ',
    '+1',
    '1.',
    '.5',
    '1e3',
    '0x10',
    '1,5',
    '1.2.3',
    '--1',
    'NaN',
    'Infinity',
    '١',
    '1\n',
  ])('%j is refused', (text) => {
    expect(() => parseDecimal(text, 6)).toThrow(RangeError);
  });

  it('is refused when it has more decimals than are kept', () => {
    expect(() => parseDecimal('0.0000001', 6)).toThrow('"0.0000001" has more than 6 decimals.');
  });
});

describe('a formatted amount', () => {
  it.each<[bigint, number, string]>([
    [0n, 2, '0.00'],
    [-0n, 0, '0'],
    [5n, 0, '5'],
    [5n, 3, '0.005'],
    [-5n, 3, '-0.005'],
    [1234n, 3, '1.234'],
    [-12_345n, 2, '-123.45'],
  ])('of %s at %i decimals is %s', (value, scale, text) => {
    expect(formatDecimal(value, scale)).toBe(text);
  });

  it('is read back as the same amount, on random amounts of either sign', () => {
    let state = 12_345n;
    for (let index = 0; index < 2_000; index += 1) {
      state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) & ((1n << 64n) - 1n);
      const amount = (index % 2 === 0 ? state : -state) >> BigInt(index % 60);
      expect(parseDollars(formatDollars(amount))).toBe(amount);
    }
  });

  it('shows dollars with twelve decimals, beyond what a double can hold', () => {
    expect(formatDollars(9_007_199_254_740_993n)).toBe('9007.199254740993');
    expect(formatDollars(20_000_000n * 10n ** 12n + 1n)).toBe('20000000.000000000001');
  });

  it('of the largest event fits a signed 64-bit column', () => {
    expect(formatDollars(MAX_EVENT_PICO)).toBe('9000000.000000000000');
    expect(MAX_EVENT_PICO).toBeLessThan(2n ** 63n);
  });
});

describe('a division', () => {
  it.each<[bigint, bigint, bigint]>([
    [0n, 7n, 0n],
    [1n, 2n, 0n],
    [3n, 2n, 2n],
    [5n, 2n, 2n],
    [7n, 2n, 4n],
    [-1n, 2n, 0n],
    [-3n, 2n, -2n],
    [-5n, 2n, -2n],
    [4n, 3n, 1n],
    [5n, 3n, 2n],
    [-4n, 3n, -1n],
    [-5n, 3n, -2n],
    [6n, 3n, 2n],
  ])('of %s by %s is %s: half goes to the even neighbour', (numerator, denominator, quotient) => {
    expect(divideHalfEven(numerator, denominator)).toBe(quotient);
  });

  it.each([0n, -1n])('by %s is refused', (denominator) => {
    expect(() => divideHalfEven(1n, denominator)).toThrow(RangeError);
  });
});
