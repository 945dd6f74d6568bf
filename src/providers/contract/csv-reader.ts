/** A row of a CSV, with the number of the line it begins on, from 1. */
export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/** At once, or with pauses (`common/paced.ts`). */
export type CsvRows = Iterable<CsvRow> | AsyncIterable<CsvRow>;

/** A CSV that cannot be read; the message says what is wrong and how to mend it, `line` where. */
export class CsvError extends Error {
  override readonly name = 'CsvError';

  constructor(
    readonly line: number,
    message: string,
  ) {
    super(`line ${line}: ${message}`);
  }
}

/**
 * Reads CSV as RFC 4180 says it: commas, quotes doubled inside quotes, lines that end with LF or CRLF. Empty
 * lines are passed over, and so is a byte order mark.
 * @throws CsvError
 */
export function* readCsv(text: string): Generator<CsvRow, void, undefined> {
  let line = 1;
  let at = text.startsWith('\ufeff') ? 1 : 0;
  while (at < text.length) {
    const begun = line;
    const cells: string[] = [];
    for (;;) {
      const cell = readCell(text, at, line);
      cells.push(cell.text);
      at = cell.end;
      line = cell.line;
      if (text[at] !== ',') break;
      at += 1;
    }
    if (text[at] === '\r') at += 1;
    if (text[at] === '\n') at += 1;
    line += 1;
    if (cells.length > 1 || cells[0] !== '') yield { line: begun, cells };
  }
}

interface Cell {
  readonly text: string;
  readonly end: number;
  readonly line: number;
}

function readCell(text: string, start: number, line: number): Cell {
  if (text[start] === '"') return readQuoted(text, start, line);
  let end = start;
  while (end < text.length && !ENDS.has(text.charCodeAt(end))) end += 1;
  const plain = text.slice(start, end);
  if (plain.includes('"')) throw new CsvError(line, 'has a quote inside a cell that is not quoted.');
  return { text: plain, end, line };
}

/** A comma, CR and LF. */
const ENDS = new Set([44, 13, 10]);

function readQuoted(text: string, start: number, line: number): Cell {
  let value = '';
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) throw new CsvError(line, 'has a quoted cell that is never closed.');
    value += text.slice(from, quote);
    if (text[quote + 1] !== '"') {
      const end = quote + 1;
      if (end < text.length && !ENDS.has(text.charCodeAt(end))) {
        throw new CsvError(line, 'goes on after a closing quote. Double the quotes inside a cell.');
      }
      return { text: value, end, line: line + value.split('\n').length - 1 };
    }
    value += '"';
    from = quote + 2;
  }
}
