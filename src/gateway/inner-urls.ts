import { InvalidInput } from '../common/problem';
import { classifyUrlHost } from '../providers/transport/address-guard';

/** Names that lead inside wherever they are asked. */
const INNER_NAMES = /(^|\.)(localhost|local|internal|intranet|lan|home\.arpa)\.?$/i;

/** Whether a URL leads to this machine or its network, as far as the URL itself says. */
export function leadsInside(url: string): boolean {
  const parsed = URL.parse(url);
  if (!parsed || (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')) return false;
  return classifyUrlHost(parsed.hostname) !== null || INNER_NAMES.test(parsed.hostname);
}

/**
 * Pictures and files by URL are fetched by the vendor, and a vendor may stand in our own network: those that lead
 * inside are refused whatever the provider is.
 * @throws InvalidInput
 */
export function refuseInnerUrls(urls: Iterable<string>): void {
  for (const url of urls) {
    if (!leadsInside(url)) continue;
    throw new InvalidInput(
      'A URL in the request leads to a private or local address. Send a public URL, or the file itself as base64.',
      { code: 'private_url_refused', errors: [{ field: 'url', message: 'must be public' }] },
    );
  }
}
