import { type Metered } from './usage';

/** What can go wrong at a vendor, in one taxonomy for all of them. */
export const VENDOR_ERROR_KINDS = [
  'bad_key',
  'no_access',
  'insufficient_funds',
  'rate_limited',
  'model_not_found',
  'context_too_long',
  'content_filtered',
  'invalid_request',
  'overloaded',
  'vendor_error',
  'timeout',
  'unreachable',
  'address_refused',
  'cut',
  'stalled',
  'bad_response',
  'aborted',
  'studio_error',
] as const;
export type VendorErrorKind = (typeof VENDOR_ERROR_KINDS)[number];

/** Who caused it: the client's request, this server's configuration, the vendor, or the network between. */
export type ErrorOrigin = 'client' | 'studio' | 'vendor' | 'network';

const ORIGINS: Readonly<Record<VendorErrorKind, ErrorOrigin>> = {
  bad_key: 'studio',
  no_access: 'studio',
  insufficient_funds: 'studio',
  rate_limited: 'vendor',
  model_not_found: 'studio',
  context_too_long: 'client',
  content_filtered: 'client',
  invalid_request: 'client',
  overloaded: 'vendor',
  vendor_error: 'vendor',
  timeout: 'vendor',
  unreachable: 'network',
  address_refused: 'studio',
  cut: 'network',
  stalled: 'vendor',
  bad_response: 'vendor',
  aborted: 'client',
  studio_error: 'studio',
};

export interface VendorErrorDetails {
  /** The vendor's HTTP status, null when there was no answer. */
  readonly status?: number | null;
  /** How long the vendor asks to wait, in milliseconds. */
  readonly retryAfterMs?: number | null;
  /** The vendor's own error code or type. */
  readonly vendorCode?: string | null;
  readonly vendorRequestId?: string | null;
  /** What the vendor reported of its usage before it failed; null when nothing. */
  readonly metered?: Metered | null;
  readonly rawUsage?: unknown;
  /** The field of the request that is wrong, as the contract names it: `parameters.topK`, `messages[2].content`. */
  readonly field?: string | null;
  readonly cause?: unknown;
}

/** A vendor's failure. The message is the vendor's own where it sent one, with every secret taken out. */
export class VendorError extends Error {
  override readonly name = 'VendorError';
  readonly origin: ErrorOrigin;
  readonly status: number | null;
  readonly retryAfterMs: number | null;
  readonly vendorCode: string | null;
  readonly vendorRequestId: string | null;
  readonly metered: Metered | null;
  readonly rawUsage: unknown;
  readonly field: string | null;

  constructor(
    readonly kind: VendorErrorKind,
    message: string,
    details: VendorErrorDetails = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.origin = ORIGINS[kind];
    this.status = details.status ?? null;
    this.retryAfterMs = details.retryAfterMs ?? null;
    this.vendorCode = details.vendorCode ?? null;
    this.vendorRequestId = details.vendorRequestId ?? null;
    this.metered = details.metered ?? null;
    this.rawUsage = details.rawUsage ?? null;
    this.field = details.field ?? null;
  }

  /** A request that the vendor has no way to express: `field` is the contract's name, the message names the vendor. */
  static unsupported(field: string, message: string): VendorError {
    return new VendorError('invalid_request', `${field}: ${message}`, { field });
  }

  /** The same failure with what is known beside it; what it has already stays. */
  withDetails(details: VendorErrorDetails): VendorError {
    const extended = new VendorError(this.kind, this.message, {
      status: this.status ?? details.status,
      retryAfterMs: this.retryAfterMs ?? details.retryAfterMs,
      vendorCode: this.vendorCode ?? details.vendorCode,
      vendorRequestId: this.vendorRequestId ?? details.vendorRequestId,
      metered: this.metered ?? details.metered,
      rawUsage: this.rawUsage ?? details.rawUsage,
      field: this.field ?? details.field,
      cause: this.cause ?? details.cause,
    });
    extended.stack = this.stack;
    return extended;
  }
}
