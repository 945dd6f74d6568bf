import {
  type BillingSource,
  dayOf,
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
  readText,
  UsageNotes,
} from '../../contract/usage-builder';
import { VendorError } from '../../contract/vendor-error';
import { createRedactor } from '../../transport/redaction';
import { readReportPages, type ReportRequest } from '../../transport/report-pages';
import { toChatError } from '../openai-compatible/errors';
import { OPENAI_PROTOCOL } from './strategy';

/** Buckets of a page: the most of daily usage, and of costs (types of openai 7.57.0, 2026-11). */
const USAGE_LIMIT = 31;
const COST_LIMIT = 180;
/** What the usage API counts in tokens that we meter, and by what it can be grouped. */
const KINDS: readonly (readonly [path: string, groups: readonly string[]])[] = [
  ['completions', ['model', 'batch', 'service_tier', 'api_key_id']],
  ['embeddings', ['model', 'api_key_id']],
];

/** `/organization/usage/…` and `/organization/costs`, with an administrator's key. */
export const openAiBilling: BillingSource = {
  async fetch(account, transport, range, options) {
    const redact = createRedactor([account.apiKey]);
    const read = (path: string, limit: number, groups: readonly string[]): Promise<JsonObject[]> => {
      const request: ReportRequest = {
        account,
        transport,
        url: toUrl(account.baseUrl ?? OPENAI_PROTOCOL.defaultBaseUrl, path, range, limit, groups),
        headers: { authorization: `Bearer ${account.apiKey}`, accept: 'application/json' },
        options,
        toError: (status, headers, body) => toChatError(status, headers, body, OPENAI_PROTOCOL, redact),
      };
      return readReportPages(request);
    };
    const usage: ReportedUsage[] = [];
    for (const [path, groups] of KINDS) {
      usage.push(...toUsage(await read(`usage/${path}`, USAGE_LIMIT, groups)));
    }
    return { usage, costs: toCosts(await read('costs', COST_LIMIT, ['line_item', 'api_key_id'])) };
  },
};

function toUrl(
  base: string,
  path: string,
  range: ReportRange,
  limit: number,
  groups: readonly string[],
): URL {
  const url = new URL(`${base.replace(/\/+$/, '')}/organization/${path}`);
  url.searchParams.set('start_time', String(range.from / 1000));
  url.searchParams.set('end_time', String(range.to / 1000));
  url.searchParams.set('bucket_width', '1d');
  url.searchParams.set('limit', String(limit));
  for (const group of groups) url.searchParams.append('group_by[]', group);
  return url;
}

/** Daily buckets of usage. `input_tokens` includes the cached and written ones. */
export function toUsage(buckets: readonly JsonObject[]): ReportedUsage[] {
  const notes = new UsageNotes();
  return readResults(buckets).map(([day, result]) => ({
    day,
    model: readText(result, 'model'),
    input: readCount(result, notes, 'input_tokens') ?? 0,
    cached: readCount(result, notes, 'input_cached_tokens') ?? 0,
    output: readCount(result, notes, 'output_tokens') ?? 0,
    batch: result.batch === true,
    tier: toTier(readText(result, 'service_tier')),
    apiKeyId: readText(result, 'api_key_id'),
    region: null,
  }));
}

function toTier(tier: string | null): string | null {
  if (tier === null) return null;
  if (tier === 'default' || tier === 'auto') return 'standard';
  return tier === 'fast' ? 'priority' : tier;
}

/**
 * Daily buckets of costs, in dollars. A line item is a model and what of it is billed ("gpt-6-astra,
 * input_tokens"), or something that belongs to no model.
 * @throws VendorError for another currency or an amount that is none
 */
export function toCosts(buckets: readonly JsonObject[]): ReportedCost[] {
  return readResults(buckets).map(([day, result]) => {
    const amount = asObject(result.amount);
    const currency = (readText(amount, 'currency') ?? 'usd').toLowerCase();
    const read = readReportedAmount(readAmountText(amount?.value));
    if (currency !== 'usd' || read === null) {
      throw new VendorError(
        'bad_response',
        `OpenAI reported a cost in ${currency} that is no amount in dollars.`,
      );
    }
    const [model, billed] = (readText(result, 'line_item') ?? '').split(', ');
    return {
      day,
      model: model && billed ? model : null,
      amount: read,
      apiKeyId: readText(result, 'api_key_id'),
    };
  });
}

/** `readReportPages` keeps a number's own digits, as text. */
function readAmountText(value: unknown): string {
  if (value === undefined || value === null) return '0';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function readResults(buckets: readonly JsonObject[]): [day: string, result: JsonObject][] {
  return buckets.flatMap((bucket) => {
    const start = Number(bucket.start_time);
    if (!Number.isSafeInteger(start) || start < 0 || start > 1e11) {
      throw new VendorError('bad_response', 'OpenAI reported a day that is no moment.');
    }
    const results = asList(bucket.results ?? bucket.result)
      .map(asObject)
      .filter((result) => result !== null);
    return results.map((result): [string, JsonObject] => [dayOf(start * 1000), result]);
  });
}
