import { divideHalfEven, formatDecimal, parseDecimal } from '../../common/money';
import { PER_MILLION_DECIMALS, PER_UNIT_DECIMALS, type PriceRow } from '../../providers/contract/price';
import { overlap } from './recorded-price';

/** Decimals of a percentage. */
export const PERCENT_DECIMALS = 4;
const WHOLE = 100n * 10n ** BigInt(PERCENT_DECIMALS);

export interface PercentChange {
  /** Percent of the list price at four decimals, as an integer: -125000 takes 12.5 % off. */
  readonly percent: bigint;
  /** UTC milliseconds, half-open; null is open-ended. */
  readonly validFrom: number;
  readonly validTo: number | null;
  /** Whether it is for prices per unit (searches, seconds) too, and not for tokens alone. */
  readonly units: boolean;
}

type Discounted = Pick<PriceRow, 'validFrom' | 'validTo' | 'pricesPerMillion' | 'unitPrices'>;

/**
 * What a list row costs after a negotiated change in percent, as prices of its own; null outside of its time.
 * It is computed here, once: what is billed are the prices that come out, rounded half to even to the decimals
 * that a price has.
 */
export function discountRow(row: PriceRow, change: PercentChange): Discounted | null {
  if (!overlap(row, change)) return null;
  const ends = [row.validTo, change.validTo].filter((end) => end !== null);
  return {
    validFrom: Math.max(row.validFrom, change.validFrom),
    validTo: ends.length === 0 ? null : Math.min(...ends),
    pricesPerMillion: scale(row.pricesPerMillion, change.percent, PER_MILLION_DECIMALS),
    unitPrices: change.units ? scale(row.unitPrices, change.percent, PER_UNIT_DECIMALS) : row.unitPrices,
  };
}

function scale(
  prices: Readonly<Partial<Record<string, string>>>,
  percent: bigint,
  decimals: number,
): Record<string, string> {
  const scaled: Record<string, string> = {};
  for (const [name, price] of Object.entries(prices)) {
    if (price === undefined) continue;
    const value = divideHalfEven(parseDecimal(price, decimals) * (WHOLE + percent), WHOLE);
    scaled[name] = formatDecimal(value, decimals).replace(/\.?0+$/, '');
  }
  return scaled;
}
