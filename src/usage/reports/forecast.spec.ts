import { type DayCost, forecastMonth, squareRoot } from './forecast';

const days = (...costs: readonly number[]): DayCost[] =>
  costs.map((cost, index) => ({ weekday: index % 7, cost: BigInt(cost) }));

describe('A forecast', () => {
  it('is unknown, not zero, while there are fewer than three whole days', () => {
    for (const history of [[], days(5), days(5, 5)])
      expect(forecastMonth({ history, spent: 3n, spentToday: 0n, remaining: [1, 2] })).toBeNull();
  });

  it('of the same cost every day is that cost, without a range', () => {
    const history = days(...new Array<number>(28).fill(100));
    expect(forecastMonth({ history, spent: 1_000n, spentToday: 40n, remaining: [0, 1, 2] })).toEqual({
      low: 1_260n,
      expected: 1_260n,
      high: 1_260n,
    });
  });

  it('takes each day that is left by the mean of its weekday', () => {
    // Four weeks in which weekdays 0 to 4 cost 100 and 5 and 6 cost nothing.
    const history = days(...Array.from({ length: 28 }, (_, index) => (index % 7 < 5 ? 100 : 0)));
    const forecast = forecastMonth({ history, spent: 0n, spentToday: 0n, remaining: [5, 6, 0, 1] });
    expect(forecast?.expected).toBe(200n);
  });

  it('of a day that cost more than its mean already expects no more of it', () => {
    const history = days(...new Array<number>(28).fill(100));
    const forecast = forecastMonth({ history, spent: 900n, spentToday: 500n, remaining: [0, 1] });
    expect(forecast?.expected).toBe(1_000n);
  });

  it('has a range of 1.28 standard deviations of the sum', () => {
    // Weekday 0 cost 100 and 300 in turn: mean 200, variance 13,333 of four values.
    const history = [100n, 300n, 100n, 300n].map((cost) => ({ weekday: 0, cost }));
    const forecast = forecastMonth({ history, spent: 50n, spentToday: 0n, remaining: [0, 0, 0] });
    // √(3 × 13,333) = 199, × 1.28 = 254
    expect(forecast).toEqual({ low: 396n, expected: 650n, high: 904n });
  });

  it('is never below what was spent', () => {
    const history = [1n, 1n, 100_000n, 1n].map((cost) => ({ weekday: 0, cost }));
    const forecast = forecastMonth({ history, spent: 70n, spentToday: 0n, remaining: [0] });
    expect(forecast?.low).toBe(70n);
  });

  it('takes all days for a weekday that was not seen', () => {
    const history = days(10, 20, 30);
    const forecast = forecastMonth({ history, spent: 0n, spentToday: 0n, remaining: [6] });
    expect(forecast?.expected).toBe(20n);
  });
});

describe('A square root', () => {
  it('is the whole part of the exact one', () => {
    for (let value = 0n; value < 3_000n; value += 1n) {
      const root = squareRoot(value);
      expect(root * root <= value && (root + 1n) * (root + 1n) > value).toBe(true);
    }
    expect(squareRoot(10n ** 60n)).toBe(10n ** 30n);
    expect(squareRoot(10n ** 60n - 1n)).toBe(10n ** 30n - 1n);
  });
});
