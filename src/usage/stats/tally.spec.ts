import { ROLLUP_COUNTS } from '../rollup/rollup';
import { Tally } from './tally';

const counts = (value: number): number[] => ROLLUP_COUNTS.map((_, index) => value * (index + 1));

describe('A tally', () => {
  it('is empty until an attempt is counted', () => {
    const tally = new Tally();
    expect([tally.isEmpty, tally.cost, tally.histogram.size]).toEqual([true, 0n, 0]);
    tally.add(counts(1), 0n, new Map());
    expect(tally.isEmpty).toBe(false);
  });

  it('sums counts by their name, money beyond 64 bits, and histograms', () => {
    const tally = new Tally();
    const most = 2n ** 63n;
    tally.add(counts(1), most, new Map([[3, 1]]), 7n);
    tally.add(
      counts(2),
      most + 1n,
      new Map([
        [3, 4],
        [5, 1],
      ]),
    );
    expect(tally.counts).toEqual(
      Object.fromEntries(ROLLUP_COUNTS.map((name, index) => [name, 3 * (index + 1)])),
    );
    expect(tally.cost).toBe(2n ** 64n + 1n);
    expect(tally.listCost).toBe(most + 8n);
    expect([...tally.histogram]).toEqual([
      [3, 5],
      [5, 1],
    ]);
  });
});
