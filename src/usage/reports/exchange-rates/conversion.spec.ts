import { convert, isCalendarDate, rateFor, readRate } from './conversion';

describe('A rate', () => {
  it.each([
    ['0.92', 920_000_000_000n],
    ['1', 1_000_000_000_000n],
    ['0.000000000001', 1n],
    ['999999999.999999999999', 999_999_999_999_999_999_999n],
  ])('of %s is kept exactly', (text, value) => {
    expect(readRate(text)).toBe(value);
  });

  it.each(['', '1e3', '0.9200000000001', '1000000000', 'NaN', '1,5', ' 1'])('may not be %j', (text) => {
    expect(() => readRate(text)).toThrow(RangeError);
  });

  it('is the newest not after the day, and of one day the first', () => {
    const rates = [
      { date: '2026-11-10', rate: '0.95', source: 'corrected' },
      { date: '2026-11-10', rate: '0.94', source: 'first' },
      { date: '2026-11-01', rate: '0.92', source: 'bank' },
    ];
    expect(rateFor(rates, '2026-11-30')?.source).toBe('corrected');
    expect(rateFor(rates, '2026-11-10')?.source).toBe('corrected');
    expect(rateFor(rates, '2026-11-09')?.source).toBe('bank');
    expect(rateFor(rates, '2026-10-31')).toBeUndefined();
  });
});

describe('A conversion', () => {
  it.each<[bigint, string, bigint]>([
    [3_500_000_000n, '0.92', 3_220_000_000n],
    [1n, '0.5', 0n],
    [3n, '0.5', 2n],
    [5n, '0.5', 2n],
    [7n, '0.5', 4n],
    [-3n, '0.5', -2n],
    [-5n, '0.5', -2n],
    [9_007_199_254_740_993n, '1', 9_007_199_254_740_993n],
    [20_000_000_000_000_000_000_000_001n, '151.37', 3_027_400_000_000_000_000_000_000_151n],
  ])('of %i at %s is %i, rounded half to even once', (amount, rate, result) => {
    expect(convert(amount, readRate(rate))).toBe(result);
  });

  it('is within half a unit of the exact product for random amounts', () => {
    let seed = 11;
    const random = (): bigint => {
      seed = (seed * 48_271) % 2_147_483_647;
      return BigInt(seed);
    };
    for (let round = 0; round < 2_000; round += 1) {
      const amount = random() * random() - random() * random();
      const rate = random() * 1_000n;
      const off = convert(amount, rate) * 10n ** 12n - amount * rate;
      expect((off < 0n ? -off : off) * 2n).toBeLessThanOrEqual(10n ** 12n);
    }
  });
});

describe('A date', () => {
  it.each(['2026-02-28', '2024-02-29', '1999-12-31'])('may be %s', (text) => {
    expect(isCalendarDate(text)).toBe(true);
  });

  it.each(['2026-02-30', '2026-13-01', '2026-1-1', '2026-11-22T00:00:00Z', ''])('may not be %j', (text) => {
    expect(isCalendarDate(text)).toBe(false);
  });
});
