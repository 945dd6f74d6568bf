import { type JsonObject } from './json';

export type Vendor = 'openai' | 'anthropic' | 'google';

export interface RefusalDetail {
  /** OpenAI's `code`, e.g. `model_not_found`. */
  code?: string | null;
  /** OpenAI's and Anthropic's `type`; chosen by the status when absent. */
  type?: string;
  /** OpenAI's `param`. */
  param?: string | null;
  /** Google's `status`, e.g. `PERMISSION_DENIED`; chosen by the HTTP status when absent. */
  googleStatus?: string;
  /** Google's `details`. */
  details?: JsonObject[];
  /** Seconds, as the vendor says it: a header at OpenAI and Anthropic, `RetryInfo` at Google. */
  retryAfter?: number;
}

/** An error answer. Without a message, the vendor's usual one for the status. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message = '',
    readonly detail: RefusalDetail = {},
  ) {
    super(message);
  }
}

/** The connection is closed: nothing is left to do. */
export class ClientGone extends Error {
  constructor() {
    super('the connection is closed');
  }
}

export type PresetError = 'context_too_long' | 'insufficient_quota' | 'content_filtered';

export function retryAfterHeader(seconds: number | undefined): Record<string, string> {
  return seconds === undefined ? {} : { 'retry-after': String(seconds) };
}

/** How a vendor says no. */
export interface VendorErrors {
  /** The status of a failure in the middle of a stream. */
  usualFailure: number;
  render(refusal: Refusal, requestId: string): { body: JsonObject; headers: Record<string, string> };
  preset(name: PresetError): Refusal;
  missingKey(): Refusal;
  badKey(key: string): Refusal;
  deniedKey(): Refusal;
  unknownRoute(method: string, path: string): Refusal;
  invalidJson(): Refusal;
}
