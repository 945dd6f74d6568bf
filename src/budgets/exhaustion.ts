export interface SpendingSoFar {
  /** Pico-dollars or tokens, as is `spent`. */
  readonly limit: bigint;
  readonly spent: bigint;
  /** When the spending began, UTC milliseconds, as are the others. */
  readonly from: number;
  readonly now: number;
  /** The end of the window. */
  readonly end: number;
}

/** A forecast needs some time behind it: the first minute says nothing about a month. */
const SHORTEST_MS = 60_000;

/**
 * When the limit will be reached if spending goes on at its mean pace, UTC milliseconds; `now` when it is reached
 * already, null when it will not be within the window, or nothing can be said.
 */
export function forecastExhaustion({ limit, spent, from, now, end }: SpendingSoFar): number | null {
  if (spent >= limit) return now;
  const elapsed = now - from;
  if (spent <= 0n || elapsed < SHORTEST_MS) return null;
  const at = now + Number(((limit - spent) * BigInt(Math.round(elapsed))) / spent);
  return at < end ? at : null;
}
