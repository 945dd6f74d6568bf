import {
  FREE_CLASS_FLAG,
  type Metered,
  type MeteredLine,
  type UsageClass,
  type UsageQuality,
  type UsageVector,
} from '../../providers/contract/usage';
import { countPrompt } from '../../providers/contract/usage-builder';

/** How a call was served, as it is kept beside its event: with the vector, all that pricing it again needs. */
export interface ServedRecord {
  readonly tier: string;
  readonly region: string | null;
  readonly quality: UsageQuality;
  /** The vendor's API. */
  readonly surface: string;
  /** All input tokens of the answer's own model; events of before 2026-11-29 lack it. */
  readonly promptTotal?: number;
  /** What each model is billed for, where several served the call. */
  readonly lines?: readonly MeteredLine[];
}

export function toServedRecord(
  { served, quality, promptTotal, lines }: Metered,
  surface: string,
): ServedRecord {
  const { tier, region } = served;
  const record = { tier, region, quality, surface, promptTotal };
  return lines.length > 1 ? { ...record, lines } : record;
}

/** An event's usage as it is kept. */
export interface KeptUsage {
  /** The model that answered. */
  readonly vendorModel: string;
  readonly vector: UsageVector | null;
  readonly served: ServedRecord | null;
  readonly flags: readonly string[];
  readonly costLines: readonly CountedClass[];
}

interface CountedClass {
  readonly vendorModel: string;
  readonly usageClass: string;
  readonly count: number;
}

/** What was metered, from what was kept; null when too little was kept to price it again. */
export function fromKeptUsage({ vendorModel, vector, served, flags, costLines }: KeptUsage): Metered | null {
  if (vector === null || served === null) return null;
  // The others say how it was read or priced; these alone decide on a price.
  const deciding = flags.filter((flag) => flag.startsWith(FREE_CLASS_FLAG));
  const free = deciding.map((flag) => flag.slice(FREE_CLASS_FLAG.length) as UsageClass);
  const lines = served.lines ?? toLines(vendorModel, vector, served, costLines, free);
  return {
    vector,
    lines,
    promptTotal: lines[0]?.promptTotal ?? 0,
    served: { tier: served.tier, region: served.region },
    quality: served.quality,
    flags: deciding,
  };
}

function toLines(
  vendorModel: string,
  vector: UsageVector,
  { promptTotal }: ServedRecord,
  costLines: readonly CountedClass[],
  free: readonly UsageClass[],
): MeteredLine[] {
  if (promptTotal !== undefined) return [{ model: vendorModel, vector, promptTotal }];
  const models = new Map<string, Record<string, number>>();
  for (const { vendorModel: model, usageClass, count } of costLines) {
    const counts = models.get(model) ?? {};
    counts[usageClass] = (counts[usageClass] ?? 0) + count;
    models.set(model, counts);
  }
  if (models.size < 2) return [{ model: vendorModel, vector, promptTotal: countPrompt(vector, free) }];
  return [...models].map(([model, counts]) => ({
    model,
    vector: counts,
    promptTotal: countPrompt(counts as UsageVector),
  }));
}
