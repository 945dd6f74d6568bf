import { Pieces } from './pieces';
import { SseReader } from './sse-reader';

const LF = 0x0a;
const CR = 0x0d;
const NONE: readonly Buffer[] = [];

/** Cuts a stream of bytes into pieces that are passed on whole. */
export interface Splitter {
  /** The pieces that the chunk completes. @throws VendorError `bad_response` when one is too long */
  push(chunk: Buffer): readonly Buffer[];
  /** The bytes of the piece that was not completed, null for none. */
  rest(): Buffer | null;
}

/**
 * Cuts server-sent events (WHATWG HTML, 9.2) out of bytes that were cut anywhere: each piece is an event with
 * the empty line that ends it, byte for byte. What is between two chunks is kept, never searched twice.
 */
export class EventSplitter implements Splitter {
  private readonly pieces: Pieces;
  /** Whether the line that is being read has a byte already. */
  private inLine = false;
  /** A line feed at the start of the next chunk belongs to a line that has ended. */
  private skipLineFeed = false;

  constructor(maxEventBytes = 32 * 1024 * 1024) {
    this.pieces = new Pieces('an event', maxEventBytes);
  }

  push(chunk: Buffer): readonly Buffer[] {
    let events: Buffer[] | null = null;
    let eventStart = 0;
    let at = 0;
    if (this.skipLineFeed && chunk.length > 0) {
      if (chunk[0] === LF) at = 1;
      this.skipLineFeed = false;
    }
    let cr = chunk.indexOf(CR, at);
    while (at < chunk.length) {
      const lf = chunk.indexOf(LF, at);
      if (cr >= 0 && cr < at) cr = chunk.indexOf(CR, at);
      const end = cr >= 0 && (lf < 0 || cr < lf) ? cr : lf;
      if (end < 0) {
        this.inLine = true;
        break;
      }
      const isEmpty = !this.inLine && end === at;
      this.inLine = false;
      at = end + 1;
      if (end === cr) {
        if (at === chunk.length) this.skipLineFeed = true;
        else if (chunk[at] === LF) at += 1;
      }
      if (!isEmpty) continue;
      events ??= [];
      events.push(
        this.pieces.complete(
          eventStart === 0 && at === chunk.length ? chunk : chunk.subarray(eventStart, at),
        ),
      );
      eventStart = at;
    }
    if (eventStart < chunk.length) this.pieces.keep(eventStart === 0 ? chunk : chunk.subarray(eventStart));
    return events ?? NONE;
  }

  rest(): Buffer | null {
    return this.pieces.rest();
  }
}

/** The data of a whole event, null when it has none (a comment). */
export function readEventData(event: Buffer): string | null {
  // Nearly every event is one line of data, which needs no reader of its own.
  const firstEnd = event.indexOf(LF);
  if (event.toString('latin1', 0, 6) === 'data: ' && firstEnd === event.length - 2) {
    return event.toString('utf8', 6, event[firstEnd - 1] === CR ? firstEnd - 1 : firstEnd);
  }
  const reader = new SseReader({ maxEventBytes: event.length });
  return (reader.push(event)[0] ?? reader.end())?.data ?? null;
}
