import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock';
import { InvalidInput } from '../../../common/problem';
import { type TeamScope } from '../../../common/tenancy/team-scope';
import { findVendor } from '../../../providers/vendors/index';
import { type DimensionRow, Dimensions } from '../../ledger/dimensions';
import { ROLLUP_KEYS } from '../../rollup/rollup';
import { eachBucket, startOfLocalDay, startOfMonth, type TimeBucket } from '../../stats/time-buckets';
import { type CostPlan, type CostsSelectionQuery } from '../cost-plan';
import { filterBy, groupsShown, isWanted } from '../cost-report';
import { CostsService } from '../costs.service';
import { type ExportFormat } from '../dto/costs.dto';
import { type Charge, type ChargeSubject, ChargeSums } from './focus-charge';
import { FOCUS_HEAD, toFocusLine } from './focus-columns';
import { FocusSource, type LedgerCharge } from './focus-source';
import { costsCsv } from './costs-csv';
import { type TextAnswer } from './text-reply';

/** Rows of a bucket that are summed up at once: where there are more combinations, one may have several rows. */
const MAX_ROWS = 2_000;

type Exporter = (scope: TeamScope, query: CostsSelectionQuery) => Promise<TextAnswer>;

/** Cost reports as files, made while they are sent. */
@Injectable()
export class CostExports implements Record<ExportFormat, Exporter> {
  constructor(
    private readonly costs: CostsService,
    private readonly source: FocusSource,
    private readonly dimensions: Dimensions,
    private readonly clock: Clock,
  ) {}

  /** The lines of the report. */
  async csv(scope: TeamScope, query: CostsSelectionQuery): Promise<TextAnswer> {
    const plan = await this.costs.plan(scope, query);
    return {
      type: 'text/csv',
      filename: nameOf('costs', plan),
      parts: costsCsv(this.costs.pages(scope, plan), plan.selection.groupings),
    };
  }

  /** FOCUS 1.2, from the ledger as it is at the beginning of the export. */
  async focus(scope: TeamScope, query: CostsSelectionQuery): Promise<TextAnswer> {
    if (query.groupBy !== undefined)
      throw InvalidInput.field('groupBy', 'is not for FOCUS, whose columns are fixed; leave it out');
    if (query.currency !== undefined && query.currency !== 'USD')
      throw InvalidInput.field('currency', 'is USD in FOCUS, the currency that is billed in; leave it out');
    const plan = await this.costs.plan(scope, query);
    return { type: 'text/csv', filename: nameOf('focus', plan), parts: this.focusLines(scope, plan) };
  }

  private async *focusLines(scope: TeamScope, plan: CostPlan): AsyncGenerator<string, void> {
    const { start, end, timezone, granularity } = plan.range;
    const recordedUntil = plan.recordedUntil ?? this.clock.now();
    const team = await this.dimensions.find('team', scope.teamId);
    yield FOCUS_HEAD;
    if (team === undefined) return;
    for (const bucket of eachBucket(start, end, timezone, granularity)) {
      const sums = new ChargeSums();
      const toCharge = chargesIn(bucket, timezone);
      const range = { start: bucket.start, end: bucket.end };
      for await (const page of this.source.pages({ team, range, recordedUntil })) {
        for (const each of page) sums.add(toCharge(each));
        if (sums.size >= MAX_ROWS) yield await this.linesOf(sums.take(), plan);
      }
      if (sums.size > 0) yield await this.linesOf(sums.take(), plan);
    }
  }

  private async linesOf(charges: readonly Charge[], { selection }: CostPlan): Promise<string> {
    const described = await this.dimensions.describe(
      charges.flatMap(({ subject }) => [...keysOf(subject), ...subject.tags]),
    );
    const { tag, others } = splitFilters(selection.filters);
    const passes = filterBy(groupsShown(described), others);
    return charges
      .filter(({ subject }) => passes({ keys: keysOf(subject) }) && hasTag(subject, tag, described))
      .map((charge) => toFocusLine({ charge, describe: (id) => described.get(id), vendorName }))
      .join('');
  }
}

const vendorName = (vendor: string): string => findVendor(vendor)?.displayName ?? vendor;

const nameOf = (kind: string, { range }: CostPlan): string =>
  `${kind}-${[range.start, range.end].map((at) => new Date(at).toISOString().slice(0, 10)).join('-')}.csv`;

/** What counts in a bucket was used in it; but a correction's use was on a local day that may be long before. */
function chargesIn(bucket: TimeBucket, timezone: string): (each: LedgerCharge) => Charge {
  const billing = {
    start: startOfMonth(bucket.start, timezone),
    end: startOfMonth(bucket.start, timezone, 1),
  };
  let day = { start: 0, end: 0 };
  return ({ occurredAt, ...charge }) => {
    if (charge.adjustment === null) return { ...charge, billing, period: bucket };
    // Corrections mostly follow each other by the days of their events: a look at the calendar for each costs more.
    if (occurredAt < day.start || occurredAt >= day.end) {
      day = {
        start: startOfLocalDay(occurredAt, timezone),
        end: startOfLocalDay(occurredAt, timezone, 1),
      };
    }
    return { ...charge, billing, period: day };
  };
}

/** In the order of rollup rows, which reports group by. */
function keysOf(subject: ChargeSubject): number[] {
  const byName: Record<(typeof ROLLUP_KEYS)[number], number> = {
    team: subject.team,
    tag: 0,
    provider: subject.provider,
    model: subject.model,
    vendor_model: subject.vendorModel,
    api_key: subject.apiKey,
    end_user: subject.endUser,
  };
  return ROLLUP_KEYS.map((name) => byName[name]);
}

function splitFilters(filters: CostPlan['selection']['filters']): {
  tag: ReadonlySet<string> | undefined;
  others: CostPlan['selection']['filters'];
} {
  return { tag: filters.get('tag'), others: new Map([...filters].filter(([name]) => name !== 'tag')) };
}

function hasTag(
  { tags }: ChargeSubject,
  wanted: ReadonlySet<string> | undefined,
  described: ReadonlyMap<number, DimensionRow>,
): boolean {
  if (wanted === undefined) return true;
  if (tags.length === 0) return isWanted({ id: null, name: 'untagged' }, wanted);
  return tags.some((id) => wanted.has(described.get(id)?.label ?? ''));
}
