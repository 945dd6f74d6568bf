import { VendorError, type VendorErrorKind } from '../contract/vendor-error';
import { type Redactor, shorten } from './redaction';

/** What a vendor said about a failure, read out of its own error shape. */
export interface VendorFailure {
  /** The HTTP status, or the status that an error inside a stream stands for; null when there is none. */
  readonly status: number | null;
  readonly message: string | null;
  /** The vendor's own words for the error, from the most to the least precise. */
  readonly codes: readonly string[];
  readonly retryAfterMs: number | null;
  readonly vendorRequestId: string | null;
}

/** A row of a vendor's error table: every given condition has to hold; the first matching row decides. */
export interface ErrorRule {
  readonly kind: VendorErrorKind;
  readonly status?: number;
  readonly code?: string;
  /** For what a vendor tells apart by its words only. */
  readonly message?: RegExp;
}

/** What a status means where no row of the vendor's own table says otherwise. */
const STATUS_RULES: readonly ErrorRule[] = [
  { status: 401, kind: 'bad_key' },
  { status: 402, kind: 'insufficient_funds' },
  { status: 403, kind: 'no_access' },
  { status: 404, kind: 'model_not_found' },
  { status: 408, kind: 'timeout' },
  { status: 413, kind: 'context_too_long' },
  { status: 429, kind: 'rate_limited' },
  { status: 503, kind: 'overloaded' },
  { status: 504, kind: 'timeout' },
  { status: 529, kind: 'overloaded' },
];

/** For an error inside a stream, which has no status of its own. */
const STATUSLESS_RULES: readonly ErrorRule[] = [
  { code: 'invalid_request_error', kind: 'invalid_request' },
  { code: 'INVALID_ARGUMENT', kind: 'invalid_request' },
];

export function classifyFailure(failure: VendorFailure, rules: readonly ErrorRule[]): VendorErrorKind {
  const known = [...rules, ...(failure.status === null ? STATUSLESS_RULES : STATUS_RULES)];
  const row = known.find((rule) => matches(rule, failure));
  if (row) return row.kind;
  const status = failure.status ?? 0;
  if (status >= 500) return 'vendor_error';
  if (status >= 400) return 'invalid_request';
  return status >= 300 ? 'bad_response' : 'vendor_error';
}

function matches(rule: ErrorRule, failure: VendorFailure): boolean {
  if (rule.status !== undefined && rule.status !== failure.status) return false;
  if (rule.code !== undefined && !failure.codes.includes(rule.code)) return false;
  return rule.message === undefined || rule.message.test(failure.message ?? '');
}

/** The error of a failure: the vendor's own message where it sent one, without secrets. */
export function toVendorError(
  failure: VendorFailure,
  rules: readonly ErrorRule[],
  redact: Redactor,
  displayName: string,
): VendorError {
  const own =
    failure.message === null ? defaultMessage(failure.status, displayName) : redact(failure.message);
  return new VendorError(classifyFailure(failure, rules), shorten(own), {
    status: failure.status,
    retryAfterMs: failure.retryAfterMs,
    vendorCode: failure.codes[0] === undefined ? null : redact(failure.codes[0]),
    vendorRequestId: failure.vendorRequestId,
  });
}

function defaultMessage(status: number | null, displayName: string): string {
  if (status !== null && status >= 300 && status < 400) {
    return `${displayName} answered with a redirect (${status}), which is not followed. Check the base URL.`;
  }
  return `${displayName} answered with status ${status ?? 'unknown'} and no message.`;
}

/**
 * How long the headers ask to wait, in milliseconds: `retry-after-ms`, then `retry-after` in seconds or
 * as a date (RFC 9110, 10.2.3). Null when they do not say.
 */
export function readRetryAfter(
  headers: Readonly<Record<string, string>>,
  now: number = Date.now(),
): number | null {
  const milliseconds = readNumber(headers['retry-after-ms']);
  if (milliseconds !== null) return Math.ceil(milliseconds);
  const text = headers['retry-after'];
  const seconds = readNumber(text);
  if (seconds !== null) return Math.ceil(seconds * 1000);
  const date = text === undefined ? NaN : Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

function readNumber(text: string | undefined): number | null {
  return text !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : null;
}
