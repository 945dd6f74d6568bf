import { type CallOptions } from '../contract/strategy';
import { type CallTimeouts, type Transport, type TransportResponse } from '../contract/transport';
import { VendorError } from '../contract/vendor-error';

/** The fetch that the vendors' SDKs take. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

const CALL = Symbol('sdk call');

/** The longest that Node's timers take, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** What one call hands past the SDK to our fetch, and gets back from it. */
interface SdkCall {
  readonly signal: AbortSignal;
  readonly timeouts: CallTimeouts;
  response: TransportResponse | null;
  failure: VendorError | null;
}

/** Request options that both SDKs take. */
export interface SdkRequestOptions {
  /** Opaque: it carries the call past the SDK. */
  readonly fetchOptions: Record<never, never>;
  readonly maxRetries: 0;
  /** Milliseconds; later than our own timers, so that it never fires. */
  readonly timeout: number;
}

/** The SDK's own headers about its retries, timers and platform: they would tell the vendor what is not so. */
const SDK_HEADERS = 'x-stainless-';

/**
 * A fetch-shaped function over the transport for the vendors' SDKs. The SDK is told that every answer is
 * fine, so it never reads a body: status and body are read by the strategy, within our limits and timers.
 */
export function createLightFetch(transport: Transport): Fetch {
  return async (input, init) => {
    const call = (init as { [CALL]?: SdkCall } | undefined)?.[CALL];
    if (!call) throw new TypeError('lightFetch is only for calls made through sendThroughSdk.');
    try {
      const response = await transport.send({
        method: (init?.method ?? 'GET') as 'GET' | 'POST' | 'DELETE',
        url: typeof input === 'string' ? input : input instanceof URL ? input.href : input.url,
        headers: plainHeaders(init?.headers),
        ...(typeof init?.body === 'string' ? { body: init.body } : {}),
        signal: call.signal,
        timeouts: call.timeouts,
      });
      call.response = response;
      return new LightResponse(response) as unknown as Response;
    } catch (error) {
      if (error instanceof VendorError) call.failure = error;
      throw error;
    }
  };
}

/** A vendor's client that is loaded when it is first used: calls in the vendor's own format need none. */
export function onFirstUse<Client>(load: () => Promise<Client>): () => Promise<Client> {
  let loaded: Promise<Client> | null = null;
  return () => (loaded ??= load());
}

/**
 * Runs an SDK's call over `createLightFetch` and returns the answer unread, whatever its status.
 * @param start makes the call with the given request options, e.g. `(client, o) => client.models.list({}, o)`
 * @throws VendorError of the transport; `invalid_request` when the SDK cannot form the request
 */
export async function sendThroughSdk<Client>(
  options: CallOptions,
  client: () => Promise<Client>,
  start: (client: Client, requestOptions: SdkRequestOptions) => { asResponse(): PromiseLike<unknown> },
): Promise<TransportResponse> {
  const call: SdkCall = { signal: options.signal, timeouts: options.timeouts, response: null, failure: null };
  try {
    await start(await client(), {
      fetchOptions: { [CALL]: call },
      maxRetries: 0,
      timeout: Math.min(Math.ceil(options.timeouts.total) + 60_000, LONGEST_TIMER),
    }).asResponse();
  } catch (error) {
    await call.response?.discard();
    // The SDK's own message can repeat a header's value, so it is not passed on.
    throw (
      call.failure ??
      new VendorError('invalid_request', `The request could not be formed (${nameOf(error)}).`)
    );
  }
  if (!call.response) throw new VendorError('invalid_request', 'The request was never sent.');
  return call.response;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

function plainHeaders(headers: RequestInit['headers']): Record<string, string> {
  const plain: Record<string, string> = {};
  const entries =
    headers instanceof Headers ? headers : Object.entries((headers ?? {}) as Record<string, string>);
  for (const [name, value] of entries) {
    if (!name.startsWith(SDK_HEADERS)) plain[name] = value;
  }
  return plain;
}

/** The little of a Response that the SDKs look at before they hand it over. */
class LightResponse {
  readonly ok = true;
  readonly body = null;
  readonly url = '';
  readonly status: number;
  readonly headers: LightHeaders;

  constructor(response: TransportResponse) {
    this.status = response.status;
    this.headers = new LightHeaders(response.headers);
  }
}

class LightHeaders {
  constructor(private readonly values: Readonly<Record<string, string>>) {}

  get(name: string): string | null {
    return this.values[name.toLowerCase()] ?? null;
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  entries(): IterableIterator<[string, string]> {
    return Object.entries(this.values)[Symbol.iterator]();
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }
}
