import { type Histogram, mergeHistogram } from '../rollup/histogram';
import { ROLLUP_COUNTS } from '../rollup/rollup';

type CountName = (typeof ROLLUP_COUNTS)[number];

/** Sums of usage, exact: counts, pico-dollars, and a histogram of latencies. */
export class Tally {
  readonly counts: Record<CountName, number>;
  readonly histogram: Histogram = new Map();
  cost = 0n;
  /** By the shipped list prices. */
  listCost = 0n;

  constructor() {
    this.counts = Object.fromEntries(ROLLUP_COUNTS.map((name) => [name, 0])) as Record<CountName, number>;
  }

  add(counts: readonly number[], cost: bigint, histogram: Histogram, listCost = cost): void {
    ROLLUP_COUNTS.forEach((name, index) => {
      this.counts[name] += counts[index] ?? 0;
    });
    this.cost += cost;
    this.listCost += listCost;
    mergeHistogram(this.histogram, histogram);
  }

  get isEmpty(): boolean {
    return this.counts.attempts === 0;
  }
}
