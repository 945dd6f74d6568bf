import { type ReportAccount, type ReportOptions } from '../contract/billing-report';
import { type Transport } from '../contract/transport';
import { asList, asObject, type JsonObject, readText } from '../contract/usage-builder';
import { VendorError } from '../contract/vendor-error';
import { checkKeyText } from './api-key';
import { type ToVendorError } from './vendor-answer';

/** A bound for a server that pages without end: 31 days a page make more than six years. */
const MAX_PAGES = 75;

export interface ReportRequest {
  readonly account: ReportAccount;
  readonly transport: Transport;
  /** With its query, without the page. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly options: ReportOptions;
  readonly toError: ToVendorError;
}

/**
 * The buckets of a report that comes in pages (`{ data, has_more, next_page }`). Numbers under the name `value`
 * stay the text that they were sent as, so that an amount is not rounded to a double.
 * @throws VendorError
 */
export async function readReportPages(request: ReportRequest): Promise<JsonObject[]> {
  const { account, transport, headers, options, toError } = request;
  checkKeyText(account.apiKey);
  const buckets: JsonObject[] = [];
  let page: string | null = null;
  for (let count = 0; count < MAX_PAGES; count += 1) {
    const url = new URL(request.url);
    if (page !== null) url.searchParams.set('page', page);
    const response = await transport.send({ method: 'GET', url: url.href, headers, ...options });
    const text = await response.text();
    if (response.status < 200 || response.status > 299)
      throw toError(response.status, response.headers, text);
    const answer = asObject(parseKeepingValues(text));
    if (!answer || !Array.isArray(answer.data)) {
      throw new VendorError('bad_response', 'The vendor answered with something that is no report.', {
        status: response.status,
      });
    }
    buckets.push(
      ...asList(answer.data)
        .map(asObject)
        .filter((bucket) => bucket !== null),
    );
    const next = readText(answer, 'next_page');
    if (answer.has_more !== true || next === null) return buckets;
    if (next === page) break;
    page = next;
  }
  throw new VendorError('bad_response', 'The vendor has a report without an end. Ask for fewer days.');
}

type Reviver = (name: string, value: unknown, context?: { readonly source?: string }) => unknown;

function parseKeepingValues(text: string): unknown {
  const keep: Reviver = (name, value, context) =>
    name === 'value' && typeof value === 'number' ? (context?.source ?? String(value)) : value;
  try {
    return JSON.parse(text, keep) as unknown;
  } catch {
    return undefined;
  }
}
