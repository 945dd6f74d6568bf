import { type NativeReader } from '../providers/contract/native';
import { asObject } from '../providers/contract/usage-builder';
import { type TransportResponse } from '../providers/contract/transport';
import { VendorError } from '../providers/contract/vendor-error';
import { parseJson } from '../providers/transport/vendor-answer';
import { type Attempt } from './attempt';
import { type NativeSink } from './native-call';
import { type RunningCall } from './running-call';

/** What is still read of an answer that nobody hears, under the policy `drain`, in bytes. */
const DRAIN_LIMIT_BYTES = 32 * 1024 * 1024;

/** What a vendor's error is read from: status, headers and body. */
export type FailedAnswer = readonly [number, Readonly<Record<string, string>>, string];

/** Passes a streamed answer on, event by event, with the caller's backpressure on the vendor. */
export class NativeStream {
  private begun = false;
  private identified = false;
  private drained = 0;

  constructor(
    private readonly reader: NativeReader,
    private readonly running: RunningCall,
    private readonly attempt: Attempt,
    private readonly toError: (answer: FailedAnswer) => VendorError,
  ) {}

  /** Resolves when the vendor's last event has been read. @throws VendorError with the usage reported until then */
  async pass(response: TransportResponse, sink: NativeSink): Promise<void> {
    await this.expectStream(response);
    const pieces = response.body[Symbol.asyncIterator]();
    let released = false;
    try {
      while (!this.reader.finished) {
        const piece = await pieces.next();
        if (piece.done) {
          released = true;
          await this.write(this.reader.end(), response, sink);
          return;
        }
        this.boundDrain(piece.value.length);
        const bytes = this.reader.accept(piece.value);
        // A failure before anything was said, or went on, may be tried again.
        if (this.reader.error && !this.begun && this.reader.characters === 0) throw this.reader.error;
        this.identify(sink);
        const waiting = this.write(bytes, response, sink);
        if (waiting) await waiting;
      }
      released = true;
      if (!this.begun) this.begin(response, sink);
      void response.discard();
    } catch (error) {
      if (!(error instanceof VendorError)) throw error;
      if (this.begun && this.reader.error) {
        // The vendor has said why it fails, and the caller has read it: how the connection ends is no news after that.
        void this.write(this.reader.end(), response, sink);
        return;
      }
      throw error.withDetails({ status: response.status, ...this.reader.report() });
    } finally {
      if (!released) await pieces.return?.();
    }
  }

  private write(
    bytes: Buffer | null,
    response: TransportResponse,
    sink: NativeSink,
  ): Promise<void> | undefined {
    if (bytes === null) return undefined;
    if (!this.begun) this.begin(response, sink);
    const waiting = sink.write(bytes);
    const { hasData, characters, error } = this.reader;
    // The news of a failure is nothing that was asked for.
    if (hasData && (error === null || characters > 0)) this.attempt.progress.noteDelivered(characters);
    return waiting;
  }

  private begin({ status, headers }: TransportResponse, sink: NativeSink): void {
    this.begun = true;
    sink.begin(status, headers, this.attempt.number);
  }

  private identify(sink: NativeSink): void {
    const { responseId } = this.reader;
    if (this.identified || responseId === null) return;
    this.identified = true;
    sink.identified?.(responseId);
  }

  /** The policy's limit in time is the call's; this is the one in bytes. */
  private boundDrain(bytes: number): void {
    const { call, end } = this.running;
    if (!call.clientGone.aborted) return;
    this.drained += bytes;
    if (this.drained > DRAIN_LIMIT_BYTES) end.abort();
  }

  /** A vendor, or what stands before it, may answer a stream with a page or with one JSON object. */
  private async expectStream(response: TransportResponse): Promise<void> {
    const type = response.headers['content-type'] ?? '';
    const isArray = /\bjson\b/i.test(type);
    if (!/\bhtml\b/i.test(type) && (!isArray || this.reader.framing === 'json')) return;
    const { status, headers } = response;
    const text = await response.text();
    if (isError(text)) throw this.toError([status, headers, text]);
    throw new VendorError('bad_response', `The vendor answered with ${type} where a stream was asked for.`, {
      status: response.status,
    });
  }
}

function isError(text: string): boolean {
  const answer = asObject(parseJson(text));
  return answer?.error !== undefined && answer.error !== null;
}
