import { Pool } from 'undici';
import { remembered } from '../contract/remembered';
import { type Transport, type TransportRequest, type TransportResponse } from '../contract/transport';
import { VendorError } from '../contract/vendor-error';
import { classifyUrlHost } from './address-guard';
import { DeadlineTicker } from '../../common/deadline-ticker';
import { Exchange } from './exchange';
import { createGuardedLookup } from './guarded-lookup';
import { toNetworkError } from './network-error';

export interface TransportOptions {
  /** Lets base URLs lead to loopback, private and link-local addresses. Default false. */
  readonly allowPrivate?: boolean;
  /** Connections at a time; further calls wait for one, within their first-byte timer. Default 256. */
  readonly connections?: number;
  /** The longest answer that `text()` takes, in bytes. Default 64 MiB. */
  readonly maxTextBytes?: number;
  /** How long an idle connection is kept, in milliseconds, where the vendor does not say. Default 30,000. */
  readonly keepAliveMs?: number;
  /** How long a new connection may take, in milliseconds. Default 10,000. */
  readonly connectTimeoutMs?: number;
}

/** Kept at a time: webhooks of all teams go over one transport. */
const MAX_POOLS = 16;

const PROTOCOLS: ReadonlySet<string> = new Set(['https:', 'http:']);

/**
 * HTTP/1.1 to one provider over its own undici pool. It follows no redirect (a redirect would carry
 * the key to another host), asks for no compression, and leaves every timer to `CallTimeouts`.
 */
export function createTransport(options: TransportOptions = {}): Transport {
  const allowPrivate = options.allowPrivate ?? false;
  const maxTextBytes = options.maxTextBytes ?? 64 * 1024 * 1024;
  const ticker = new DeadlineTicker();
  const poolOptions: Pool.Options = {
    connections: options.connections ?? 256,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: options.keepAliveMs ?? 30_000,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: {
      timeout: options.connectTimeoutMs ?? 10_000,
      ...(allowPrivate ? {} : { lookup: createGuardedLookup() }),
    },
  };
  /** By origin. A provider has one or two, and undici's own Agent puts a key together for each look. */
  const pools = new Map<string, Pool>();
  let isClosed = false;

  function poolOf(origin: string): Pool {
    return pools.get(origin) ?? openPool(origin);
  }

  function openPool(origin: string): Pool {
    const pool = new Pool(origin, poolOptions);
    // It says of what it is asked that it is closed.
    if (isClosed) void pool.close();
    const [oldest] = pools;
    if (oldest && pools.size >= MAX_POOLS) {
      pools.delete(oldest[0]);
      // What is under way on it ends first.
      void oldest[1].close();
    }
    pools.set(origin, pool);
    return pool;
  }

  function send(request: TransportRequest): Promise<TransportResponse> {
    const url = parseUrl(request.url);
    if (!url) {
      return Promise.reject(
        new VendorError('invalid_request', 'The base URL of the provider is no http(s) URL.'),
      );
    }
    const refused = allowPrivate ? null : classifyUrlHost(url.hostname);
    if (refused !== null) {
      const cause = { code: 'ERR_ADDRESS_REFUSED', range: refused };
      return Promise.reject(toNetworkError(cause, 'connecting', url.host));
    }
    const exchange = new Exchange({
      host: url.host,
      signal: request.signal,
      timeouts: request.timeouts,
      ticker,
      maxTextBytes,
    });
    if (exchange.isClosed) return exchange.answered;
    poolOf(url.origin).dispatch(
      {
        origin: url.origin,
        path: url.path,
        method: request.method,
        headers: listHeaders(request.headers),
        body: request.body ?? null,
      },
      exchange,
    );
    return exchange.answered;
  }

  return {
    send,
    async close() {
      isClosed = true;
      await Promise.all(Array.from(pools.values(), (pool) => pool.close()));
    },
  };
}

/** As undici takes them at the least cost: names and values by turns. */
function listHeaders(headers: Readonly<Record<string, string>>): string[] {
  const list: string[] = [];
  for (const name in headers) list.push(name, headers[name] ?? '');
  if (headers['accept-encoding'] === undefined) list.push('accept-encoding', 'identity');
  return list;
}

interface Address {
  readonly hostname: string;
  readonly host: string;
  readonly origin: string;
  readonly path: string;
}

/** A provider is called at few URLs, and parsing one costs as much as the rest of sending it. */
const parseUrl = remembered((text): Address | null => {
  const url = URL.parse(text);
  if (!url || !PROTOCOLS.has(url.protocol)) return null;
  const { hostname, host, origin } = url;
  return { hostname, host, origin, path: url.pathname + url.search };
});
