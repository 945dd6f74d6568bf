import { type Exchange } from './exchange';
import { type JsonObject, numberAt, stringAt } from './json';
import { Refusal } from './refusal';

/**
 * The vendors' own reports of usage and cost (types of openai 7.57.0; Anthropic's Admin API, 2026-11). What is
 * reported is what a test put there, a bucket a day; it comes in pages of `limit` buckets.
 */

const OPENAI_USAGE = /^\/v1\/organization\/usage\/([a-z_]+)$/;
const OPENAI_KINDS = [
  'completions',
  'embeddings',
  'moderations',
  'images',
  'audio_speeches',
  'audio_transcriptions',
  'vector_stores',
  'code_interpreter_sessions',
  'file_search_calls',
  'web_search_calls',
  'decisions',
];

export function isOpenaiReport(path: string): boolean {
  return path === '/v1/organization/costs' || OPENAI_KINDS.includes(OPENAI_USAGE.exec(path)?.[1] ?? '');
}

export function isAnthropicReport(path: string): boolean {
  return path === '/v1/organizations/usage_report/messages' || path === '/v1/organizations/cost_report';
}

export async function answerOpenaiReport(exchange: Exchange): Promise<void> {
  await exchange.begin('');
  requireAdmin(exchange);
  const { searchParams: query, pathname } = exchange.url;
  const isCosts = pathname.endsWith('/costs');
  const from = readSeconds(query.get('start_time'), 'start_time');
  const to = query.has('end_time') ? readSeconds(query.get('end_time'), 'end_time') : Infinity;
  refuseWidth(query.get('bucket_width'), isCosts ? ['1d'] : ['1d', '1h', '1m']);
  const limit = readLimit(query.get('limit'), isCosts ? 180 : 31);
  const within = (bucket: JsonObject): boolean => {
    const start = numberAt(bucket, 'start_time') ?? -1;
    return start >= from && start < to;
  };
  await sendPage(exchange, within, limit, { object: 'page' });
}

export async function answerAnthropicReport(exchange: Exchange): Promise<void> {
  await exchange.begin('');
  requireAdmin(exchange);
  const { searchParams: query, pathname } = exchange.url;
  const from = readMoment(query.get('starting_at'), 'starting_at');
  const to = query.has('ending_at') ? readMoment(query.get('ending_at'), 'ending_at') : Infinity;
  refuseWidth(query.get('bucket_width'), pathname.endsWith('cost_report') ? ['1d'] : ['1d', '1h', '1m']);
  const within = (bucket: JsonObject): boolean => {
    const start = Date.parse(stringAt(bucket, 'starting_at') ?? '');
    return start >= from && start < to;
  };
  await sendPage(exchange, within, readLimit(query.get('limit'), 31), {});
}

async function sendPage(
  exchange: Exchange,
  within: (bucket: JsonObject) => boolean,
  limit: number,
  rest: JsonObject,
): Promise<void> {
  const buckets = exchange.control.reportOf(exchange.url.pathname).filter(within);
  const page = exchange.url.searchParams.get('page');
  const start = page === null ? 0 : Number(/^page_(\d+)$/.exec(page)?.[1] ?? NaN);
  if (Number.isNaN(start)) throw new Refusal(400, `Invalid page: ${page}`);
  const end = start + limit;
  const more = end < buckets.length;
  await exchange.sendJson({
    ...rest,
    data: buckets.slice(start, end),
    has_more: more,
    next_page: more ? `page_${end}` : null,
  });
}

/** An administrator's key has the word in it, as the vendors' own have. */
function requireAdmin({ record, errors }: Exchange): void {
  const { authorization, 'x-api-key': own } = record.headers;
  if (!String(own ?? authorization ?? '').includes('admin')) throw errors.deniedKey();
}

function readSeconds(text: string | null, name: string): number {
  const value = Number(text ?? NaN);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Refusal(400, `Missing or invalid parameter: ${name}`);
}

function readMoment(text: string | null, name: string): number {
  const at = Date.parse(text ?? '');
  if (!Number.isNaN(at)) return at;
  throw new Refusal(400, `${name}: Field required`);
}

function refuseWidth(width: string | null, allowed: readonly string[]): void {
  if (width !== null && !allowed.includes(width)) throw new Refusal(400, `Invalid bucket_width: ${width}`);
}

function readLimit(text: string | null, most: number): number {
  const limit = text === null ? 7 : Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= most) return limit;
  throw new Refusal(400, `limit: must be between 1 and ${most}`);
}
