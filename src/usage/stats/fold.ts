import { type UsageRow } from './stats.reader';
import { Tally } from './tally';
import { type TimeBucket } from './time-buckets';

/** The sums of some rows. */
export function tally(rows: readonly UsageRow[]): Tally {
  const total = new Tally();
  for (const row of rows) total.add(row.counts, row.cost, row.histogram, row.listCost);
  return total;
}

/** Rows by a key, in the order in which the keys come. */
export function groupBy<K>(rows: readonly UsageRow[], keyOf: (row: UsageRow) => K): Map<K, UsageRow[]> {
  const groups = new Map<K, UsageRow[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const members = groups.get(key);
    if (members) members.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

/** The bucket that a moment is in: buckets are sorted and leave no gap. */
export function indexOfBucket(buckets: readonly TimeBucket[], at: number): number {
  let low = 0;
  let high = buckets.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((buckets[middle]?.start ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}
