import { type CostGrouping } from '../dto/stats.dto';
import { type DimensionRow } from '../ledger/dimensions';
import { UNTAGGED } from '../rollup/folding';
import { ROLLUP_COUNTS, ROLLUP_KEYS } from '../rollup/rollup';
import { type UsageRow } from '../stats/stats.reader';
import { type CostSelection, dimensionsNeeded, foldCosts } from './cost-report';

const BUCKETS = [
  { start: 0, end: 10, label: 'first' },
  { start: 10, end: 20, label: 'second' },
];

const NAMES = new Map<number, DimensionRow>(
  [
    { id: 1, kind: 'model', value: 'm-1', label: 'fast' } as const,
    { id: 2, kind: 'model', value: 'm-2', label: 'big' } as const,
    { id: 3, kind: 'vendor_model', value: 'acme/large', label: 'large' } as const,
    { id: 4, kind: 'end_user', value: 'team/ada', label: 'ada' } as const,
    { id: 5, kind: 'tag', value: 'team/red', label: 'red' } as const,
    { id: 6, kind: 'tag', value: 'team/blue', label: 'blue' } as const,
    { id: 7, kind: 'vendor_model', value: 'acme/small', label: 'small' } as const,
  ].map((row) => [row.id, row]),
);

type Keys = Partial<Record<(typeof ROLLUP_KEYS)[number], number>>;

/** A row of one request. */
const row = (start: number, keys: Keys, cost: bigint): UsageRow => ({
  start,
  keys: ROLLUP_KEYS.map((name) => keys[name] ?? 0),
  counts: ROLLUP_COUNTS.map((name) => (name === 'requests' ? 1 : 0)),
  cost,
  listCost: cost * 2n,
  histogram: new Map(),
});

/** An event as rollups have it: in the row of all, and in that of each tag, or of none. */
const event = (start: number, keys: Keys, cost: bigint, tags: readonly number[]): UsageRow[] =>
  [0, ...(tags.length > 0 ? tags : [UNTAGGED])].map((tag) => row(start, { ...keys, tag }, cost));

const ROWS = [
  ...event(1, { model: 1, vendor_model: 3, end_user: 4 }, 100n, [5, 6]),
  ...event(2, { model: 2, vendor_model: 3 }, 20n, [5]),
  ...event(9, { vendor_model: 7 }, 3n, []),
  ...event(10, { model: 1, vendor_model: 7 }, 7n, []),
];

function fold(groupings: readonly CostGrouping[], filters: Partial<Record<CostGrouping, string[]>> = {}) {
  const selection: CostSelection = {
    groupings,
    filters: new Map(
      Object.entries(filters).map(([name, wanted]) => [name as CostGrouping, new Set(wanted)]),
    ),
  };
  const needed = dimensionsNeeded(ROWS, selection);
  const described = new Map([...NAMES].filter(([id]) => needed.has(id)));
  return foldCosts(BUCKETS, ROWS, described, selection).map(({ label, total, lines }) => ({
    label,
    total: total.cost,
    lines: lines.map(({ groups, total: sum }) => [groups.map(({ name }) => name).join('/'), sum.cost]),
  }));
}

describe('Folded costs', () => {
  it('have one line without a grouping, also where there is nothing', () => {
    expect(fold([])).toEqual([
      { label: 'first', total: 123n, lines: [['', 123n]] },
      { label: 'second', total: 7n, lines: [['', 7n]] },
    ]);
    expect(fold([], { model: ['nothing'] })[0]).toEqual({ label: 'first', total: 0n, lines: [['', 0n]] });
  });

  it('have the lines that there are with one, by name, and what has none last', () => {
    expect(fold(['model']).map(({ lines }) => lines)).toEqual([
      [
        ['big', 20n],
        ['fast', 100n],
        ['small', 3n],
      ],
      [['fast', 7n]],
    ]);
    expect(fold(['user'])[0]?.lines).toEqual([
      ['ada', 100n],
      ['none', 23n],
    ]);
  });

  it('are grouped by several at once', () => {
    expect(fold(['vendor', 'vendorModel', 'user'])[0]?.lines).toEqual([
      ['acme/large/ada', 100n],
      ['acme/large/none', 20n],
      ['acme/small/none', 3n],
    ]);
  });

  it('by tag overlap, and have the total of the events', () => {
    expect(fold(['tag'])[0]).toEqual({
      label: 'first',
      total: 123n,
      lines: [
        ['blue', 100n],
        ['red', 120n],
        ['untagged', 3n],
      ],
    });
    expect(fold(['tag', 'model'])[0]?.lines).toContainEqual(['red/big', 20n]);
  });

  it.each<[Partial<Record<CostGrouping, string[]>>, bigint]>([
    [{ model: ['fast'] }, 100n],
    [{ model: ['m-1'] }, 100n],
    [{ model: ['m-1', 'big'] }, 120n],
    [{ model: ['acme/small'] }, 3n],
    [{ vendor: ['acme'] }, 123n],
    [{ vendorModel: ['acme/large'], user: ['none'] }, 20n],
    [{ user: ['none'] }, 23n],
    [{ tag: ['red'] }, 120n],
    [{ tag: ['untagged'] }, 3n],
    [{ tag: ['red'], model: ['big'] }, 20n],
    [{ model: ['nobody'] }, 0n],
  ])('filtered by %j are %i', (filters, total) => {
    expect(fold([], filters)[0]?.total).toBe(total);
    const [grouped] = fold(['vendorModel'], filters);
    expect(grouped?.lines.reduce((sum, line) => sum + (line[1] as bigint), 0n)).toBe(total);
  });
});
