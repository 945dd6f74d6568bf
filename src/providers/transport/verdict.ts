import { type Validation, type Verdict } from '../contract/strategy';
import { VendorError, type VendorErrorKind } from '../contract/vendor-error';

const VERDICTS: Readonly<Partial<Record<VendorErrorKind, Verdict>>> = {
  bad_key: 'bad_key',
  no_access: 'no_access',
  insufficient_funds: 'no_access',
  rate_limited: 'rate_limited',
  overloaded: 'rate_limited',
  timeout: 'unreachable',
  unreachable: 'unreachable',
  address_refused: 'unreachable',
  cut: 'unreachable',
  stalled: 'unreachable',
  aborted: 'unreachable',
};

const ADVICE: Readonly<Record<Verdict, (vendor: string) => string>> = {
  ok: (vendor) => `${vendor} accepts the key.`,
  bad_key: (vendor) => `${vendor} does not accept the key. Enter a valid key.`,
  no_access: (vendor) =>
    `${vendor} knows the key but refuses it. Check its permissions, project and billing.`,
  rate_limited: (vendor) => `${vendor} takes no more calls for now. Try again later.`,
  unreachable: (vendor) => `${vendor} could not be reached. Check the base URL and the network.`,
  bad_response: (vendor) => `${vendor} did not answer as its API does. Check the base URL.`,
};

/** What a failure says about an account; a failure of the request alone is a `bad_response`. */
export function verdictOf(error: VendorError): Verdict {
  return VERDICTS[error.kind] ?? 'bad_response';
}

export function toValidation(verdict: Verdict, vendor: string, detail?: string): Validation {
  const advice = ADVICE[verdict](vendor);
  return { verdict, message: detail ? `${advice} (${detail})` : advice };
}

/** The verdict of a free call: it runs, or fails with a VendorError. @throws what is no VendorError */
export async function judge(vendor: string, call: () => Promise<unknown>): Promise<Validation> {
  try {
    await call();
    return toValidation('ok', vendor);
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
    return toValidation(verdictOf(error), vendor, error.message);
  }
}
