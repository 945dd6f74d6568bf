import { CsvError, type CsvRow } from './csv-reader';
import { type PicoDollars } from '../../common/money';
import { readReportedAmount } from './billing-report';

/** The columns of a CSV, found by any of the names that an export may have for them. */
export class Columns {
  private constructor(private readonly places: ReadonlyMap<string, number>) {}

  /**
   * @param names for each column the names of its header, in lower case
   * @throws CsvError for a header without a column that is needed
   */
  static find(
    header: CsvRow | undefined,
    names: Readonly<Record<string, readonly string[]>>,
    needed: readonly string[],
  ): Columns {
    const titles = (header?.cells ?? []).map((cell) => cell.trim().toLowerCase());
    const places = new Map<string, number>();
    for (const [column, known] of Object.entries(names)) {
      const place = titles.findIndex((title) => known.includes(title));
      if (place >= 0) places.set(column, place);
      else if (needed.includes(column)) {
        throw new CsvError(
          header?.line ?? 1,
          `has no column ${known.map((name) => `"${name}"`).join(' or ')}.`,
        );
      }
    }
    return new Columns(places);
  }

  /** The cell's text without blanks around it, empty where the column or the cell is absent. */
  text({ cells }: CsvRow, column: string): string {
    const place = this.places.get(column);
    return place === undefined ? '' : (cells[place] ?? '').trim();
  }

  /** @throws CsvError */
  day(row: CsvRow, column: string): string {
    const text = this.text(row, column);
    const day = text.slice(0, 10);
    const at = Date.parse(`${day}T00:00:00Z`);
    if (/^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(at) && new Date(at).toISOString().startsWith(day)) {
      return day;
    }
    throw new CsvError(row.line, `"${text.slice(0, 40)}" is no day such as 2026-11-22.`);
  }

  /** A whole count of zero or more; an empty cell is zero. @throws CsvError */
  count(row: CsvRow, column: string): number {
    const text = this.text(row, column);
    if (text === '') return 0;
    const value = Number(text);
    if (/^\d+(\.0+)?$/.test(text) && Number.isSafeInteger(value)) return value;
    throw new CsvError(row.line, `"${text.slice(0, 40)}" is no count of tokens such as 1200.`);
  }

  /** An amount of dollars; an empty cell is zero. @throws CsvError */
  amount(row: CsvRow, column: string): PicoDollars {
    const text = this.text(row, column);
    if (text === '') return 0n;
    const amount = readReportedAmount(text);
    if (amount !== null) return amount;
    throw new CsvError(row.line, `"${text.slice(0, 40)}" is no amount such as 1.25.`);
  }
}
