import { type EndSignal } from '../../common/ending';
import { type CompletionParameters } from './completion';
import { type CallExtent } from './extent';
import { type CallTimeouts, type TransportResponse } from './transport';
import { type Metered, type MeterContext } from './usage';
import { type VendorError } from './vendor-error';

/** A caller's JSON body: its bytes as they came, and what they say. */
export interface WireBody {
  readonly bytes: Buffer;
  readonly value: Readonly<Record<string, unknown>>;
}

export interface NativeRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the account's base URL, with its query; begins with `/`. */
  readonly path: string;
  /** The caller's headers that are passed on; never a credential. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly signal: EndSignal;
  readonly timeouts: CallTimeouts;
}

/** The account's side of the native way: requests in the vendor's own format, with the account's credential. */
export interface NativeWay {
  /** @throws VendorError of the network; an answer that is no success is an answer */
  send(request: NativeRequest): Promise<TransportResponse>;
  /** What an answer that is no success means. */
  toError(status: number, headers: Readonly<Record<string, string>>, body: string): VendorError;
  /** Takes the account's key out of a text that goes back to a caller. */
  redact(text: string): string;
  /** Where the account's requests go, for metering. */
  readonly baseUrl: string;
}

/** What an answer says of itself. */
export interface NativeReport {
  /** Null when nothing was reported. */
  readonly metered: Metered | null;
  /** The vendor's usage object as it came, null when it sent none. */
  readonly rawUsage: unknown;
  readonly vendorResponseId: string | null;
  /** The vendor goes on with the answer in the background: what it uses is not known yet. */
  readonly unfinished?: boolean;
  /** The answer says that it failed, although it came with a status of success. */
  readonly failed?: boolean;
}

/** Follows a streamed answer: hands its events on whole and reads the usage from them. */
export interface NativeReader {
  readonly framing: 'sse' | 'json';
  /** True once the vendor's last event has been read. */
  readonly finished: boolean;
  /** Of text, thinking and tool arguments that were read so far. */
  readonly characters: number;
  /** Whether any event with data has been read; comments are none. */
  readonly hasData: boolean;
  /** The vendor's id of the answer, null before it is known. */
  readonly responseId: string | null;
  /**
   * The bytes that may go on to the caller now: whole events. The vendor's closing event is held back
   * (`closing`), so that the end of an answer can wait for its settlement.
   * @throws VendorError for an event that is too long
   */
  accept(chunk: Buffer): Buffer | null;
  /** What is left when the vendor has closed the stream. @throws VendorError `cut` when it was not complete */
  end(): Buffer | null;
  /** The closing event, null before it came and for a format that has none. */
  readonly closing: Buffer | null;
  /** The vendor's own error event, once one has passed (it goes on to the caller, without secrets). */
  readonly error: VendorError | null;
  report(): NativeReport;
}

export interface NativeReaderOptions {
  readonly meter: MeterContext;
  /** What the caller sent, as it was sent. */
  readonly body: WireBody;
  /** The form of the stream, where the API has several. */
  readonly framing?: 'sse' | 'json';
  readonly redact: (text: string) => string;
}

/** One API of a vendor that callers may speak themselves. Pure. */
export interface NativeApi {
  /** Below the base URL, for a POST. */
  path(model: string, streamed: boolean, framing?: 'sse' | 'json'): string;
  /**
   * The bytes to send: the caller's, but for the model id, defaults where the caller left a field out, and the
   * reporting of usage.
   */
  prepare(body: WireBody, model: string, defaults: CompletionParameters, streamed: boolean): Buffer;
  /** How large a call a body can become. It never throws. */
  measure(body: WireBody, model: string, defaults: CompletionParameters): CallExtent;
  /** Reads a plain answer; null when it is no answer of the API at all. It never throws. */
  report(body: Buffer, meter: MeterContext): NativeReport | null;
  /** Absent for an API without streams. */
  createReader?(options: NativeReaderOptions): NativeReader;
  /** Where an answer that is made in the background is asked for, by a GET. */
  followPath?(vendorResponseId: string): string;
}

/** What a vendor offers to callers of its own format. */
export interface NativeOffer {
  /** The dialect that the vendor speaks itself. */
  readonly dialect: string;
  /** By their ids, as price rows name them (`surface`). */
  readonly apis: Readonly<Record<string, NativeApi>>;
}
