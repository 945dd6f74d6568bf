import { InvalidInput } from '../common/problem';
import { classifyUrlHost } from '../providers/transport/address-guard';

/** Names that lead inside wherever they are asked. */
const INNER_NAMES =
  /(^|\.)(localhost|localdomain|local|internal|intranet|lan|svc|cluster\.local|home\.arpa)\.?$/i;
/** What carries its content itself, or names a vendor's own storage. */
const WITHOUT_HOST = new Set(['data:', 'gs:', 'mailto:']);
/** Nothing of these is public. */
const NEVER = new Set(['file:', 'ftp:', 'ftps:', 'gopher:', 'unix:', 'dict:', 'ldap:']);

/** Names a host, or wants to: a backslash is a slash to those who read URLs as browsers do. */
const WITH_HOST = /^([a-z][a-z0-9+.-]*:[\\/]|[\\/]{2})/i;
const WITHOUT_SCHEME = /^[\\/]{2}/;
/** What those leave out of a URL before they read it: these anywhere, and controls and spaces before it. */
const LEFT_OUT = /[\t\n\r]/g;
const BEFORE = /^[^!-\u{10ffff}]+/u;
/** A file in itself, which may have megabytes. */
const DATA = /^data:/i;

/** Whether a URL leads to this machine or its network, as far as the URL itself says. */
export function leadsInside(url: string): boolean {
  if (DATA.test(url)) return false;
  const plain = url.replace(LEFT_OUT, '').replace(BEFORE, '');
  const parsed = URL.parse(WITHOUT_SCHEME.test(plain) ? `http:${plain}` : plain);
  // What we cannot read another parser may, and find an address inside (one with a zone is such a one).
  if (!parsed) return WITH_HOST.test(plain);
  // A relative path is a file's id at the vendor, and a text without a host leads nowhere.
  if (WITHOUT_HOST.has(parsed.protocol)) return false;
  if (NEVER.has(parsed.protocol)) return true;
  const { hostname } = parsed;
  if (hostname === '') return false;
  const name = hostname.replace(/\.$/, '');
  if (classifyUrlHost(name) !== null) return true;
  const isAddress = /^\[|^\d+(\.\d+){3}$/.test(name);
  return !isAddress && (!name.includes('.') || INNER_NAMES.test(name));
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
