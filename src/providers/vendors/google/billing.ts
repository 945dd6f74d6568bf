import { CsvError, type CsvRows } from '../../contract/csv-reader';
import { Columns } from '../../contract/billing-columns';
import { type BillingReport, type BillingSource, type ReportedUsage } from '../../contract/billing-report';
import { ReportSums } from '../../contract/report-sums';

/**
 * The columns of Cloud Billing's detailed usage cost export, as BigQuery names them, and of the console's cost
 * table (https://cloud.google.com/billing/docs/how-to/export-data-bigquery-tables, 2026-11).
 */
const COLUMNS = {
  day: ['usage_start_time', 'usage start time', 'usage start date', 'date', 'day'],
  sku: ['sku.description', 'sku_description', 'sku description'],
  usage: ['usage.amount', 'usage_amount', 'usage amount'],
  unit: ['usage.unit', 'usage_unit', 'usage unit'],
  cost: ['cost', 'cost ($)', 'cost_at_list', 'list cost ($)'],
  credits: ['credits', 'credits.amount', 'credits_amount', 'promotions and others ($)', 'discounts ($)'],
  currency: ['currency'],
} as const;
const NEEDED = ['day', 'sku', 'cost'];

/** Google has no report of the Gemini API's own; the account's billing export has a line for each SKU and time. */
export const googleBilling: BillingSource = { readExport };

async function readExport(rows: CsvRows): Promise<BillingReport> {
  const sums = new ReportSums();
  let columns: Columns | null = null;
  for await (const row of rows) {
    if (!columns) {
      columns = Columns.find(row, COLUMNS, NEEDED);
      continue;
    }
    const currency = columns.text(row, 'currency').toUpperCase();
    if (currency !== '' && currency !== 'USD') {
      throw new CsvError(row.line, `is in ${currency}. Export the costs in USD.`);
    }
    const day = columns.day(row, 'day');
    const sku = columns.text(row, 'sku');
    const model = findModel(sku);
    sums.addCost({ day, model, amount: columns.amount(row, 'cost'), apiKeyId: null });
    const credit = columns.amount(row, 'credits');
    if (credit !== 0n) sums.addCost({ day, model, amount: credit > 0n ? -credit : credit, apiKeyId: null });
    if (model === null || !countsTokens(sku, columns.text(row, 'unit'))) continue;
    sums.addUsage({
      day,
      model,
      ...toTokens(sku, columns.count(row, 'usage')),
      apiKeyId: null,
      region: null,
    });
  }
  if (!columns) throw new CsvError(1, 'is empty. Export the costs with their header.');
  return sums.toReport();
}

const MODEL = /gemini (\d+(?:\.\d+)?) (pro|flash[ -]lite|flash|ultra|nano|argon)/i;

/** SKUs say a model in words: "Generate content output token count Gemini 2.5 Flash Lite text". */
function findModel(sku: string): string | null {
  const [, version, family] = MODEL.exec(sku) ?? [];
  return version && family ? `gemini-${version}-${family.toLowerCase().replace(' ', '-')}` : null;
}

/** Storage of caches is in token-hours, and grounding in queries. */
function countsTokens(sku: string, unit: string): boolean {
  return /token/i.test(sku) && !/storage|hour/i.test(`${sku} ${unit}`);
}

function toTokens(
  sku: string,
  count: number,
): Pick<ReportedUsage, 'input' | 'cached' | 'output' | 'batch' | 'tier'> {
  const batch = /batch/i.test(sku);
  const tier = /priority/i.exec(sku) ? 'priority' : /flex/i.exec(sku) ? 'flex' : batch ? 'batch' : 'standard';
  if (/output|thinking|response/i.test(sku)) return { input: 0, cached: 0, output: count, batch, tier };
  return { input: count, cached: /cach/i.test(sku) ? count : 0, output: 0, batch, tier };
}
