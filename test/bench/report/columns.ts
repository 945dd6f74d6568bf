import { type Rounds } from '../measure/rounds';
import { show } from './table';

/** A column of medians. */
export interface Column<W> {
  readonly head: string;
  readonly digits: number;
  readonly figure: (window: W) => number | null;
  /** Whether it is the multiple of the table's first row, round by round. */
  readonly ofFirst?: boolean;
}

export function cellsOf<W>(columns: readonly Column<W>[], own: Rounds<W>, first: Rounds<W>): string[] {
  return columns.map(({ digits, figure, ofFirst }) =>
    ofFirst ? show(own.ratio(first, figure), digits, ' ×') : show(own.median(figure), digits),
  );
}
