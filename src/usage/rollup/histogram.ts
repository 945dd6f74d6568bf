/**
 * A mergeable histogram of durations: logarithmic bins, so that any percentile read from it is
 * within 2 % of the true one, however many histograms were merged.
 */
const RELATIVE_ERROR = 0.02;
const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LOG_GAMMA = Math.log(GAMMA);

/** The bin of a duration in milliseconds; durations of at most one millisecond share bin 0. */
export function binOf(milliseconds: number): number {
  return milliseconds <= 1 ? 0 : Math.ceil(Math.log(milliseconds) / LOG_GAMMA);
}

/** The duration in milliseconds that stands for a bin: nowhere in it more than 2 % off. */
export function valueOfBin(bin: number): number {
  return bin === 0 ? 1 : (2 * GAMMA ** bin) / (GAMMA + 1);
}

export type Histogram = Map<number, number>;

export function addToHistogram(histogram: Histogram, bin: number, count: number): void {
  histogram.set(bin, (histogram.get(bin) ?? 0) + count);
}

export function mergeHistogram(into: Histogram, other: Histogram): void {
  for (const [bin, count] of other) addToHistogram(into, bin, count);
}

/** `bin:count,…` in the order of bins. */
export function serialiseHistogram(histogram: Histogram): string {
  return [...histogram]
    .sort(([a], [b]) => a - b)
    .map(([bin, count]) => `${bin}:${count}`)
    .join(',');
}

export function parseHistogram(text: string): Histogram {
  const histogram: Histogram = new Map();
  if (text === '') return histogram;
  for (const part of text.split(',')) {
    const colon = part.indexOf(':');
    addToHistogram(histogram, Number(part.slice(0, colon)), Number(part.slice(colon + 1)));
  }
  return histogram;
}

/** The nearest-rank percentile (0 < p ≤ 100) in milliseconds, null for an empty histogram. */
export function percentileOf(histogram: Histogram, p: number): number | null {
  let total = 0;
  for (const count of histogram.values()) total += count;
  if (total === 0) return null;
  let rank = Math.ceil((p / 100) * total);
  for (const [bin, count] of [...histogram].sort(([a], [b]) => a - b)) {
    rank -= count;
    if (rank <= 0) return Math.round(valueOfBin(bin) * 100) / 100;
  }
  return null;
}
