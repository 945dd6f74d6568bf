/**
 * Money is an integer number of pico-dollars (10⁻¹² USD) in a bigint: a price per million tokens
 * with six decimals is a whole number of them per token, so a cost is exact and sums are exact.
 * It is rounded only where it is presented.
 */
export type PicoDollars = bigint;

const PICO_DIGITS = 12;
const PICO_PER_DOLLAR = 10n ** BigInt(PICO_DIGITS);

/** The largest amount that one stored event may carry, 9,000,000 USD: it fits a signed 64-bit column. */
export const MAX_EVENT_PICO: PicoDollars = 9_000_000n * PICO_PER_DOLLAR;

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/**
 * Reads a plain decimal ("2.50") as an integer at the given scale (number of decimals kept).
 * @throws RangeError when the text is no plain decimal or has more decimals than the scale keeps.
 */
export function parseDecimal(text: string, scale: number): bigint {
  const match = DECIMAL.exec(text);
  if (!match) throw new RangeError(`"${text}" is not a plain decimal number such as "2.50".`);
  const [, sign, whole = '0', fraction = ''] = match;
  const kept = fraction.replace(/0+$/, '');
  if (kept.length > scale) throw new RangeError(`"${text}" has more than ${scale} decimals.`);
  const value = BigInt(whole) * 10n ** BigInt(scale) + BigInt(kept.padEnd(scale, '0') || '0');
  return sign ? -value : value;
}

/** Writes an integer at the given scale as a plain decimal with exactly `scale` decimals. */
export function formatDecimal(value: bigint, scale: number): string {
  const negative = value < 0n;
  const digits = (negative ? -value : value).toString().padStart(scale + 1, '0');
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return negative ? `-${text}` : text;
}

/** Dollars as a decimal text with at most twelve decimals, to pico-dollars. */
export function parseDollars(text: string): PicoDollars {
  return parseDecimal(text, PICO_DIGITS);
}

/** Pico-dollars as a decimal text of dollars with twelve decimals, the form of money in every answer. */
export function formatDollars(amount: PicoDollars): string {
  return formatDecimal(amount, PICO_DIGITS);
}

/** Integer division rounded half to even, for the few products that are not whole pico-dollars. */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  if (denominator <= 0n) throw new RangeError('The denominator must be positive.');
  const negative = numerator < 0n;
  const magnitude = negative ? -numerator : numerator;
  const quotient = magnitude / denominator;
  const twice = (magnitude % denominator) * 2n;
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  const rounded = up ? quotient + 1n : quotient;
  return negative ? -rounded : rounded;
}
