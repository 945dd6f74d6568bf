import { forecastExhaustion } from './exhaustion';

const HOUR = 3_600_000;
const soFar = { limit: 100n, spent: 25n, from: 0, now: 10 * HOUR, end: 100 * HOUR };

describe('forecastExhaustion', () => {
  it('goes on at the mean pace of the window so far', () => {
    expect(forecastExhaustion(soFar)).toBe(40 * HOUR);
  });

  it.each([
    ['the limit is not reached before the window ends', { spent: 5n }, null],
    ['nothing was spent', { spent: 0n }, null],
    ['more was given back than spent', { spent: -5n }, null],
    ['the window has only just begun', { now: 1_000 }, null],
    ['it is exhausted already', { spent: 100n }, 10 * HOUR],
    ['more was spent than allowed', { spent: 140n }, 10 * HOUR],
  ])('when %s', (_case, fields, expected) => {
    expect(forecastExhaustion({ ...soFar, ...fields })).toBe(expected);
  });

  it('takes sums beyond what a double holds', () => {
    const limit = 10n ** 30n;
    expect(forecastExhaustion({ ...soFar, limit, spent: limit / 4n })).toBe(40 * HOUR);
  });
});
