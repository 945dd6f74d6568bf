import { type PicoDollars } from '../../common/money';

/** What a whole local day cost. */
export interface DayCost {
  /** 0 to 6, in any order that is the same for all days. */
  readonly weekday: number;
  readonly cost: PicoDollars;
}

export interface ForecastInput {
  /** Whole days before today, from the first day of use on: at most some weeks. */
  readonly history: readonly DayCost[];
  /** What the month has cost up to now, today's part included. */
  readonly spent: PicoDollars;
  /** What today has cost up to now. */
  readonly spentToday: PicoDollars;
  /** The weekdays of today (first) and of the days after it to the month's end. */
  readonly remaining: readonly number[];
}

export interface Forecast {
  readonly low: PicoDollars;
  readonly expected: PicoDollars;
  readonly high: PicoDollars;
}

/** Fewer whole days say too little of a week. */
const MIN_HISTORY_DAYS = 3;

/** 80 of 100 values of a normal distribution are within so many standard deviations (in hundredths). */
const RANGE_HUNDREDTHS = 128n;

interface Spread {
  readonly mean: bigint;
  /** Of single days, in squared pico-dollars. */
  readonly variance: bigint;
}

/**
 * What the month will have cost at its end. Each day that is left is expected to cost the mean of the same
 * weekdays of the last weeks (of all days, for a weekday that was not seen), and of today what is missing to
 * that mean. The range is 1.28 standard deviations of the sum, each weekday's own, as if days did not depend on
 * each other: about 80 of 100 months end within it if the coming days are like the last. What was spent is
 * spent: nothing is below it. Null while there is too little to go by.
 */
export function forecastMonth({ history, spent, spentToday, remaining }: ForecastInput): Forecast | null {
  if (history.length < MIN_HISTORY_DAYS) return null;
  const all = spreadOf(history.map(({ cost }) => cost));
  let expected = 0n;
  let variance = 0n;
  for (const [index, weekday] of remaining.entries()) {
    const same = history.filter((day) => day.weekday === weekday).map(({ cost }) => cost);
    const { mean } = same.length > 0 ? spreadOf(same) : all;
    // One day of a kind has no spread of its own.
    const day = same.length > 1 ? spreadOf(same) : all;
    expected += index === 0 ? larger(mean - spentToday, 0n) : mean;
    variance += day.variance;
  }
  const range = (squareRoot(variance) * RANGE_HUNDREDTHS) / 100n;
  return {
    low: spent + larger(expected - range, 0n),
    expected: spent + larger(expected, 0n),
    high: spent + larger(expected, 0n) + range,
  };
}

function spreadOf(costs: readonly bigint[]): Spread {
  const count = BigInt(costs.length);
  const mean = costs.reduce((total, cost) => total + cost, 0n) / count;
  const squares = costs.reduce((total, cost) => total + (cost - mean) * (cost - mean), 0n);
  return { mean, variance: count > 1n ? squares / (count - 1n) : 0n };
}

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** The whole part of a square root, by Newton's method. */
export function squareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let root = 1n << BigInt(Math.ceil(value.toString(2).length / 2));
  for (;;) {
    const next = (root + value / root) / 2n;
    if (next >= root) return root;
    root = next;
  }
}
