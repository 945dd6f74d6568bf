import { parseDecimal } from '../../common/money';
import { PER_MILLION_DECIMALS, PER_UNIT_DECIMALS, type PriceRow } from '../../providers/contract/price';
import { TOKEN_CLASSES, UNIT_CLASSES } from '../../providers/contract/usage';
import shippedBook from './price-book.json';
import { keyOfPrice } from './recorded-price';

export interface PriceBook {
  /** The day the shipped prices were last revised, YYYY-MM-DD. */
  readonly version: string;
  readonly rows: readonly PriceRow[];
}

/** A price book that cannot be used; each problem names its row. */
export class PriceBookError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The price book has ${problems.length} problem(s): ${problems.slice(0, 5).join('; ')}`);
    this.name = 'PriceBookError';
  }
}

/** The prices that come with this version of the project. @throws PriceBookError */
export function loadPriceBook(): PriceBook {
  return parsePriceBook(shippedBook);
}

/**
 * Reads a book from JSON: `{ version, rows }`. Dates are UTC days; `validFrom` and `validTo` are half-open at
 * their midnight, since no vendor publishes the hour, and a promise holds until the end of its last day.
 * @throws PriceBookError
 */
export function parsePriceBook(json: unknown): PriceBook {
  const book = asRecord(json);
  const entries: unknown[] = Array.isArray(book.rows) ? book.rows : [];
  const problems: string[] = [];
  const rows: PriceRow[] = [];
  if (typeof book.version !== 'string' || !isDay(book.version)) problems.push('version is not YYYY-MM-DD');
  if (entries.length === 0) problems.push('there are no rows');
  for (const [index, entry] of entries.entries()) {
    const row = toRow(asRecord(entry), `row ${index}`, problems);
    if (row) rows.push(row);
  }
  problems.push(...findPriceRowProblems(rows));
  if (problems.length > 0) throw new PriceBookError(problems);
  return { version: String(book.version), rows };
}

/** What is wrong with rows on their own and with each other, one sentence each. */
export function findPriceRowProblems(rows: readonly PriceRow[]): string[] {
  const problems: string[] = [];
  const ids = new Set<string>();
  const siblings = new Map<string, PriceRow[]>();
  for (const row of rows) {
    if (ids.has(row.id)) problems.push(`${row.id}: the id is used twice`);
    ids.add(row.id);
    problems.push(...findRowProblems(row).map((problem) => `${row.id}: ${problem}`));
    const key = keyOfPrice(row);
    siblings.set(key, [...(siblings.get(key) ?? []), row]);
  }
  for (const group of siblings.values()) problems.push(...findOverlaps(group));
  return problems;
}

function findOverlaps(group: readonly PriceRow[]): string[] {
  const sorted = [...group].sort((left, right) => left.validFrom - right.validFrom);
  return sorted.flatMap((row, index) => {
    const next = sorted[index + 1];
    const overlaps = next && (row.validTo === null || row.validTo > next.validFrom);
    return overlaps ? [`${row.id}: overlaps with ${next.id}`] : [];
  });
}

const CLASSES: readonly (readonly [field: 'pricesPerMillion' | 'unitPrices', readonly string[], number])[] = [
  ['pricesPerMillion', TOKEN_CLASSES, PER_MILLION_DECIMALS],
  ['unitPrices', UNIT_CLASSES, PER_UNIT_DECIMALS],
];

function findRowProblems(row: PriceRow): string[] {
  const problems: string[] = [];
  if (row.validTo !== null && row.validTo <= row.validFrom) problems.push('ends before it starts');
  if (row.source === '') problems.push('has no source');
  if (!Number.isSafeInteger(row.aboveContextTokens) || row.aboveContextTokens < 0) {
    problems.push('aboveContextTokens is no count of tokens');
  }
  for (const [field, known, decimals] of CLASSES) {
    for (const [name, price] of Object.entries(row[field])) {
      if (!known.includes(name)) problems.push(`${field}.${name} is no class of usage`);
      else if (!isPrice(price, decimals)) {
        problems.push(`${field}.${name} "${price}" is no plain decimal with at most ${decimals} decimals`);
      }
    }
  }
  return problems;
}

function isPrice(text: string, decimals: number): boolean {
  try {
    return parseDecimal(text, decimals) >= 0n;
  } catch {
    return false;
  }
}

function toRow(entry: Record<string, unknown>, place: string, problems: string[]): PriceRow | null {
  const id = entry.id;
  const { vendor, vendorModel, servedTier, source } = entry;
  const texts = { id, vendor, vendorModel, servedTier, source };
  for (const [name, value] of Object.entries(texts)) {
    if (typeof value === 'string' && value !== '') continue;
    problems.push(`${typeof id === 'string' ? id : place}: ${name} is missing`);
    return null;
  }
  const named = String(id);
  return {
    id: named,
    teamId: null,
    vendor: String(vendor),
    vendorModel: String(vendorModel),
    surface: typeof entry.surface === 'string' ? entry.surface : null,
    servedTier: String(servedTier),
    regionClass: typeof entry.regionClass === 'string' ? entry.regionClass : null,
    aboveContextTokens: typeof entry.aboveContextTokens === 'number' ? entry.aboveContextTokens : 0,
    validFrom: toTime(entry.validFrom, 'start', named, problems) ?? 0,
    validTo: toTime(entry.validTo, 'start', named, problems),
    guaranteedUntil: toTime(entry.guaranteedUntil, 'end', named, problems),
    pricesPerMillion: toPrices(entry.pricesPerMillion, named, problems),
    unitPrices: toPrices(entry.unitPrices ?? {}, named, problems),
    source: String(source),
    checkedOn: typeof entry.checkedOn === 'string' && isDay(entry.checkedOn) ? entry.checkedOn : null,
  };
}

function toPrices(value: unknown, id: string, problems: string[]): Record<string, string> {
  const prices: Record<string, string> = {};
  if (typeof value !== 'object' || value === null) problems.push(`${id}: prices are missing`);
  for (const [name, price] of Object.entries(asRecord(value))) {
    if (typeof price === 'string') prices[name] = price;
    else problems.push(`${id}: ${name} is no decimal in quotes`);
  }
  return prices;
}

const DAY_MS = 86_400_000;

function toTime(value: unknown, edge: 'start' | 'end', id: string, problems: string[]): number | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string' || !isDay(value)) {
    problems.push(`${id}: "${JSON.stringify(value)}" is not YYYY-MM-DD`);
    return null;
  }
  return Date.parse(value) + (edge === 'end' ? DAY_MS - 1 : 0);
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** Rows whose promise ended or that nobody checked for `maxAgeMs`: a person has to look at them again. */
export function listRowsToReview<T extends PriceRow>(rows: readonly T[], at: number, maxAgeMs: number): T[] {
  return rows.filter((row) => {
    if (row.validTo !== null && row.validTo <= at) return false;
    if (row.guaranteedUntil !== null && row.guaranteedUntil < at) return true;
    return row.checkedOn === null || at - Date.parse(row.checkedOn) > maxAgeMs;
  });
}
