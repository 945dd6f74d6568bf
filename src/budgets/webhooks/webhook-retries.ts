const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The pauses between tries, as Standard Webhooks recommends them: some three days in all. */
const DELAYS_MS = [
  5_000,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** Milliseconds until the next try after so many; null when there is none. */
export function delayAfter(attempts: number): number | null {
  return DELAYS_MS[attempts - 1] ?? null;
}
