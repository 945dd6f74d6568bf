import { type Metered } from '../providers/contract/usage';
import { VENDOR_ERROR_KINDS, VendorError, type VendorErrorKind } from '../providers/contract/vendor-error';
import { isUnbilled, retryDelay } from './retry-policy';

const RETRYABLE: readonly VendorErrorKind[] = [
  'rate_limited',
  'overloaded',
  'vendor_error',
  'timeout',
  'unreachable',
  'cut',
  'stalled',
  'bad_response',
];
const PERHAPS_BILLED: readonly VendorErrorKind[] = [
  'studio_error',
  'timeout',
  'cut',
  'stalled',
  'bad_response',
  'aborted',
];

const most = (): number => 1;
const least = (): number => 0;
const error = (kind: VendorErrorKind, retryAfterMs: number | null = null): VendorError =>
  new VendorError(kind, 'x', { retryAfterMs });

describe('Another attempt', () => {
  it.each(VENDOR_ERROR_KINDS)('after %s is made only where it may succeed', (kind) => {
    expect(retryDelay(error(kind), 1, 3, most) !== null).toBe(RETRYABLE.includes(kind));
  });

  it.each<[attempt: number, retries: number, made: boolean]>([
    [1, 0, false],
    [1, 1, true],
    [2, 1, false],
    [3, 3, true],
    [4, 3, false],
  ])('after attempt %i with %i retries is made: %s', (attempt, retries, made) => {
    expect(retryDelay(error('overloaded'), attempt, retries, most) !== null).toBe(made);
    expect(retryDelay(error('rate_limited', 100), attempt, retries) !== null).toBe(made);
  });

  it.each([
    [1, 125, 250],
    [2, 250, 500],
    [3, 500, 1_000],
    [6, 4_000, 8_000],
    [7, 4_000, 8_000],
    [60, 4_000, 8_000],
  ])('number %i is made after a random pause of %i to %i ms', (attempt, shortest, longest) => {
    expect(retryDelay(error('overloaded'), attempt, 100, least)).toBe(shortest);
    expect(retryDelay(error('overloaded'), attempt, 100, most)).toBe(longest);
  });

  it.each<[number, number | null]>([
    [0, 0],
    [3_000, 3_000],
    [20_000, 20_000],
    [20_001, null],
  ])('is made after the pause that the vendor asks for, %i ms, unless that is too long', (asked, delay) => {
    expect(retryDelay(error('rate_limited', asked), 1, 1)).toBe(delay);
  });

  it('is not made because a vendor names a pause', () => {
    expect(retryDelay(error('bad_key', 100), 1, 3)).toBeNull();
  });
});

describe('A failure', () => {
  it.each(VENDOR_ERROR_KINDS)('%s costs nothing only where vendors say so', (kind) => {
    expect(isUnbilled(error(kind))).toBe(!PERHAPS_BILLED.includes(kind));
  });

  it('costs what was reported as used, whatever it is', () => {
    const metered: Metered = {
      vector: { input_text: 5 },
      lines: [],
      promptTotal: 5,
      served: { tier: 'standard', region: null },
      quality: 'exact',
      flags: [],
    };
    expect(isUnbilled(new VendorError('overloaded', 'x', { metered }))).toBe(false);
  });
});
