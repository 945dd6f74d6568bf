import { type Dispatcher } from 'undici';
import { type EndSignal } from '../../common/ending';
import { type CallTimeouts, type TransportResponse } from '../contract/transport';
import { VendorError } from '../contract/vendor-error';
import { type Deadlined, type DeadlineTicker } from '../../common/deadline-ticker';
import { type Phase, toNetworkError } from './network-error';

type IncomingHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Bytes that may wait for a slow reader before the vendor's socket is paused. */
const HIGH_WATER_BYTES = 64 * 1024;
/** What `discard` still reads to keep the connection; a longer rest costs the connection instead. */
const DISCARD_BYTES = 256 * 1024;
const DISCARD_MILLISECONDS = 1000;
const EMPTY = Buffer.alloc(0);
const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

interface Waiter {
  readonly resolve: (result: IteratorResult<Buffer, undefined>) => void;
  readonly reject: (error: VendorError) => void;
}

export interface ExchangeOptions {
  readonly host: string;
  readonly signal: EndSignal;
  readonly timeouts: CallTimeouts;
  readonly ticker: DeadlineTicker;
  readonly maxTextBytes: number;
}

/**
 * One request and its answer: undici's handler, the timers, the bounded queue of body pieces and the
 * response that the caller holds, in one object, because one is made for every call.
 */
export class Exchange
  implements Dispatcher.DispatchHandler, TransportResponse, AsyncIterator<Buffer, undefined>, Deadlined
{
  /** In the ticker's roster. */
  place = -1;
  status = 0;
  headers: Readonly<Record<string, string>> = {};
  /** Settles with the headers or with the failure before them. */
  readonly answered: Promise<TransportResponse>;

  private readonly start = performance.now();
  private lastByteAt = 0;
  private phase: Phase = 'connecting';
  private controller: Dispatcher.DispatchController | null = null;
  private failure: VendorError | null = null;
  private closed = false;
  private ended = false;
  private queue: Buffer[] = [];
  private queuedBytes = 0;
  private waiter: Waiter | null = null;
  private mode: 'iterate' | 'collect' | 'discard' = 'iterate';
  private limit = HIGH_WATER_BYTES;
  private resolveAnswered: (response: TransportResponse) => void = () => undefined;
  private rejectAnswered: (error: VendorError) => void = () => undefined;

  constructor(private readonly options: ExchangeOptions) {
    this.answered = new Promise((resolve, reject) => {
      this.resolveAnswered = resolve;
      this.rejectAnswered = reject;
    });
    options.ticker.add(this);
    if (options.signal.aborted) this.onAbort();
    else options.signal.addEventListener('abort', this.onAbort, { once: true });
  }

  get body(): AsyncIterable<Buffer> {
    return this;
  }

  /** True when the call is over before it was dispatched (its signal was aborted already). */
  get isClosed(): boolean {
    return this.closed;
  }

  // ── undici's side ──────────────────────────────────────────────────────────────────────────────

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.failure) controller.abort(this.failure);
    else this.phase = 'sent';
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHeaders,
  ): void {
    if (status < 200 || this.failure) return;
    this.status = status;
    this.headers = joinRepeated(headers);
    this.phase = 'answering';
    this.lastByteAt = performance.now();
    const encoding = this.headers['content-encoding'];
    if (encoding !== undefined && encoding !== '' && encoding !== 'identity') {
      this.fail(
        new VendorError('bad_response', `${this.options.host} compressed its answer (${encoding}) unasked.`),
      );
      return;
    }
    this.resolveAnswered(this);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.failure) return;
    this.lastByteAt = performance.now();
    if (this.waiter && this.mode === 'iterate') {
      const { resolve } = this.waiter;
      this.waiter = null;
      resolve({ done: false, value: chunk });
      return;
    }
    this.queuedBytes += chunk.length;
    if (this.mode !== 'discard') this.queue.push(chunk);
    if (this.queuedBytes <= this.limit) return;
    if (this.mode === 'iterate') controller.pause();
    else if (this.mode === 'collect') this.fail(this.tooLong());
    else this.fail(new VendorError('aborted', 'The rest of the answer was not wanted.'));
  }

  onResponseEnd(): void {
    if (this.failure) return;
    this.ended = true;
    this.close();
    const waiter = this.waiter;
    if (!waiter) return;
    this.waiter = null;
    waiter.resolve(END);
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.closed) return;
    this.fail(toNetworkError(error, this.phase, this.options.host));
  }

  // ── the reader's side ──────────────────────────────────────────────────────────────────────────

  [Symbol.asyncIterator](): AsyncIterator<Buffer, undefined> {
    return this;
  }

  next(): Promise<IteratorResult<Buffer, undefined>> {
    const chunk = this.queue.length > 0 && this.failure?.kind !== 'aborted' ? this.takeQueue() : null;
    if (chunk) return Promise.resolve({ done: false, value: chunk });
    if (this.failure) return Promise.reject(this.failure);
    if (this.ended) return Promise.resolve(END);
    return new Promise((resolve, reject) => {
      this.waiter = { resolve, reject };
    });
  }

  /** Leaving the loop early closes the connection, and with it the vendor's work. */
  return(): Promise<IteratorReturnResult<undefined>> {
    if (!this.ended && !this.failure)
      this.fail(new VendorError('aborted', 'The answer was not read to its end.'));
    return Promise.resolve(END);
  }

  async text(): Promise<string> {
    return (await this.bytes()).toString('utf8');
  }

  bytes(): Promise<Buffer> {
    const length = Math.max(this.queuedBytes, Number(this.headers['content-length'] ?? 0));
    if (length > this.options.maxTextBytes) {
      this.queue = [];
      this.fail(this.tooLong());
      return Promise.reject(this.tooLong());
    }
    return this.finish('collect', this.options.maxTextBytes, () => this.takeQueue());
  }

  async discard(): Promise<void> {
    this.queue = [];
    this.queuedBytes = 0;
    if (this.ended || this.failure) return;
    const timer = setTimeout(() => void this.return(), DISCARD_MILLISECONDS).unref();
    await this.finish('discard', DISCARD_BYTES, () => undefined).catch(() => undefined);
    clearTimeout(timer);
  }

  // ── timers and ends ────────────────────────────────────────────────────────────────────────────

  checkDeadlines(now: number): void {
    const { timeouts, host } = this.options;
    if (now - this.start >= timeouts.total) {
      this.fail(
        new VendorError('timeout', `${host} had not finished its answer after ${timeouts.total} ms.`),
      );
    } else if (this.phase !== 'answering') {
      if (now - this.start >= timeouts.firstByte) {
        this.fail(
          new VendorError('timeout', `${host} had not begun to answer after ${timeouts.firstByte} ms.`),
        );
      }
    } else if (now - this.lastByteAt >= timeouts.idle && this.controller?.paused !== true) {
      this.fail(
        new VendorError(
          'stalled',
          `${host} sent nothing for ${timeouts.idle} ms in the middle of its answer.`,
        ),
      );
    }
  }

  private readonly onAbort = (): void => {
    this.fail(new VendorError('aborted', 'The call was aborted.'));
  };

  private finish<T>(mode: 'collect' | 'discard', limit: number, take: () => T): Promise<T> {
    this.mode = mode;
    this.limit = limit;
    if (this.ended) return Promise.resolve(take());
    if (this.failure) return Promise.reject(this.failure);
    this.resumeIfPaused();
    return new Promise((resolve, reject) => {
      this.waiter = { resolve: () => resolve(take()), reject };
    });
  }

  private takeQueue(): Buffer {
    if (this.queue.length === 0) return EMPTY;
    const first = this.queue[0];
    const taken = this.queue.length === 1 && first ? first : Buffer.concat(this.queue);
    this.queue = [];
    this.queuedBytes = 0;
    if (!this.closed) this.resumeIfPaused();
    return taken;
  }

  private resumeIfPaused(): void {
    if (this.controller?.paused !== true) return;
    this.lastByteAt = performance.now();
    this.controller.resume();
  }

  private tooLong(): VendorError {
    return new VendorError(
      'bad_response',
      `${this.options.host} answered with more than ${this.options.maxTextBytes} bytes.`,
    );
  }

  private fail(error: VendorError): void {
    if (this.closed) return;
    this.failure = error;
    this.close();
    if (this.controller && !this.controller.aborted) this.controller.abort(error);
    this.rejectAnswered(error);
    const waiter = this.waiter;
    this.waiter = null;
    waiter?.reject(error);
  }

  private close(): void {
    this.closed = true;
    this.options.ticker.remove(this);
    this.options.signal.removeEventListener('abort', this.onAbort);
  }
}

/** The headers themselves where none was sent twice, as in nearly every answer. */
function joinRepeated(headers: IncomingHeaders): Readonly<Record<string, string>> {
  if (!isAnyRepeated(headers)) return headers as Readonly<Record<string, string>>;
  const joined: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) joined[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return joined;
}

function isAnyRepeated(headers: IncomingHeaders): boolean {
  for (const name in headers) if (typeof headers[name] !== 'string') return true;
  return false;
}
