import { type CostGrouping } from '../dto/stats.dto';
import { type DimensionRow } from '../ledger/dimensions';
import { UNTAGGED } from '../rollup/folding';
import { ROLLUP_KEYS } from '../rollup/rollup';
import { belongsTo, dimensionOf, groupOf, isTotal } from './grouping';
import { type UsageRow } from './stats.reader';

type Keys = Partial<Record<(typeof ROLLUP_KEYS)[number], number>>;

const row = (keys: Keys): UsageRow => ({
  start: 0,
  keys: ROLLUP_KEYS.map((name) => keys[name] ?? 0),
  counts: [],
  cost: 0n,
  listCost: 0n,
  histogram: new Map(),
});

const dimension = (kind: DimensionRow['kind'], value: string, label: string): DimensionRow => ({
  id: 9,
  kind,
  value,
  label,
});

describe('A row', () => {
  it.each<[string, Keys, boolean, boolean]>([
    ['of all events', { tag: 0 }, true, false],
    ['of a tag', { tag: 5 }, false, true],
    ['of the untagged', { tag: UNTAGGED }, false, true],
  ])('%s counts once: for the totals or by tag', (_name, keys, total, byTag) => {
    expect(isTotal(row(keys))).toBe(total);
    expect(belongsTo(row(keys), undefined)).toBe(total);
    expect(belongsTo(row(keys), 'model')).toBe(total);
    expect(belongsTo(row(keys), 'tag')).toBe(byTag);
  });

  it.each<[CostGrouping, Keys, number]>([
    ['model', { model: 3, vendor_model: 4 }, 3],
    ['model', { vendor_model: 4 }, 4],
    ['provider', { provider: 5 }, 5],
    ['vendor', { vendor_model: 4 }, 4],
    ['apiKey', { api_key: 6 }, 6],
    ['user', { end_user: 7 }, 7],
    ['tag', { tag: UNTAGGED }, UNTAGGED],
    ['vendorModel', { model: 3, vendor_model: 4 }, 4],
    ['team', { team: 2 }, 2],
    ['user', { model: 3 }, 0],
  ])('is grouped by %s %j as %i', (grouping, keys, id) => {
    expect(dimensionOf(row(keys), grouping)).toBe(id);
  });
});

describe('A group', () => {
  it.each<[CostGrouping, DimensionRow, string, string]>([
    ['model', dimension('model', 'uuid', 'fast'), 'uuid', 'fast'],
    ['model', dimension('vendor_model', 'openai/gpt-x', 'gpt-x'), 'openai/gpt-x', 'gpt-x'],
    ['provider', dimension('provider', 'uuid', 'main'), 'uuid', 'main'],
    ['vendorModel', dimension('vendor_model', 'openai/gpt-x', 'gpt-x'), 'openai/gpt-x', 'gpt-x'],
    ['team', dimension('team', 'uuid', 'research'), 'uuid', 'research'],
    ['vendor', dimension('vendor_model', 'openai/org/gpt-x', 'org/gpt-x'), 'openai', 'openai'],
    ['apiKey', dimension('api_key', 'uuid', 'ci'), 'uuid', 'ci'],
    ['user', dimension('end_user', 'team/ada', 'ada'), 'ada', 'ada'],
    ['tag', dimension('tag', 'team/blue', 'blue'), 'blue', 'blue'],
  ])('by %s is shown by what its clients know it by', (grouping, described, id, name) => {
    expect(groupOf(9, described, grouping)).toEqual({ id, name });
  });

  it.each<[CostGrouping, number, string]>([
    ['model', 0, 'none'],
    ['apiKey', 0, 'admin'],
    ['user', 0, 'none'],
    ['tag', UNTAGGED, 'untagged'],
  ])('by %s of what has none has no id and the name of %i', (grouping, id, name) => {
    expect(groupOf(id, undefined, grouping)).toEqual({ id: null, name });
  });
});
