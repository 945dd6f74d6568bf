import { CsvError, type CsvRows } from '../providers/contract/csv-reader';
import { Columns } from '../providers/contract/billing-columns';
import { type BillingReport } from '../providers/contract/billing-report';
import { ReportSums } from '../providers/contract/report-sums';

const COLUMNS = {
  day: ['day', 'date', 'usage_date', 'usage_date_utc'],
  model: ['model', 'model_version'],
  input: ['input_tokens'],
  cached: ['cached_tokens', 'cache_read_input_tokens', 'input_cached_tokens'],
  output: ['output_tokens'],
  cost: ['cost', 'amount', 'cost_usd', 'amount_value'],
} as const;

/**
 * A report of any vendor as CSV with the columns day, model, input_tokens (cached and written ones included),
 * cached_tokens, output_tokens and cost (dollars); the last four may be left out.
 * @throws CsvError
 */
export async function readPlainExport(rows: CsvRows): Promise<BillingReport> {
  const sums = new ReportSums();
  let columns: Columns | null = null;
  for await (const row of rows) {
    if (!columns) {
      columns = Columns.find(row, COLUMNS, ['day', 'model']);
      continue;
    }
    const day = columns.day(row, 'day');
    const model = columns.text(row, 'model') || null;
    const counts = {
      input: columns.count(row, 'input'),
      cached: columns.count(row, 'cached'),
      output: columns.count(row, 'output'),
    };
    if (counts.cached > counts.input) {
      throw new CsvError(row.line, 'has more cached tokens than input tokens, which include them.');
    }
    if (counts.input + counts.output > 0) {
      sums.addUsage({ day, model, ...counts, batch: false, tier: null, apiKeyId: null, region: null });
    }
    sums.addCost({ day, model, amount: columns.amount(row, 'cost'), apiKeyId: null });
  }
  if (!columns) throw new CsvError(1, 'is empty. Send a header and a line for each day and model.');
  return sums.toReport();
}
