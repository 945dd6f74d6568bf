import { COST_GROUPINGS, type CostGrouping } from '../dto/stats.dto';
import { type DimensionRow } from '../ledger/dimensions';
import { groupBy, indexOfBucket, tally } from '../stats/fold';
import { belongsTo, dimensionOf, type Group, groupOf, isTotal } from '../stats/grouping';
import { type UsageRow } from '../stats/stats.reader';
import { type Tally } from '../stats/tally';
import { type TimeBucket } from '../stats/time-buckets';

/** What a report lets through: for a grouping, the ids or names that it shows. */
export type CostFilters = ReadonlyMap<CostGrouping, ReadonlySet<string>>;

export interface CostLine {
  /** In the order of the groupings. */
  readonly groups: readonly Group[];
  readonly total: Tally;
}

export interface CostBucket extends TimeBucket {
  readonly lines: readonly CostLine[];
  /** From the events: tags overlap, so it is not the sum of their lines. */
  readonly total: Tally;
}

export interface CostSelection {
  readonly groupings: readonly CostGrouping[];
  readonly filters: CostFilters;
}

/** The dimensions that a selection has to be told the names of. */
export function dimensionsNeeded(
  rows: readonly UsageRow[],
  { groupings, filters }: CostSelection,
): Set<number> {
  const wanted = COST_GROUPINGS.filter((each) => groupings.includes(each) || filters.has(each));
  return new Set(wanted.flatMap((grouping) => rows.map((row) => dimensionOf(row, grouping))));
}

type Shown = (row: Pick<UsageRow, 'keys'>, grouping: CostGrouping) => Group;

/** The groups of rows, as they are shown. */
export function groupsShown(described: ReadonlyMap<number, DimensionRow>): Shown {
  return (row, grouping) => {
    const id = dimensionOf(row, grouping);
    return groupOf(id, described.get(id), grouping);
  };
}

/** Whether a group is among the wanted ids or names. */
export function isWanted({ id, name }: Group, wanted: ReadonlySet<string>): boolean {
  return wanted.has(name) || (id !== null && wanted.has(id));
}

/** Which rows all filters let through. */
export function filterBy(shown: Shown, filters: CostFilters): (row: Pick<UsageRow, 'keys'>) => boolean {
  return (row) => [...filters].every(([grouping, wanted]) => isWanted(shown(row, grouping), wanted));
}

/**
 * Folds rows into buckets and lines. Each row is within one bucket. With groupings a bucket has the lines
 * that there are; without, it has one.
 */
export function foldCosts(
  buckets: readonly TimeBucket[],
  rows: readonly UsageRow[],
  described: ReadonlyMap<number, DimensionRow>,
  { groupings, filters }: CostSelection,
): CostBucket[] {
  const shown = groupsShown(described);
  const passes = filterBy(shown, filters);
  const byTag = filters.has('tag');
  const counted = rows.filter((row) => (byTag ? !isTotal(row) : isTotal(row)) && passes(row));
  const lined = groupings.includes('tag')
    ? rows.filter((row) => belongsTo(row, 'tag') && passes(row))
    : counted;
  const totals = groupBy(counted, (row) => indexOfBucket(buckets, row.start));
  const lines = groupBy(lined, (row) => indexOfBucket(buckets, row.start));
  return buckets.map((bucket, index) => {
    const total = tally(totals.get(index) ?? []);
    if (groupings.length === 0) return { ...bucket, total, lines: [{ groups: [], total }] };
    return { ...bucket, total, lines: linesOf(lines.get(index) ?? [], groupings, shown) };
  });
}

function linesOf(rows: readonly UsageRow[], groupings: readonly CostGrouping[], shown: Shown): CostLine[] {
  const found = new Map<string, { groups: Group[]; members: UsageRow[] }>();
  for (const row of rows) {
    const groups = groupings.map((grouping) => shown(row, grouping));
    const key = JSON.stringify(groups.map(({ id }) => id));
    const entry = found.get(key) ?? { groups, members: [] };
    entry.members.push(row);
    found.set(key, entry);
  }
  return [...found.values()]
    .sort((a, b) => compareGroups(a.groups, b.groups))
    .map(({ groups, members }) => ({ groups, total: tally(members) }));
}

/** By name, then by id; what belongs to no group comes last. The same on every engine. */
function compareGroups(a: readonly Group[], b: readonly Group[]): number {
  for (const [index, group] of a.entries()) {
    const other = b[index];
    if (!other || (group.id === other.id && group.name === other.name)) continue;
    if (group.id === null) return 1;
    if (other.id === null) return -1;
    if (group.name !== other.name) return group.name < other.name ? -1 : 1;
    return group.id < other.id ? -1 : 1;
  }
  return 0;
}
