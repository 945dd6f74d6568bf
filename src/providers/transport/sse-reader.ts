import { VendorError } from '../contract/vendor-error';

export interface SseEvent {
  /** The event's name, null when it has none. */
  readonly event: string | null;
  /** The data lines, joined with a line feed. */
  readonly data: string;
}

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
const SPACE = 0x20;
const NONE: readonly SseEvent[] = [];

export interface SseReaderOptions {
  /** The longest line and the longest event, in bytes. Default 32 MiB: an image can come in one line. */
  readonly maxEventBytes?: number;
}

/**
 * Reads server-sent events (WHATWG HTML, 9.2) from pieces of bytes cut anywhere. Lines are found in the
 * bytes and decoded whole, so a character is never split; a piece without the end of a line is only kept.
 */
export class SseReader {
  private readonly maxEventBytes: number;
  private pieces: Buffer[] = [];
  private pendingBytes = 0;
  private skipLineFeed = false;
  private atStart = true;
  private event: string | null = null;
  private data: string | null = null;
  private dataBytes = 0;

  constructor(options: SseReaderOptions = {}) {
    this.maxEventBytes = options.maxEventBytes ?? 32 * 1024 * 1024;
  }

  /** The events that the piece completes. @throws VendorError `bad_response` when an event is too long */
  push(chunk: Buffer): readonly SseEvent[] {
    const events: SseEvent[] = [];
    let start = 0;
    if (this.skipLineFeed && chunk.length > 0) {
      if (chunk[0] === LF) start = 1;
      this.skipLineFeed = false;
    }
    let nextCr = chunk.indexOf(CR, start);
    while (start < chunk.length) {
      const lf = chunk.indexOf(LF, start);
      if (nextCr >= 0 && nextCr < start) nextCr = chunk.indexOf(CR, start);
      const end = nextCr >= 0 && (lf < 0 || nextCr < lf) ? nextCr : lf;
      if (end < 0) break;
      this.takeLine(chunk, start, end, events);
      start = end + 1;
      if (end === nextCr) {
        if (start === chunk.length) this.skipLineFeed = true;
        else if (chunk[start] === LF) start += 1;
      }
    }
    if (start < chunk.length) {
      this.pieces.push(start === 0 ? chunk : chunk.subarray(start));
      this.pendingBytes += chunk.length - start;
      this.checkLength(this.pendingBytes);
    }
    return events.length > 0 ? events : NONE;
  }

  /** At the end of the body: an event whose last line was complete but not followed by an empty one. */
  end(): SseEvent | null {
    return this.pendingBytes === 0 ? this.takeEvent() : null;
  }

  private takeLine(chunk: Buffer, start: number, end: number, events: SseEvent[]): void {
    if (this.pendingBytes === 0) {
      this.readLine(chunk, start, end, events);
      return;
    }
    this.pieces.push(chunk.subarray(start, end));
    const line = Buffer.concat(this.pieces);
    this.pieces = [];
    this.pendingBytes = 0;
    this.readLine(line, 0, line.length, events);
  }

  private readLine(bytes: Buffer, from: number, end: number, events: SseEvent[]): void {
    let start = from;
    if (this.atStart) {
      this.atStart = false;
      if (bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf) start += 3;
    }
    if (start === end) {
      const event = this.takeEvent();
      if (event) events.push(event);
      return;
    }
    const colon = bytes.indexOf(COLON, start);
    const nameEnd = colon < 0 || colon > end ? end : colon;
    // A comment, or a field of a length that is neither `data` nor `event`.
    const nameLength = nameEnd - start;
    if (nameLength !== 4 && nameLength !== 5) return;
    const name = bytes.toString('latin1', start, nameEnd);
    let valueStart = Math.min(nameEnd + 1, end);
    if (bytes[valueStart] === SPACE && valueStart < end) valueStart += 1;
    if (name === 'data') {
      const value = bytes.toString('utf8', valueStart, end);
      this.dataBytes += end - valueStart;
      this.checkLength(this.dataBytes);
      this.data = this.data === null ? value : `${this.data}\n${value}`;
    } else if (name === 'event') {
      this.event = bytes.toString('utf8', valueStart, end);
    }
  }

  private takeEvent(): SseEvent | null {
    const event = this.data === null ? null : { event: this.event, data: this.data };
    this.event = null;
    this.data = null;
    this.dataBytes = 0;
    return event;
  }

  private checkLength(bytes: number): void {
    if (bytes <= this.maxEventBytes) return;
    throw new VendorError(
      'bad_response',
      `The vendor streamed an event of more than ${this.maxEventBytes} bytes.`,
    );
  }
}
