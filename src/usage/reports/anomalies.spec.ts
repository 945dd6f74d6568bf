import { findAnomalies, type SeriesDay } from './anomalies';

const series = (costs: readonly number[]): SeriesDay[] =>
  costs.map((cost, index) => ({ date: `day-${index}`, weekday: index % 7, cost: BigInt(cost) }));

/** Eight weeks of about 1,000 a day on weekdays and 100 on the others, with a little noise. */
const usual = Array.from({ length: 56 }, (_, index) => (index % 7 < 5 ? 1_000 : 100) + ((index * 37) % 50));

describe('Anomalies', () => {
  it('are none in weeks that are like the weeks before', () => {
    expect(findAnomalies(series([...usual, ...usual]), 0n)).toEqual([]);
  });

  it('are days far above the same weekdays, with what was expected', () => {
    const [found, ...others] = findAnomalies(series([...usual, 5_000]), 0n);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ date: 'day-56', direction: 'above', cost: 5_000n });
    expect(Number(found?.expected)).toBeGreaterThanOrEqual(1_000);
    expect(Number(found?.expected)).toBeLessThan(1_050);
  });

  it('are days far below too', () => {
    expect(findAnomalies(series([...usual, 0]), 0n)).toMatchObject([{ direction: 'below', cost: 0n }]);
  });

  it('compare a day with the same weekday only: a working day is odd on a Sunday', () => {
    const costs = [...usual, ...usual.slice(0, 6), 1_000];
    expect(findAnomalies(series(costs), 0n).map(({ date }) => date)).toEqual(['day-62']);
  });

  it('are at least a minimum amount away', () => {
    expect(findAnomalies(series([...usual, 5_000]), 3_900n)).toHaveLength(1);
    expect(findAnomalies(series([...usual, 5_000]), 4_100n)).toEqual([]);
  });

  it('of days that were all the same are more than a quarter away', () => {
    const same = new Array<number>(56).fill(1_000);
    expect(findAnomalies(series([...same, 1_250]), 0n)).toEqual([]);
    expect(findAnomalies(series([...same, 1_251]), 0n)).toHaveLength(1);
  });

  it('are not judged by fewer than four of the same weekdays', () => {
    expect(findAnomalies(series([...usual.slice(0, 21), 9_000]), 0n)).toEqual([]);
    expect(findAnomalies(series([...usual.slice(0, 28), 9_000]), 0n)).toHaveLength(1);
  });

  it('are not hidden by one odd day before', () => {
    const costs = [...usual];
    costs[49] = 90_000;
    const found = findAnomalies(series([...costs, 5_000]), 0n).map(({ date }) => date);
    expect(found).toEqual(['day-49', 'day-56']);
  });
});
