import { type EndSignal } from '../../common/ending';

/** Milliseconds. `firstByte` runs to the answer's headers, `idle` between pieces of a body. */
export interface CallTimeouts {
  readonly firstByte: number;
  readonly idle: number;
  readonly total: number;
}

export interface TransportRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Absolute. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly signal: EndSignal;
  readonly timeouts: CallTimeouts;
}

export interface TransportResponse {
  readonly status: number;
  /** Names in lower case; repeated headers joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes as they come, with backpressure. Throws VendorError: `cut`, `stalled`, `timeout`, `aborted`. */
  readonly body: AsyncIterable<Buffer>;
  /** The whole body; refuses (`bad_response`) one of more bytes than the transport's limit. */
  bytes(): Promise<Buffer>;
  /** The same as text. */
  text(): Promise<string>;
  /** Throws the rest of the body away and frees the connection. */
  discard(): Promise<void>;
}

/** HTTP to one provider: its own pool of connections, timers, no redirects, no private addresses. */
export interface Transport {
  /** @throws VendorError `unreachable`, `address_refused`, `timeout`, `aborted`, `cut` */
  send(request: TransportRequest): Promise<TransportResponse>;
  close(): Promise<void>;
}
