import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { Optional } from '../../../../common/validation/optional';
import { canonicalJson, sha256Of } from '../canonical-json';
import { type CostReport } from '../cost-report.entity';
import { type MonthlyReport } from '../monthly-report';

export class ReportQuery {
  /** csv: its lines as a file. */
  @Optional()
  @IsIn(['json', 'csv'])
  format?: 'json' | 'csv';
}

export class ReportAmountsView {
  /** Exact dollars, corrections that counted in the month included. */
  cost: string;
  listCost: string;
  requests: number;
  failedRequests: number;
  inputTokens: number;
  cachedTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  unpricedRequests: number;
}

export class ReportDayView extends ReportAmountsView {
  /** Local day, YYYY-MM-DD. */
  date: string;
}

export class ReportLineView extends ReportAmountsView {
  id: string | null;
  name: string;
}

export class ReportSectionsView {
  model: ReportLineView[];
  provider: ReportLineView[];
  apiKey: ReportLineView[];
  /** Tags overlap, so their sum is not the total; what has none is in the line `untagged`. */
  tag: ReportLineView[];
}

export class ReportTeamView {
  id: string;
  name: string;
}

export class ReportContentView {
  version: 1;
  team: ReportTeamView;
  /** YYYY-MM. */
  month: string;
  timezone: string;
  startingAt: string;
  endingAt: string;
  recordedAt: string;
  currency: 'USD';
  total: ReportAmountsView;
  days: ReportDayView[];
  sections: ReportSectionsView;
}

export class ReportSummaryView {
  id: string;
  /** YYYY-MM. */
  month: string;
  /** Why it was made: on schedule, or when the month was closed. */
  @ApiProperty({ type: 'string', enum: ['monthly', 'close'] })
  occasion: 'monthly' | 'close';
  recordedAt: string;
  /** SHA-256 of the content as canonical JSON (RFC 8785), in hexadecimal. */
  hash: string;
  total: ReportAmountsView;
}

export class ReportView extends ReportSummaryView {
  /** Whether the content still has the hash that it was kept with. */
  intact: boolean;
  content: ReportContentView;
}

export class ReportPage {
  data: ReportSummaryView[];
  nextCursor: string | null;
}

export function toReportSummary({
  id,
  month,
  occasion,
  recordedAt,
  hash,
  content,
}: CostReport): ReportSummaryView {
  const { total } = JSON.parse(content) as MonthlyReport;
  return {
    id,
    month,
    occasion: occasion === 'monthly' ? 'monthly' : 'close',
    recordedAt: recordedAt.toISOString(),
    hash,
    total,
  };
}

export function toReportView(report: CostReport): ReportView {
  const content = JSON.parse(report.content) as ReportContentView;
  return {
    ...toReportSummary(report),
    intact: sha256Of(canonicalJson(content)) === report.hash,
    content,
  };
}
