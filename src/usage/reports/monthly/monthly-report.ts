import { formatDollars } from '../../../common/money';
import { type CostGrouping } from '../../dto/stats.dto';
import { type DimensionRow } from '../../ledger/dimensions';
import { type UsageRow } from '../../stats/stats.reader';
import { type Tally } from '../../stats/tally';
import { type TimeBucket } from '../../stats/time-buckets';
import { foldCosts } from '../cost-report';

const NO_FILTERS = new Map<CostGrouping, ReadonlySet<string>>();

/** The groupings that a monthly report has a section for. */
export const REPORT_SECTIONS = ['model', 'provider', 'apiKey', 'tag'] as const;
export type ReportSection = (typeof REPORT_SECTIONS)[number];

/** Sums of a line: whole numbers, and dollars as decimal text, so that they have one canonical form. */
export interface ReportAmounts {
  readonly cost: string;
  readonly listCost: string;
  readonly requests: number;
  readonly failedRequests: number;
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  readonly unpricedRequests: number;
}

export interface ReportLine extends ReportAmounts {
  readonly id: string | null;
  readonly name: string;
}

/** What is kept of a month: its sums by day and by section, as they were recorded at a moment. */
export interface MonthlyReport {
  readonly version: 1;
  readonly team: { readonly id: string; readonly name: string };
  /** YYYY-MM. */
  readonly month: string;
  readonly timezone: string;
  readonly startingAt: string;
  readonly endingAt: string;
  readonly recordedAt: string;
  readonly currency: 'USD';
  readonly total: ReportAmounts;
  readonly days: readonly (ReportAmounts & { readonly date: string })[];
  /** Tags overlap: their lines are no parts of the total. */
  readonly sections: Readonly<Record<ReportSection, readonly ReportLine[]>>;
}

export interface MonthlyReportInput {
  readonly team: MonthlyReport['team'];
  readonly month: TimeBucket;
  readonly days: readonly TimeBucket[];
  readonly timezone: string;
  /** UTC milliseconds. */
  readonly recordedAt: number;
  /** Of the month, none of them in two days. */
  readonly rows: readonly UsageRow[];
  readonly described: ReadonlyMap<number, DimensionRow>;
}

/** A month's report, from the rows of its days. */
export function makeMonthlyReport({
  team,
  month,
  days,
  timezone,
  recordedAt,
  rows,
  described,
}: MonthlyReportInput): MonthlyReport {
  const whole = foldCosts([month], rows, described, { groupings: [], filters: NO_FILTERS });
  const daily = foldCosts(days, rows, described, { groupings: [], filters: NO_FILTERS });
  const section = (grouping: ReportSection): ReportLine[] =>
    foldCosts([month], rows, described, { groupings: [grouping], filters: NO_FILTERS }).flatMap(({ lines }) =>
      lines.map(({ groups, total }) => ({
        id: groups[0]?.id ?? null,
        name: groups[0]?.name ?? '',
        ...amountsOf(total),
      })),
    );
  const [total] = whole;
  if (!total) throw new Error('A month has no bucket.');
  return {
    version: 1,
    team,
    month: month.label,
    timezone,
    startingAt: new Date(month.start).toISOString(),
    endingAt: new Date(month.end).toISOString(),
    recordedAt: new Date(recordedAt).toISOString(),
    currency: 'USD',
    total: amountsOf(total.total),
    days: daily.map((day) => ({ date: day.label, ...amountsOf(day.total) })),
    sections: {
      model: section('model'),
      provider: section('provider'),
      apiKey: section('apiKey'),
      tag: section('tag'),
    },
  };
}

function amountsOf({ cost, listCost, counts }: Tally): ReportAmounts {
  return {
    cost: formatDollars(cost),
    listCost: formatDollars(listCost),
    requests: counts.requests,
    failedRequests: counts.failed_requests,
    inputTokens: counts.input_tokens,
    cachedTokens: counts.cached_tokens,
    outputTokens: counts.output_tokens,
    reasoningTokens: counts.reasoning_tokens,
    unpricedRequests: counts.unpriced_requests,
  };
}
