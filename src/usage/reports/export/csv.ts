/** A number that is written as it is: a decimal text, which has no formula in it. */
export interface ExactCell {
  readonly exact: string;
}

/** A text, a number, or nothing. */
export type CsvCell = string | number | ExactCell | null;

export const exact = (text: string): ExactCell => ({ exact: text });

/**
 * What a spreadsheet takes for a formula (OWASP, "CSV Injection", read on 2026-11-22): a text that begins so
 * gets an apostrophe before it, which spreadsheets take for "this is text".
 */
const FORMULA = /^[=+\-@\t\r\n]/;
const NEEDS_QUOTES = /[",\r\n]|^\s|\s$/;

function toField(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  if (typeof cell === 'object') return cell.exact;
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return text === '' || NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A line of CSV (RFC 4180) with its end. Nothing is an empty field, an empty text a quoted one. */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(toField).join(',')}\r\n`;
}
