import { parseDecimal } from '../../common/money';
import { type FieldError } from '../../common/problem';
import { PER_MILLION_DECIMALS, PER_UNIT_DECIMALS, type PriceRow } from '../../providers/contract/price';
import { TOKEN_CLASSES, UNIT_CLASSES } from '../../providers/contract/usage';

type Prices = Pick<PriceRow, 'pricesPerMillion' | 'unitPrices'>;

interface Kind {
  readonly field: keyof Prices;
  readonly classes: readonly string[];
  readonly decimals: number;
  /** What the price is for, and an example of it. */
  readonly unit: string;
  readonly example: string;
}

const KINDS: readonly Kind[] = [
  {
    field: 'pricesPerMillion',
    classes: TOKEN_CLASSES,
    decimals: PER_MILLION_DECIMALS,
    unit: 'dollars per million tokens',
    example: '"2.50"',
  },
  {
    field: 'unitPrices',
    classes: UNIT_CLASSES,
    decimals: PER_UNIT_DECIMALS,
    unit: 'dollars per unit',
    example: '"0.01"',
  },
];

/** Dollars: beyond it no price is meant, and a sum would leave what the ledger holds. */
const MAX_PRICE = 1_000_000n;
const MAX_LENGTH = 40;

/** What is wrong with the prices of an input, class by class; nothing when they can be kept. */
export function findPriceErrors(input: Readonly<Record<keyof Prices, unknown>>): FieldError[] {
  const errors: FieldError[] = [];
  let count = 0;
  for (const kind of KINDS) {
    const prices = input[kind.field];
    if (prices === undefined) continue;
    if (typeof prices !== 'object' || prices === null || Array.isArray(prices)) {
      const message = `must be an object of usage classes and ${kind.unit}, such as { "${kind.classes[0]}": ${kind.example} }`;
      errors.push({ field: kind.field, message });
      continue;
    }
    for (const [name, price] of Object.entries(prices)) {
      count += 1;
      const message = kind.classes.includes(name) ? findPriceError(price, kind) : findClassError(name, kind);
      if (message !== null) errors.push({ field: `${kind.field}.${name.slice(0, 100)}`, message });
    }
  }
  if (count === 0 && errors.length === 0) {
    const message = `must have a price, such as { "input_text": "2.50", "output_text": "10" }; a price of nothing is "0"`;
    errors.push({ field: 'pricesPerMillion', message });
  }
  return errors;
}

function findClassError(name: string, kind: Kind): string {
  const other = KINDS.find((each) => each !== kind && each.classes.includes(name));
  if (other) return `belongs into ${other.field}: it is priced in ${other.unit}`;
  return `is not a class of usage; the classes are ${kind.classes.join(', ')}`;
}

function findPriceError(price: unknown, { decimals, unit, example }: Kind): string | null {
  if (typeof price === 'number') {
    return `must be a decimal in quotes, such as ${example}, not a number: a number in JSON is rounded`;
  }
  if (typeof price !== 'string' || price.length > MAX_LENGTH || !/^-?\d+(\.\d+)?$/.test(price)) {
    return `must be a plain decimal in quotes: ${unit}, such as ${example}`;
  }
  if (price.startsWith('-')) return 'must not be negative';
  try {
    if (parseDecimal(price, decimals) > MAX_PRICE * 10n ** BigInt(decimals)) {
      return `must be at most ${MAX_PRICE} ${unit}`;
    }
    return null;
  } catch {
    return `must have at most ${decimals} decimals; prices are ${unit}`;
  }
}
