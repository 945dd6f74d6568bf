import { type CallOptions } from '../contract/strategy';
import { type Transport, type TransportRequest, type TransportResponse } from '../contract/transport';
import { VendorError } from '../contract/vendor-error';
import { createLightFetch, onFirstUse, type SdkRequestOptions, sendThroughSdk } from './light-fetch';

const OPTIONS: CallOptions = {
  signal: new AbortController().signal,
  timeouts: { firstByte: 1, idle: 2, total: 3.5 },
};
const ANSWER: TransportResponse = {
  status: 418,
  headers: { 'x-a': '1' },
  body: { [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }) },
  text: async () => 'unread',
  bytes: async () => Buffer.from('unread'),
  discard: async () => undefined,
};

function stage(answer: () => Promise<TransportResponse>) {
  const sent: TransportRequest[] = [];
  const transport: Transport = {
    send: (request) => {
      sent.push(request);
      return answer();
    },
    close: async () => undefined,
  };
  const lightFetch = createLightFetch(transport);
  /** As an SDK does: it merges the fetch options, makes headers, and wraps what fails. */
  const call = (sdk: SdkRequestOptions) => ({
    asResponse: async () => {
      const headers = new Headers({ Authorization: 'Bearer k', 'X-Stainless-Lang': 'js' });
      const init = { ...sdk.fetchOptions, method: 'POST', body: '{}', headers };
      const response = await lightFetch('https://host/path', init).catch((error: Error) => {
        throw new Error('Connection error.', { cause: error });
      });
      expect(response.ok).toBe(true);
      expect(response.headers.get('X-A')).toBe('1');
      return response;
    },
  });
  return { sent, call };
}

const NO_CLIENT = () => Promise.resolve(null);

describe('onFirstUse', () => {
  it('loads a client once, when it is first asked for', async () => {
    let loads = 0;
    const client = onFirstUse(async () => (loads += 1));
    expect(loads).toBe(0);
    expect(await Promise.all([client(), client()])).toEqual([1, 1]);
    expect(await client()).toBe(1);
  });
});

describe('sendThroughSdk', () => {
  it('hands the call to the transport and its answer back, whatever the status', async () => {
    const { sent, call } = stage(async () => ANSWER);
    expect(await sendThroughSdk(OPTIONS, NO_CLIENT, (_client, sdk) => call(sdk))).toBe(ANSWER);
    expect(sent).toEqual([
      {
        method: 'POST',
        url: 'https://host/path',
        headers: { authorization: 'Bearer k' },
        body: '{}',
        signal: OPTIONS.signal,
        timeouts: OPTIONS.timeouts,
      },
    ]);
  });

  it("throws the transport's own error and not the SDK's around it", async () => {
    const error = new VendorError('timeout', 'late');
    const { call } = stage(() => Promise.reject(error));
    await expect(sendThroughSdk(OPTIONS, NO_CLIENT, (_client, sdk) => call(sdk))).rejects.toBe(error);
  });

  it('does not repeat what the SDK says of a request that it could not form', async () => {
    const failing = () => ({
      asResponse: () => Promise.reject(new TypeError('Bad header value: Bearer secret')),
    });
    await expect(sendThroughSdk(OPTIONS, NO_CLIENT, failing)).rejects.toMatchObject({
      kind: 'invalid_request',
      message: 'The request could not be formed (TypeError).',
    });
  });

  it('turns retries off and leaves the timers to us', async () => {
    const { call } = stage(async () => ANSWER);
    let given: SdkRequestOptions | null = null;
    const endless = { ...OPTIONS, timeouts: { ...OPTIONS.timeouts, total: Infinity } };
    await sendThroughSdk(endless, NO_CLIENT, (_client, sdk) => {
      given = sdk;
      return call(sdk);
    });
    expect(given).toMatchObject({ maxRetries: 0, timeout: 2 ** 31 - 1 });
  });

  it('is the only way in', async () => {
    const lightFetch = createLightFetch({ send: async () => ANSWER, close: async () => undefined });
    await expect(lightFetch('https://host/')).rejects.toThrow(TypeError);
  });
});
