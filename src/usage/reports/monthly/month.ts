import { cutTime, startOfMonth, type TimeBucket } from '../../stats/time-buckets';

/** The local month of a name such as 2026-10, or undefined when the text names none. */
export function monthNamed(text: string, timezone: string): TimeBucket | undefined {
  const match = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text);
  if (!match) return undefined;
  // The middle of the month by UTC is in the month in every zone.
  const middle = Date.UTC(Number(match[1]), Number(match[2]) - 1, 15);
  if (middle < 0) return undefined;
  return { start: startOfMonth(middle, timezone), end: startOfMonth(middle, timezone, 1), label: text };
}

/** The local month that is so many months before the one that a moment is in. */
export function monthBefore(at: number, timezone: string, months: number): TimeBucket {
  const start = startOfMonth(at, timezone, -months);
  const end = startOfMonth(at, timezone, 1 - months);
  const [month] = cutTime(start, end, timezone, 'month');
  if (!month) throw new Error('A month has no length.');
  return month;
}
