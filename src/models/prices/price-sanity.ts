import { parseDecimal } from '../../common/money';
import { type FieldError } from '../../common/problem';
import {
  findUnitPrice,
  PER_MILLION_DECIMALS,
  PER_UNIT_DECIMALS,
  type PriceRow,
} from '../../providers/contract/price';
import { type UsageClass } from '../../providers/contract/usage';

const FACTOR = 10n;
/** Prices per million tokens and per token differ by this. */
const MILLION = 1_000_000n;
/** Micro-dollars per million tokens: no vendor is so cheap, but every price per token is. */
const IMPLAUSIBLE = 100n;

const FIELDS = [
  ['pricesPerMillion', PER_MILLION_DECIMALS],
  ['unitPrices', PER_UNIT_DECIMALS],
] as const;

/**
 * What of a new row is probably a slip: a price ten or more times off the one that held before, or so low
 * that it was meant per token. It is accepted all the same; a person has to look at it.
 * @param predecessor the row that priced the same before, null for none
 */
export function findSuspiciousPrices(row: PriceRow, predecessor: PriceRow | null): FieldError[] {
  const warnings: FieldError[] = [];
  for (const [field, decimals] of FIELDS) {
    for (const [name, price] of Object.entries(row[field])) {
      const before = predecessor ? findUnitPrice(predecessor, name as UsageClass) : null;
      const message =
        before === null
          ? describeImplausible(price, decimals)
          : describeLeap(price, before, decimals, field === 'pricesPerMillion');
      if (message !== null) warnings.push({ field: `${field}.${name}`, message });
    }
  }
  return warnings;
}

function describeLeap(price: string, before: string, decimals: number, perMillion: boolean): string | null {
  const now = parseDecimal(price, decimals);
  const then = parseDecimal(before, decimals);
  if (now === then) return null;
  if (now === 0n) return `is 0, and was ${before} before. Check that it costs nothing now`;
  if (then === 0n) return `is ${price}, and was 0 before. Check that it is not free any more`;
  const [high, low, direction] = now > then ? [now, then, 'more'] : [then, now, 'less'];
  if (high < low * FACTOR) return null;
  const slip = perMillion && high / low >= MILLION / FACTOR;
  const hint = slip
    ? 'Prices are dollars per million tokens, not per token'
    : 'Check that it is no slip of the decimal point';
  return `is ${high / low} times ${direction} than the ${before} before. ${hint}`;
}

function describeImplausible(price: string, decimals: number): string | null {
  if (decimals !== PER_MILLION_DECIMALS) return null;
  const value = parseDecimal(price, decimals);
  if (value === 0n || value >= IMPLAUSIBLE) return null;
  return 'is very little. Prices are dollars per million tokens, not per token';
}
