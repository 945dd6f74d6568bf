import { divideHalfEven, parseDecimal, type PicoDollars } from '../../common/money';
import { TOKEN_CLASSES, type TokenClass, type UnitClass, type UsageClass, type UsageVector } from './usage';

/** A dated row of the price book: what one vendor model costs, served in one way, from one moment on. */
export interface PriceRow {
  readonly id: string;
  /** The team whose own price it is, or null for the shipped list price. A team's row wins. */
  readonly teamId: string | null;
  readonly vendor: string;
  /** The vendor's exact model id; a dated snapshot suffix of it also matches, a prefix never does. */
  readonly vendorModel: string;
  /** The API the row is for, or null for every API. */
  readonly surface: string | null;
  readonly servedTier: string;
  /** The region class the row is for, or null for every region without a row of its own. */
  readonly regionClass: string | null;
  /** The row holds for prompts of strictly more tokens than this; 0 is the base row and holds for all. */
  readonly aboveContextTokens: number;
  /** UTC milliseconds, half-open: from ≤ t < to. */
  readonly validFrom: number;
  readonly validTo: number | null;
  /** Until when the vendor promised the price, UTC milliseconds; past it the row wants a new look. */
  readonly guaranteedUntil: number | null;
  /** Dollars per million tokens, as plain decimals with at most six decimals. */
  readonly pricesPerMillion: Readonly<Partial<Record<TokenClass, string>>>;
  /** Dollars per unit, as plain decimals with at most twelve decimals. */
  readonly unitPrices: Readonly<Partial<Record<UnitClass, string>>>;
  /** Where the price was read, and on which day (YYYY-MM-DD). */
  readonly source: string;
  readonly checkedOn: string | null;
}

/** One class of one model, priced. */
export interface CostLine {
  readonly vendorModel: string;
  readonly priceId: string | null;
  readonly usageClass: UsageClass;
  readonly count: number;
  /** As in the price row: per million tokens, or per unit. Null when the row has none. */
  readonly unitPrice: string | null;
  readonly amount: PicoDollars | null;
}

const tokenClasses: ReadonlySet<string> = new Set(TOKEN_CLASSES);

export function isTokenClass(usageClass: UsageClass): usageClass is TokenClass {
  return tokenClasses.has(usageClass);
}

/** Decimals of a price per million tokens, and of a price per unit. */
export const PER_MILLION_DECIMALS = 6;
export const PER_UNIT_DECIMALS = 12;

/** The price that a row has for a class. Reasoning costs what output costs unless the row says otherwise. */
export function findUnitPrice(row: PriceRow, usageClass: UsageClass): string | null {
  if (!isTokenClass(usageClass)) return row.unitPrices[usageClass] ?? null;
  const own = row.pricesPerMillion[usageClass];
  if (own !== undefined) return own;
  return usageClass === 'output_reasoning' ? (row.pricesPerMillion.output_text ?? null) : null;
}

const MAX_PARSED = 10_000;
const parsedPerMillion = new Map<string, bigint>();
const parsedPerUnit = new Map<string, bigint>();

/** A price book has few different prices, and each call needs several. */
function parsePrice(text: string, decimals: number, parsed: Map<string, bigint>): bigint {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const value = parseDecimal(text, decimals);
  if (parsed.size >= MAX_PARSED) parsed.clear();
  parsed.set(text, value);
  return value;
}

/**
 * Count × price in pico-dollars, exactly. Dollars per million tokens with six decimals are whole
 * pico-dollars per token; a fractional count (seconds, token-hours) is rounded half to even.
 */
export function priceCount(usageClass: UsageClass, count: number, unitPrice: string): PicoDollars {
  const picoPerUnit = isTokenClass(usageClass)
    ? parsePrice(unitPrice, PER_MILLION_DECIMALS, parsedPerMillion)
    : parsePrice(unitPrice, PER_UNIT_DECIMALS, parsedPerUnit);
  if (Number.isSafeInteger(count)) return BigInt(count) * picoPerUnit;
  return divideHalfEven(parseDecimal(count.toFixed(9), 9) * picoPerUnit, 1_000_000_000n);
}

/** Prices every non-zero class of a vector; a class without a price gets a null amount, never zero. */
export function priceVector(row: PriceRow | null, vendorModel: string, vector: UsageVector): CostLine[] {
  const lines: CostLine[] = [];
  for (const name in vector) {
    const usageClass = name as UsageClass;
    const count = vector[usageClass] ?? 0;
    if (count === 0) continue;
    const unitPrice = row ? findUnitPrice(row, usageClass) : null;
    const amount = unitPrice === null ? null : priceCount(usageClass, count, unitPrice);
    lines.push({ vendorModel, priceId: row?.id ?? null, usageClass, count, unitPrice, amount });
  }
  return lines;
}
