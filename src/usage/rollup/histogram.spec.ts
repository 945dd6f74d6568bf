import {
  addToHistogram,
  binOf,
  type Histogram,
  mergeHistogram,
  parseHistogram,
  percentileOf,
  serialiseHistogram,
  valueOfBin,
} from './histogram';

let seed = 42;
const random = (): number => {
  seed = (seed * 48_271) % 2_147_483_647;
  return seed / 2_147_483_647;
};

const DISTRIBUTIONS: readonly [string, () => number][] = [
  ['the same everywhere', () => 1 + random() * 10_000],
  ['mostly short with a long tail', () => Math.exp(random() * 12)],
  ['in two heaps', () => (random() < 0.5 ? 80 + random() * 20 : 9_000 + random() * 500)],
  ['whole milliseconds', () => 1 + Math.floor(random() * 300)],
  ['all alike', () => 777],
  ['as long as a day', () => 86_400_000 * (0.5 + random() / 2)],
];

function histogramOf(durations: readonly number[]): Histogram {
  const histogram: Histogram = new Map();
  for (const duration of durations) addToHistogram(histogram, binOf(duration), 1);
  return histogram;
}

function exactPercentile(durations: readonly number[], p: number): number {
  const sorted = [...durations].sort((a, b) => a - b);
  return sorted[Math.ceil((p / 100) * sorted.length) - 1] ?? Number.NaN;
}

/** What is shown is rounded to a hundredth of a millisecond. */
const expectWithin2Percent = (shown: number | null, exact: number): void => {
  expect(Math.abs((shown ?? Number.NaN) - exact)).toBeLessThanOrEqual(exact * 0.02 + 0.005 + 1e-9);
};

describe('A histogram of durations', () => {
  it.each(DISTRIBUTIONS)('gives percentiles within 2 %% of the exact ones: %s', (_name, draw) => {
    for (const count of [1, 2, 3, 10, 999, 5_000]) {
      const durations = Array.from({ length: count }, draw);
      const histogram = histogramOf(durations);
      for (const p of [0.1, 1, 25, 50, 75, 90, 95, 99, 99.9, 100]) {
        expectWithin2Percent(percentileOf(histogram, p), exactPercentile(durations, p));
      }
    }
  });

  it.each(DISTRIBUTIONS)('merges to the histogram of all of them: %s', (_name, draw) => {
    const parts = Array.from({ length: 7 }, (_, index) => Array.from({ length: index * 50 }, draw));
    const merged: Histogram = new Map();
    for (const part of parts) mergeHistogram(merged, parseHistogram(serialiseHistogram(histogramOf(part))));
    expect(serialiseHistogram(merged)).toBe(serialiseHistogram(histogramOf(parts.flat())));
  });

  it('leaves what it merges as it was', () => {
    const other = histogramOf([5, 5]);
    const into = histogramOf([5]);
    mergeHistogram(into, other);
    expect([into.get(binOf(5)), other.get(binOf(5))]).toEqual([3, 2]);
  });

  it('puts durations of at most a millisecond together', () => {
    expect([0, 0.5, 1].map(binOf)).toEqual([0, 0, 0]);
    expect(valueOfBin(0)).toBe(1);
    expect(binOf(1.0001)).toBeGreaterThan(0);
  });

  it('has no percentile without durations', () => {
    expect(percentileOf(new Map(), 50)).toBeNull();
    expect(percentileOf(parseHistogram(''), 50)).toBeNull();
  });

  it.each(['', '0:1', '0:3,5:1,200:123456789'])('is written and read as %j', (text) => {
    expect(serialiseHistogram(parseHistogram(text))).toBe(text);
  });

  it('is written in the order of bins, whatever came first', () => {
    expect(
      serialiseHistogram(
        new Map([
          [7, 1],
          [0, 2],
          [30, 3],
        ]),
      ),
    ).toBe('0:2,7:1,30:3');
  });
});
