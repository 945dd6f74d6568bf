import {
  BadGateway,
  FailedDependency,
  GatewayTimeout,
  InternalFailure,
  InvalidInput,
  type Problem,
  type ProblemOptions,
  TooManyRequests,
  Unavailable,
} from '../common/problem';
import { type VendorError, type VendorErrorKind } from './contract/vendor-error';

type Make = (detail: string, options: ProblemOptions) => Problem;

const invalid =
  (code: string): Make =>
  (detail, options) =>
    new InvalidInput(detail, { ...options, code });

/** How each failure of a vendor reaches our caller: our key was fine, so a refused key of the provider is 424. */
const PROBLEMS: Readonly<Record<VendorErrorKind, readonly [make: Make, advice: string]>> = {
  bad_key: [
    (d, o) => new FailedDependency('provider_bad_key', d, o),
    'Give the provider a valid key and verify it.',
  ],
  no_access: [
    (d, o) => new FailedDependency('provider_no_access', d, o),
    "Check the rights of the provider's key.",
  ],
  insufficient_funds: [
    (d, o) => new FailedDependency('provider_insufficient_funds', d, o),
    "Check the account's credit at the vendor.",
  ],
  rate_limited: [
    (d, o) => new TooManyRequests('provider_rate_limited', d, o),
    'Wait as Retry-After says, then try again.',
  ],
  model_not_found: [
    (d, o) => new FailedDependency('vendor_model_not_found', d, o),
    "Check the model's modelId against the provider's vendor-models.",
  ],
  context_too_long: [invalid('context_too_long'), 'Send less, or use a model with a larger context window.'],
  content_filtered: [invalid('content_filtered'), 'The vendor refused the content; change it.'],
  invalid_request: [invalid('vendor_refused_request'), 'Change the request as the message says.'],
  overloaded: [(d, o) => new BadGateway('vendor_overloaded', d, o), 'Try again in a while.'],
  vendor_error: [(d, o) => new BadGateway('vendor_error', d, o), 'Try again in a while.'],
  timeout: [(d, o) => new GatewayTimeout('vendor_timeout', d, o), 'Try again, or raise the timeout.'],
  unreachable: [
    (d, o) => new BadGateway('vendor_unreachable', d, o),
    "Check the provider's baseUrl and the network.",
  ],
  address_refused: [
    (d, o) => new FailedDependency('provider_address_refused', d, o),
    'Use a public baseUrl, or set STUDIO_ALLOW_PRIVATE_BASE_URLS=true.',
  ],
  cut: [(d, o) => new BadGateway('vendor_cut', d, o), 'Try again.'],
  stalled: [(d, o) => new GatewayTimeout('vendor_stalled', d, o), 'Try again.'],
  bad_response: [
    (d, o) => new BadGateway('vendor_bad_response', d, o),
    'Try again; check the baseUrl if it stays.',
  ],
  studio_error: [
    (d, o) => new InternalFailure('answer_not_processed', d, o),
    'Give the requestId to the operator of this server.',
  ],
  aborted: [
    (d, o) => new Unavailable('call_aborted', d, o),
    'The call was ended before the vendor answered. Try again.',
  ],
};

const ACCOUNT_FAILURES: ReadonlySet<VendorErrorKind> = new Set([
  'bad_key',
  'no_access',
  'insufficient_funds',
]);

/** Whether the vendor refused the provider's account, and not what the caller asked. */
export function isAccountFailure({ kind }: VendorError): boolean {
  return ACCOUNT_FAILURES.has(kind);
}

const DEFAULT_RETRY_SECONDS = 1;

/** A vendor's failure as the problem that our caller is told. */
export function toVendorProblem(error: VendorError, providerName: string): Problem {
  const [make, advice] = PROBLEMS[error.kind];
  const retryAfterSeconds =
    error.kind === 'rate_limited'
      ? Math.max(DEFAULT_RETRY_SECONDS, Math.ceil((error.retryAfterMs ?? 0) / 1000))
      : undefined;
  return make(`${providerName}: ${error.message} ${advice}`, {
    cause: error,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    extensions: {
      origin: error.origin,
      provider: providerName,
      vendorStatus: error.status,
      vendorCode: error.vendorCode,
    },
  });
}
