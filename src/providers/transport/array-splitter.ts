import { VendorError } from '../contract/vendor-error';
import { type Splitter } from './event-splitter';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = new Set([0x7b, 0x5b]);
const CLOSE = new Set([0x7d, 0x5d]);

/**
 * Cuts the elements out of a JSON array that is streamed (`[{…},\n{…}]`): a piece is all bytes up to the end of an
 * element, with the bracket or comma before it; the rest is what follows the last element.
 */
export class ArraySplitter implements Splitter {
  private pieces: Buffer[] = [];
  private pendingBytes = 0;
  private depth = 0;
  private inString = false;
  private escaped = false;

  constructor(private readonly maxElementBytes = 32 * 1024 * 1024) {}

  push(chunk: Buffer): readonly Buffer[] {
    const elements: Buffer[] = [];
    let start = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      if (!this.endsElement(chunk[at] ?? 0)) continue;
      elements.push(this.take(chunk.subarray(start, at + 1)));
      start = at + 1;
    }
    if (start < chunk.length) this.keep(chunk.subarray(start));
    return elements;
  }

  rest(): Buffer | null {
    return this.pendingBytes === 0 ? null : this.take(Buffer.alloc(0));
  }

  /** True when the byte closes an element of the outer array. */
  private endsElement(byte: number): boolean {
    if (this.inString) {
      if (this.escaped) this.escaped = false;
      else if (byte === BACKSLASH) this.escaped = true;
      else if (byte === QUOTE) this.inString = false;
      return false;
    }
    if (byte === QUOTE) this.inString = true;
    else if (OPEN.has(byte)) this.depth += 1;
    else if (CLOSE.has(byte)) {
      this.depth -= 1;
      return this.depth === 1;
    }
    return false;
  }

  private keep(bytes: Buffer): void {
    this.pieces.push(bytes);
    this.pendingBytes += bytes.length;
    if (this.pendingBytes <= this.maxElementBytes) return;
    throw new VendorError(
      'bad_response',
      `The vendor streamed an element of more than ${this.maxElementBytes} bytes.`,
    );
  }

  private take(last: Buffer): Buffer {
    if (this.pendingBytes === 0) return last;
    const element = Buffer.concat([...this.pieces, last]);
    this.pieces = [];
    this.pendingBytes = 0;
    return element;
  }
}

/** The JSON of an element, without what stands before it. */
export function readElement(piece: Buffer): string {
  let start = 0;
  while (start < piece.length && piece[start] !== 0x7b) start += 1;
  return piece.toString('utf8', start, piece.length);
}

/** Whether the bytes after the last element close the array. */
export function closesArray(rest: Buffer | null): boolean {
  return rest !== null && /^[\s,]*\]\s*$/.test(rest.toString('latin1'));
}
