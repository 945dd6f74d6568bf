import { type DimensionRow } from '../ledger/dimensions';
import { type CostGrouping } from '../dto/stats.dto';
import { UNTAGGED } from '../rollup/folding';
import { ROLLUP_KEYS } from '../rollup/rollup';
import { type UsageRow } from './stats.reader';

type KeyName = (typeof ROLLUP_KEYS)[number];

const COLUMN_OF: Readonly<Record<CostGrouping, KeyName>> = {
  model: 'model',
  provider: 'provider',
  vendor: 'vendor_model',
  apiKey: 'api_key',
  user: 'end_user',
  tag: 'tag',
  vendorModel: 'vendor_model',
  team: 'team',
};

const TAG = ROLLUP_KEYS.indexOf('tag');

/** Whether a row counts for the totals: a tag's rows are attributions, which overlap. */
export function isTotal(row: UsageRow): boolean {
  return row.keys[TAG] === 0;
}

/** Whether a row counts in this grouping: by tag those of tags, otherwise those of all events. */
export function belongsTo(row: UsageRow, grouping: CostGrouping | undefined): boolean {
  return grouping === 'tag' ? row.keys[TAG] !== 0 : isTotal(row);
}

/** The dimension that a row is grouped by; a model that is not configured is grouped by the vendor's id. */
export function dimensionOf(row: Pick<UsageRow, 'keys'>, grouping: CostGrouping): number {
  const id = row.keys[ROLLUP_KEYS.indexOf(COLUMN_OF[grouping])] ?? 0;
  return grouping === 'model' && id === 0 ? (row.keys[ROLLUP_KEYS.indexOf('vendor_model')] ?? 0) : id;
}

export interface Group {
  readonly id: string | null;
  readonly name: string;
}

const NONE: Readonly<Record<CostGrouping, string>> = {
  model: 'none',
  provider: 'none',
  vendor: 'none',
  apiKey: 'admin',
  user: 'none',
  tag: 'untagged',
  vendorModel: 'none',
  team: 'none',
};

/** A group as it is shown. Users and tags are named by themselves, all else by its id. */
export function groupOf(id: number, dimension: DimensionRow | undefined, grouping: CostGrouping): Group {
  if (id === 0 || id === UNTAGGED || !dimension) return { id: null, name: NONE[grouping] };
  if (grouping === 'vendor') {
    const vendor = dimension.value.slice(0, dimension.value.indexOf('/'));
    return { id: vendor, name: vendor };
  }
  if (grouping === 'user' || grouping === 'tag') return { id: dimension.label, name: dimension.label };
  return { id: dimension.value, name: dimension.label };
}
