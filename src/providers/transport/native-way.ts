import { type NativeRequest, type NativeWay } from '../contract/native';
import { type Transport } from '../contract/transport';
import { checkKeyText } from './api-key';
import { type Redactor } from './redaction';
import { type ToVendorError } from './vendor-answer';

export interface NativeWayOptions {
  readonly transport: Transport;
  readonly apiKey: string;
  readonly baseUrl: string;
  /** What goes with every request and wins over the caller's headers: the credential. */
  readonly headers: Readonly<Record<string, string>>;
  /** What goes with a request whose caller sent none of it. */
  readonly defaultHeaders?: Readonly<Record<string, string>>;
  readonly toError: ToVendorError;
  readonly redact: Redactor;
}

/** Sends a caller's bytes to the account's base URL with the account's credential. */
export function createNativeWay(options: NativeWayOptions): NativeWay {
  const { transport, apiKey, headers, defaultHeaders, toError, redact } = options;
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  const fixed = { 'content-type': 'application/json', ...defaultHeaders };
  const own = { ...fixed, ...headers };
  let isKeyChecked = false;
  return {
    baseUrl,
    toError,
    redact,
    send({ method, path, headers: passed, body, signal, timeouts }: NativeRequest) {
      if (!isKeyChecked) checkKeyText(apiKey);
      isKeyChecked = true;
      const url = baseUrl + path;
      return transport.send({
        method,
        url,
        headers: isEmpty(passed) ? own : { ...fixed, ...passed, ...headers },
        body,
        signal,
        timeouts,
      });
    },
  };
}

function isEmpty(headers: Readonly<Record<string, string>>): boolean {
  for (const _name in headers) return false;
  return true;
}
