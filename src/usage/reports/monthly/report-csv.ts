import { type CsvCell, csvLine, exact } from '../export/csv';
import { type MonthlyReport, REPORT_SECTIONS, type ReportAmounts } from './monthly-report';

const HEAD = csvLine([
  'section',
  'id',
  'name',
  'cost',
  'listCost',
  'currency',
  'requests',
  'failedRequests',
  'inputTokens',
  'cachedTokens',
  'outputTokens',
  'reasoningTokens',
  'unpricedRequests',
]);

const amounts = (line: ReportAmounts): CsvCell[] => [
  exact(line.cost),
  exact(line.listCost),
  'USD',
  line.requests,
  line.failedRequests,
  line.inputTokens,
  line.cachedTokens,
  line.outputTokens,
  line.reasoningTokens,
  line.unpricedRequests,
];

/** A monthly report as CSV: the total, the days, then the lines of each section. */
export function toReportCsv(report: MonthlyReport): string {
  const lines: CsvCell[][] = [
    ['total', null, report.month, ...amounts(report.total)],
    ...report.days.map((day) => ['day', null, day.date, ...amounts(day)]),
    ...REPORT_SECTIONS.flatMap((section) =>
      report.sections[section].map((line) => [section, line.id, line.name, ...amounts(line)]),
    ),
  ];
  return HEAD + lines.map(csvLine).join('');
}
