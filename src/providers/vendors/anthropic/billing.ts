import {
  type BillingSource,
  readReportedAmount,
  type ReportedCost,
  type ReportedUsage,
  type ReportRange,
} from '../../contract/billing-report';
import {
  asList,
  asObject,
  type JsonObject,
  readCount,
  readObject,
  readText,
  UsageNotes,
} from '../../contract/usage-builder';
import { VendorError } from '../../contract/vendor-error';
import { createRedactor } from '../../transport/redaction';
import { readReportPages, type ReportRequest } from '../../transport/report-pages';
import { toAnthropicError } from './errors';
import { DEFAULT_BASE_URL } from './strategy';

const VERSION = '2023-06-01';
/** The most daily buckets of a page (Admin API, "Usage and Cost", 2026-11). */
const LIMIT = 31;
const CENTS = 2;

/** `/v1/organizations/usage_report/messages` and `/v1/organizations/cost_report`, with an Admin API key. */
export const anthropicBilling: BillingSource = {
  async fetch(account, transport, range, options) {
    const redact = createRedactor([account.apiKey]);
    const read = (path: string, groups: readonly string[]): Promise<JsonObject[]> => {
      const request: ReportRequest = {
        account,
        transport,
        url: toUrl(account.baseUrl ?? DEFAULT_BASE_URL, path, range, groups),
        headers: { 'x-api-key': account.apiKey, 'anthropic-version': VERSION, accept: 'application/json' },
        options,
        toError: (status, headers, body) => toAnthropicError(status, headers, body, redact),
      };
      return readReportPages(request);
    };
    const groups = ['model', 'service_tier', 'inference_geo', 'api_key_id'];
    const usage = toUsage(await read('usage_report/messages', groups));
    return { usage, costs: toCosts(await read('cost_report', ['description'])) };
  },
};

function toUrl(base: string, path: string, range: ReportRange, groups: readonly string[]): URL {
  const url = new URL(`${base.replace(/\/+$/, '')}/v1/organizations/${path}`);
  url.searchParams.set('starting_at', new Date(range.from).toISOString());
  url.searchParams.set('ending_at', new Date(range.to).toISOString());
  url.searchParams.set('bucket_width', '1d');
  url.searchParams.set('limit', String(LIMIT));
  for (const group of groups) url.searchParams.append('group_by[]', group);
  return url;
}

/** Daily buckets of usage: the classes are disjoint, so the input is their sum. */
export function toUsage(buckets: readonly JsonObject[]): ReportedUsage[] {
  const notes = new UsageNotes();
  return readResults(buckets).map(([day, result]) => {
    const written = readObject(result, 'cache_creation');
    const cached = readCount(result, notes, 'cache_read_input_tokens') ?? 0;
    const tier = readText(result, 'service_tier');
    const geo = readText(result, 'inference_geo');
    return {
      day,
      model: readText(result, 'model'),
      input:
        (readCount(result, notes, 'uncached_input_tokens') ?? 0) +
        cached +
        (readCount(written, notes, 'ephemeral_5m_input_tokens') ?? 0) +
        (readCount(written, notes, 'ephemeral_1h_input_tokens') ?? 0),
      cached,
      output: readCount(result, notes, 'output_tokens') ?? 0,
      batch: tier === 'batch',
      tier,
      apiKeyId: readText(result, 'api_key_id'),
      region: geo === 'global' || geo === 'not_available' ? null : geo,
    };
  });
}

/**
 * Daily buckets of costs. `amount` is a decimal text in cents: "123.45" are 1.2345 dollars. What a Priority
 * Tier costs is in no report.
 * @throws VendorError for another currency or an amount that is none
 */
export function toCosts(buckets: readonly JsonObject[]): ReportedCost[] {
  return readResults(buckets).map(([day, result]) => {
    const currency = (readText(result, 'currency') ?? 'USD').toUpperCase();
    const amount = readReportedAmount(readText(result, 'amount') ?? '', CENTS);
    if (currency !== 'USD' || amount === null) {
      throw new VendorError(
        'bad_response',
        `Anthropic reported a cost in ${currency} that is no amount in cents.`,
      );
    }
    return { day, model: readText(result, 'model'), amount, apiKeyId: null };
  });
}

function readResults(buckets: readonly JsonObject[]): [day: string, result: JsonObject][] {
  return buckets.flatMap((bucket) => {
    const day = (readText(bucket, 'starting_at') ?? '').slice(0, 10);
    if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) {
      throw new VendorError('bad_response', 'Anthropic reported a day that is no moment.');
    }
    const results = asList(bucket.results)
      .map(asObject)
      .filter((result) => result !== null);
    return results.map((result): [string, JsonObject] => [day, result]);
  });
}
