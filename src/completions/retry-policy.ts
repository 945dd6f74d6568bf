import { type VendorError, type VendorErrorKind } from '../providers/contract/vendor-error';

interface Treatment {
  /** Whether the same request may succeed at the same vendor a moment later. */
  readonly retryable: boolean;
  /** Whether the vendor charges nothing for such a failure, as far as it is documented (cost.md 1.6). */
  readonly unbilled: boolean;
}

/** One table for every route: what a failure means for another attempt, and for the bill. */
const TREATMENTS: Readonly<Record<VendorErrorKind, Treatment>> = {
  bad_key: { retryable: false, unbilled: true },
  no_access: { retryable: false, unbilled: true },
  insufficient_funds: { retryable: false, unbilled: true },
  rate_limited: { retryable: true, unbilled: true },
  model_not_found: { retryable: false, unbilled: true },
  context_too_long: { retryable: false, unbilled: true },
  content_filtered: { retryable: false, unbilled: true },
  invalid_request: { retryable: false, unbilled: true },
  overloaded: { retryable: true, unbilled: true },
  vendor_error: { retryable: true, unbilled: true },
  timeout: { retryable: true, unbilled: false },
  unreachable: { retryable: true, unbilled: true },
  address_refused: { retryable: false, unbilled: true },
  cut: { retryable: true, unbilled: false },
  stalled: { retryable: true, unbilled: false },
  bad_response: { retryable: true, unbilled: false },
  aborted: { retryable: false, unbilled: false },
  studio_error: { retryable: false, unbilled: false },
};

const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 8_000;
/** A vendor that asks for a longer pause than this gets no retry: the caller decides. */
const LONGEST_ASKED_DELAY_MS = 20_000;

/** Milliseconds to wait before the next attempt, or null when there is to be none. */
export function retryDelay(
  error: VendorError,
  attempt: number,
  maxRetries: number,
  random = Math.random,
): number | null {
  if (attempt > maxRetries || !TREATMENTS[error.kind].retryable) return null;
  if (error.retryAfterMs !== null)
    return error.retryAfterMs <= LONGEST_ASKED_DELAY_MS ? error.retryAfterMs : null;
  const delay = Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), MAX_DELAY_MS);
  return Math.round(delay * (0.5 + random() / 2));
}

/** Whether a failure costs nothing: the vendor says so for its kind, and nothing was reported as used. */
export function isUnbilled(error: VendorError): boolean {
  return error.metered === null && TREATMENTS[error.kind].unbilled;
}
