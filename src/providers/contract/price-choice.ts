import { type PriceRow } from './price';

/**
 * A price is chosen by the exact model id, or by the id without the date of its snapshot; never by a prefix,
 * which takes claude-sonnet-5-5 for claude-sonnet-5.
 */

const DATE_SUFFIXES = [/-(\d{4})-(\d{2})-(\d{2})$/, /[-@](\d{4})(\d{2})(\d{2})$/];

/**
 * The ids under which a vendor's model may be listed, the most exact first: as given, and without its date
 * (`-YYYY-MM-DD` of OpenAI, `-YYYYMMDD` of Anthropic, `@YYYYMMDD` of Vertex AI). Google's `models/` is left
 * out, and a fine-tune `ft:<base>:<organisation>:…` is listed as `ft:<base>`.
 */
export function listModelIds(vendorModel: string): readonly string[] {
  const known = listed.get(vendorModel);
  if (known) return known;
  const ids = deriveModelIds(vendorModel);
  if (listed.size >= MAX_LISTED) listed.clear();
  listed.set(vendorModel, ids);
  return ids;
}

const MAX_LISTED = 5_000;
const listed = new Map<string, readonly string[]>();

function deriveModelIds(vendorModel: string): readonly string[] {
  const plain = vendorModel.startsWith('models/') ? vendorModel.slice('models/'.length) : vendorModel;
  const tuned = /^ft:[^:]+/.exec(plain)?.[0];
  const ids = new Set([plain, plain.replace(/@(\d{8})$/, '-$1')]);
  if (tuned) ids.add(tuned);
  for (const id of [...ids]) {
    const undated = stripDate(id);
    if (undated) ids.add(undated);
  }
  return [...ids];
}

function stripDate(id: string): string | null {
  for (const suffix of DATE_SUFFIXES) {
    const match = suffix.exec(id);
    if (!match) continue;
    const [text, year, month, day] = match;
    if (Number(year) < 2000 || Number(month) < 1 || Number(month) > 12) continue;
    if (Number(day) < 1 || Number(day) > 31) continue;
    return id.slice(0, -text.length);
  }
  return null;
}

export interface PriceQuery {
  readonly vendorModel: string;
  /** The API called, such as `responses`. */
  readonly surface: string;
  readonly servedTier: string;
  readonly region: string | null;
  /** All input tokens, cached and written ones included. */
  readonly promptTotal: number;
  /** When the call started, UTC milliseconds. */
  readonly at: number;
}

/**
 * The row that prices a call, or null: an unknown model, tier or time has no price, and none is guessed.
 * In this order a row wins: 1. of the team, 2. for the more exact id, 3. for the API, 4. for the region,
 * 5. for the higher context tier (for prompts of strictly more tokens), 6. valid from later.
 */
export function choosePriceRow(rows: readonly PriceRow[], query: PriceQuery): PriceRow | null {
  const ids = listModelIds(query.vendorModel);
  let best: PriceRow | null = null;
  for (const row of rows) {
    if (!applies(row, query) || !ids.includes(row.vendorModel)) continue;
    if (!best || compareRows(row, best, ids) > 0) best = row;
  }
  return best;
}

function applies(row: PriceRow, query: PriceQuery): boolean {
  return (
    row.servedTier === query.servedTier &&
    row.validFrom <= query.at &&
    (row.validTo === null || query.at < row.validTo) &&
    (row.surface === null || row.surface === query.surface) &&
    (row.regionClass === null || row.regionClass === query.region) &&
    (row.aboveContextTokens === 0 || query.promptTotal > row.aboveContextTokens)
  );
}

const RANKS: readonly ((row: PriceRow, ids: readonly string[]) => number)[] = [
  (row) => (row.teamId === null ? 0 : 1),
  (row, ids) => -ids.indexOf(row.vendorModel),
  (row) => (row.surface === null ? 0 : 1),
  (row) => (row.regionClass === null ? 0 : 1),
  (row) => row.aboveContextTokens,
  (row) => row.validFrom,
];

function compareRows(left: PriceRow, right: PriceRow, ids: readonly string[]): number {
  for (const rankOf of RANKS) {
    const difference = rankOf(left, ids) - rankOf(right, ids);
    if (difference !== 0) return difference;
  }
  return 0;
}
