import { type PicoDollars } from '../../common/money';

/** What one whole local day cost; the days of a series follow each other without a gap. */
export interface SeriesDay {
  /** YYYY-MM-DD. */
  readonly date: string;
  /** 0 to 6. */
  readonly weekday: number;
  readonly cost: PicoDollars;
}

export interface Anomaly {
  readonly date: string;
  readonly direction: 'above' | 'below';
  readonly cost: PicoDollars;
  /** The median of the same weekdays before. */
  readonly expected: PicoDollars;
  /** The median of their distances from it. */
  readonly deviation: PicoDollars;
}

const WEEKS = 8;
/** Fewer same weekdays say too little. */
const MIN_SAMPLES = 4;
/** Four standard deviations; of a normal distribution one is 1.4826 median distances. In ten-thousandths. */
const LIMIT_TENTHOUSANDTHS = 4n * 14_826n;

/**
 * The days that are far from the same weekdays of the eight weeks before: by more than four robust standard
 * deviations (1.4826 times the median distance from the median, which one odd day does not move), by more
 * than a quarter of the median, and by at least a minimum amount.
 * @param days in their order; days before the first use are left out, they say nothing
 */
export function findAnomalies(days: readonly SeriesDay[], minimum: PicoDollars): Anomaly[] {
  return days.flatMap((day, index) => {
    const before = days
      .slice(Math.max(0, index - WEEKS * 7), index)
      .filter(({ weekday }) => weekday === day.weekday)
      .map(({ cost }) => cost);
    if (before.length < MIN_SAMPLES) return [];
    const expected = medianOf(before);
    const deviation = medianOf(before.map((cost) => distance(cost, expected)));
    const off = distance(day.cost, expected);
    const far =
      off >= minimum &&
      off > 0n &&
      off * 10_000n > deviation * LIMIT_TENTHOUSANDTHS &&
      off * 4n > distance(expected, 0n);
    if (!far) return [];
    const direction = day.cost > expected ? 'above' : 'below';
    return [{ date: day.date, direction, cost: day.cost, expected, deviation }];
  });
}

const distance = (a: bigint, b: bigint): bigint => (a > b ? a - b : b - a);

/** Of an even number of values, half way between the two in the middle. */
function medianOf(values: readonly bigint[]): bigint {
  const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0n;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0n) + upper) / 2n;
}
