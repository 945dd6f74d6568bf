import { type PicoDollars } from '../../common/money';
import { findUnitPrice, priceCount, type PriceRow } from './price';
import { choosePriceRow } from './price-choice';
import { type TokenClass } from './usage';

/** The rows that may price a call, by how long its prompt is. */
export interface RateStep {
  /** The step holds for prompts of more tokens than this, and at most of `upTo`. */
  readonly above: number;
  readonly upTo: number;
  /** One for each tier and region in which the call may be served; null where there is no price. */
  readonly rows: readonly (PriceRow | null)[];
}

export interface StepsQuery {
  readonly vendorModel: string;
  readonly surface: string;
  readonly servedTiers: readonly string[];
  readonly regions: readonly (string | null)[];
  /** When the call starts, UTC milliseconds. */
  readonly at: number;
}

interface Kept {
  readonly from: number;
  readonly until: number;
  readonly steps: readonly RateStep[];
}

/** Rows are the same list from call to call until the book changes; then what was made of them goes, too. */
const kept = new WeakMap<readonly PriceRow[], Map<string, Kept>>();
/** Different calls of one model that are remembered. */
const MAX_KEPT = 256;

/** The steps of context tiers, in rising order; the first begins at 0. Made once for a list of rows and kept. */
export function listRateSteps(rows: readonly PriceRow[], query: StepsQuery): readonly RateStep[] {
  let byCall = kept.get(rows);
  if (!byCall) kept.set(rows, (byCall = new Map<string, Kept>()));
  const key = `${query.vendorModel}\n${query.surface}\n${query.servedTiers.join()}\n${query.regions.join()}`;
  const known = byCall.get(key);
  if (known && known.from <= query.at && query.at < known.until) return known.steps;
  const made = { ...findSpan(rows, query.at), steps: makeSteps(rows, query) };
  if (byCall.size >= MAX_KEPT) byCall.clear();
  byCall.set(key, made);
  return made.steps;
}

/** Around a moment, the time in which no row begins or ends. */
function findSpan(rows: readonly PriceRow[], at: number): { from: number; until: number } {
  let from = -Infinity;
  let until = Infinity;
  for (const { validFrom, validTo } of rows) {
    for (const edge of [validFrom, validTo ?? Infinity]) {
      if (edge <= at) from = Math.max(from, edge);
      else until = Math.min(until, edge);
    }
  }
  return { from, until };
}

function makeSteps(rows: readonly PriceRow[], query: StepsQuery): RateStep[] {
  const { vendorModel, surface, at } = query;
  const borders = [...new Set([0, ...rows.map((row) => row.aboveContextTokens)])].sort((a, b) => a - b);
  return borders.map((above, index) => ({
    above,
    upTo: borders[index + 1] ?? Infinity,
    rows: query.servedTiers.flatMap((servedTier) =>
      query.regions.map((region) =>
        choosePriceRow(rows, { vendorModel, surface, servedTier, region, promptTotal: above + 1, at }),
      ),
    ),
  }));
}

const rates = new WeakMap<PriceRow, Map<readonly TokenClass[], PicoDollars | null>>();
/** Lists of classes are constants of a vendor's rules. */
const MAX_LISTS = 64;

/** The dearest price of a token among classes, in pico-dollars; null when none of them has a price. */
export function dearestRate(row: PriceRow, classes: readonly TokenClass[]): PicoDollars | null {
  let byClasses = rates.get(row);
  if (!byClasses) rates.set(row, (byClasses = new Map<readonly TokenClass[], PicoDollars | null>()));
  const known = byClasses.get(classes);
  if (known !== undefined) return known;
  const found = listRates(row, classes).reduce<PicoDollars | null>(
    (most, rate) => (most === null || rate > most ? rate : most),
    null,
  );
  if (byClasses.size >= MAX_LISTS) byClasses.clear();
  byClasses.set(classes, found);
  return found;
}

/** The prices of a token of each class that has one, in pico-dollars. */
export function listRates(row: PriceRow, classes: readonly TokenClass[]): PicoDollars[] {
  return classes.flatMap((name) => {
    const price = findUnitPrice(row, name);
    return price === null ? [] : [priceCount(name, 1, price)];
  });
}
