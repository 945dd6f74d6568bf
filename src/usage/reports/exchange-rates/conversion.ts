import { divideHalfEven, parseDecimal, type PicoDollars } from '../../../common/money';

const RATE_DIGITS = 12;
const RATE_UNIT = 10n ** BigInt(RATE_DIGITS);
const LARGEST_RATE = 1_000_000_000n * RATE_UNIT;

/**
 * A rate's text as an integer of 10⁻¹².
 * @throws RangeError when it is no plain decimal, has more than twelve decimals, or is too large
 */
export function readRate(text: string): bigint {
  const rate = parseDecimal(text, RATE_DIGITS);
  if (rate >= LARGEST_RATE) throw new RangeError(`"${text}" is too large for a rate.`);
  return rate;
}

/**
 * An amount in another currency, in 10⁻¹² of its unit: exact but for one rounding, half to even, at the
 * twelfth decimal. Convert sums, and do not sum what was converted.
 * @param rate units of the currency for one dollar, as `readRate` gives it
 */
export function convert(amount: PicoDollars, rate: bigint): bigint {
  return divideHalfEven(amount * rate, RATE_UNIT);
}

/** Whether a text is a day of the calendar, YYYY-MM-DD. */
export function isCalendarDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = Date.parse(`${text}T00:00:00Z`);
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(text);
}

export interface DatedRate {
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly rate: string;
  readonly source: string;
}

/**
 * The rate for a day: the newest one not after it.
 * @param rates by date, the newest first; of one date, the one to use first
 */
export function rateFor(rates: readonly DatedRate[], day: string): DatedRate | undefined {
  return rates.find(({ date }) => date <= day);
}
