import { Pieces } from './pieces';
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
  private readonly pieces: Pieces;
  private depth = 0;
  private inString = false;
  private escaped = false;

  constructor(maxElementBytes = 32 * 1024 * 1024) {
    this.pieces = new Pieces('an element', maxElementBytes);
  }

  push(chunk: Buffer): readonly Buffer[] {
    const elements: Buffer[] = [];
    let start = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      if (!this.endsElement(chunk[at] ?? 0)) continue;
      elements.push(this.pieces.complete(chunk.subarray(start, at + 1)));
      start = at + 1;
    }
    if (start < chunk.length) this.pieces.keep(chunk.subarray(start));
    return elements;
  }

  rest(): Buffer | null {
    return this.pieces.rest();
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
