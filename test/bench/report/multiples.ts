import { type Rounds } from '../measure/rounds';
import { cellsOf, type Column } from './columns';
import { atMost, type Table } from './table';

/** One row of multiples, and the row (by its index) that its goal is a multiple of. */
export interface Bound {
  readonly limit: number;
  readonly of: number;
}

/** A table of the rounds' medians, with goals as multiples of other rows of the same rounds. */
export function multiplesTable<W>(
  name: string,
  columns: readonly Column<W>[],
  all: readonly Rounds<W>[],
  bounds: readonly (Bound | null)[],
  effort: (window: W) => number,
): Table {
  const [first] = all;
  if (!first) throw new Error('Nothing was measured.');
  return {
    head: [name, ...columns.map(({ head }) => head)],
    rows: all.map((own, index) => {
      const bound = bounds[index];
      const base = bound && all[bound.of];
      const goals = base ? [atMost(bound.limit, `× ${base.name}`, own.ratio(base, effort))] : [];
      return { name: own.name, cells: cellsOf(columns, own, first), goals };
    }),
  };
}
