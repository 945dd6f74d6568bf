import { type Control, type SimulatedRequest } from './control';
import { deepMerge, type JsonObject } from './json';
import { Refusal, type Vendor, type VendorErrors } from './refusal';
import { BadDirective, type Fault, type Script, takeDirective } from './script';
import { encodeFrame, type Frame, type StreamFormat, streamEnvelope, strikeIndex, withExtra } from './sse';
import { type Wire } from './wire';

const DEFAULT_AFTER = 1;
const STREAM_FAULTS: readonly Fault[] = ['cut', 'stall', 'malformed', 'error_event', 'failed'];

/** One request and its answer, faults included: what the vendors' files talk to. */
export class Exchange {
  script: Script = {};

  constructor(
    readonly vendor: Vendor,
    readonly errors: VendorErrors,
    readonly record: SimulatedRequest,
    readonly url: URL,
    readonly body: JsonObject,
    readonly control: Control,
    private readonly wire: Wire,
    private readonly answerHeaders: Record<string, string>,
    private readonly queued: Script,
  ) {}

  header(name: string): string | undefined {
    const value = this.record.headers[name];
    return Array.isArray(value) ? value[0] : value;
  }

  /**
   * Reads the directive in a text, adds what was queued, and lets happen what happens before an answer:
   * latency, a reset, an error status. Returns the text without the directive.
   */
  async begin(text: string, narrow: (script: Script) => Script = (script) => script): Promise<string> {
    let rest: string;
    try {
      const directed = takeDirective(text);
      rest = directed.rest;
      this.script = { ...narrow(directed.script), ...this.queued };
    } catch (error) {
      if (error instanceof BadDirective) throw new Refusal(400, error.message);
      throw error;
    }
    const { latencyMs, fault, error, status } = this.script;
    this.wire.splitBytes = this.script.splitBytes ?? false;
    if (latencyMs) await this.wire.sleep(latencyMs);
    if (fault === 'reset') await this.wire.cut();
    if (error) throw this.errors.preset(error);
    if (status !== undefined && status >= 400 && fault !== 'error_event') {
      throw new Refusal(status, this.script.errorMessage, { retryAfter: this.script.retryAfter });
    }
    return rest;
  }

  /** How the vendor fails in the middle of its work. */
  failure(): Refusal {
    return new Refusal(this.script.status ?? this.errors.usualFailure, this.script.errorMessage);
  }

  failureBody(): JsonObject {
    return this.errors.render(this.failure(), this.record.id).body;
  }

  get started(): boolean {
    return this.wire.started;
  }

  abandon(): Promise<never> {
    return this.wire.cut();
  }

  private failsPlain(): boolean {
    const { fault } = this.script;
    return fault === 'error_event' || (fault === 'failed' && !this.url.pathname.endsWith('/responses'));
  }

  async sendJson(body: unknown, status = 200, headers: Record<string, string> = {}): Promise<void> {
    const { fault, extra } = this.script;
    const partly = fault === 'cut' || fault === 'stall';
    if (status === 200 && this.failsPlain()) throw this.failure();
    const merged = extra && status === 200 ? deepMerge(body, extra) : body;
    const whole = JSON.stringify(merged);
    const half = whole.slice(0, Math.ceil(whole.length / 2));
    const text = fault === 'empty' ? '' : fault === 'malformed' ? half : whole;
    this.record.status = status;
    this.wire.head(status, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
      ...this.answerHeaders,
      ...headers,
      ...this.script.headers,
    });
    if (partly) await this.wire.write(half);
    if (fault === 'cut') await this.wire.cut();
    if (fault === 'stall') await this.wire.stall();
    if (text !== '') await this.wire.write(text);
    await this.wire.end();
    this.record.finished = true;
  }

  /** `errorFrame` is how the vendor reports a failure in the middle of a stream, given its place in it. */
  async sendStream(
    frames: Frame[],
    format: StreamFormat,
    errorFrame: (index: number) => Frame,
    headers: Record<string, string> = {},
  ): Promise<void> {
    this.control.activeStreams++;
    try {
      const envelope = streamEnvelope(format);
      this.record.status = 200;
      this.wire.head(200, {
        'content-type': envelope.contentType,
        'cache-control': 'no-cache',
        ...this.answerHeaders,
        ...headers,
        ...this.script.headers,
      });
      if (this.script.fault !== 'empty') {
        if (envelope.open !== '') await this.wire.write(envelope.open);
        await this.sendFrames(withExtra(frames, this.script.extra), format, errorFrame);
        if (envelope.close !== '') await this.wire.write(envelope.close);
      }
      await this.wire.end();
      this.record.finished = true;
    } finally {
      this.control.activeStreams--;
    }
  }

  private async sendFrames(
    frames: Frame[],
    format: StreamFormat,
    errorFrame: (index: number) => Frame,
  ): Promise<void> {
    const { fault, after = DEFAULT_AFTER, chunkDelayMs = 0 } = this.script;
    const strikes = fault !== undefined && STREAM_FAULTS.includes(fault) ? strikeIndex(frames, after) : -1;
    for (const [index, frame] of frames.entries()) {
      if (index === strikes) {
        if (fault === 'cut') await this.wire.cut();
        if (fault === 'stall') await this.wire.stall();
        if (fault !== 'malformed')
          return this.wire.write(encodeFrame(errorFrame(index), format, index === 0));
      }
      if (frame.content && chunkDelayMs > 0) await this.wire.sleep(chunkDelayMs);
      await this.wire.write(encodeFrame(frame, format, index === 0, index === strikes));
    }
  }
}
