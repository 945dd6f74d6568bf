import { lookup } from 'node:dns/promises';
import { classifyAddress, classifyUrlHost } from './transport/address-guard';

const MEND = 'choose a public address, or set STUDIO_ALLOW_PRIVATE_BASE_URLS=true on the server';

/**
 * Why a base URL may not be used, or null. A name is resolved; one that does not resolve now is
 * let through, because each connection checks the address it really goes to.
 */
export async function refuseBaseUrl(baseUrl: string): Promise<string | null> {
  const { hostname } = new URL(baseUrl);
  const literal = classifyUrlHost(hostname);
  if (literal) return `points at a ${literal} address; ${MEND}`;
  try {
    const addresses = await lookup(hostname, { all: true });
    const range = addresses.map(({ address }) => classifyAddress(address)).find((found) => found !== null);
    return range ? `resolves to a ${range} address; ${MEND}` : null;
  } catch {
    return null;
  }
}
