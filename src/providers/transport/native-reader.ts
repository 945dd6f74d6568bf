import { type NativeReader, type NativeReaderOptions, type NativeReport } from '../contract/native';
import { type Metered, type MeterContext } from '../contract/usage';
import { asObject } from '../contract/usage-builder';
import { VendorError } from '../contract/vendor-error';
import { EventSplitter, type Splitter } from './event-splitter';

/** What becomes of an event: it goes on, it was ours alone (the usage that we asked for), or it ends the stream. */
export type Passage = 'pass' | 'drop' | 'close';

/** How a vendor's usage is read from what its events were folded to. */
export interface ReaderMeter {
  meterUsage(folded: unknown, context: MeterContext): Metered;
  /** The field of the folded events that has the vendor's usage object. */
  readonly usageField: string;
}

/** The loop that every vendor's reader shares: bytes to events, events to `look`, and what may go on. */
export abstract class EventReader implements NativeReader {
  finished = false;
  characters = 0;
  closing: Buffer | null = null;
  error: VendorError | null = null;
  /** What the vendor's `foldStreamUsage` made of the events so far. */
  protected folded: unknown = null;
  /** The vendor's id of the answer. */
  protected id: string | null = null;

  constructor(
    protected readonly options: NativeReaderOptions,
    private readonly meter: ReaderMeter,
    private readonly splitter: Splitter = new EventSplitter(),
    readonly framing: 'sse' | 'json' = 'sse',
  ) {}

  report(): NativeReport {
    const metered = this.meter.meterUsage(this.folded, this.options.meter);
    return {
      metered: metered.vector === null ? null : metered,
      rawUsage: asObject(this.folded)?.[this.meter.usageField] ?? null,
      vendorResponseId: this.id,
    };
  }

  accept(chunk: Buffer): Buffer | null {
    const events = this.splitter.push(chunk);
    const only = events[0];
    if (only && events.length === 1) return this.admit(only) ? only : null;
    const passing = events.filter((event) => this.admit(event));
    if (passing.length === 0) return null;
    return passing.length === 1 ? (passing[0] ?? null) : Buffer.concat(passing);
  }

  end(): Buffer | null {
    const rest = this.splitter.rest();
    // The last event may lack the empty line after it.
    const passes = rest === null || this.framing === 'json' || this.admit(rest);
    if (!this.finished && !this.endsCleanly(rest)) {
      throw new VendorError('cut', 'The vendor ended its stream before the answer was complete.');
    }
    return passes ? rest : null;
  }

  /** Reads an event. */
  protected abstract look(event: Buffer): Passage;

  /** The vendor closed the stream without its closing event: whether the answer is complete all the same. */
  protected abstract endsCleanly(rest: Buffer | null): boolean;

  /** What comes after the closing event is not the answer's any more. */
  private admit(event: Buffer): boolean {
    if (this.finished) return false;
    const passage = this.look(event);
    if (passage === 'close') {
      this.finished = true;
      this.closing = event;
    }
    return passage === 'pass';
  }
}

/** The length of the text value that follows the marker (`"content":"`) in a piece of JSON; 0 when it is not there. */
export function lengthAfter(text: string, marker: string): number {
  const found = text.indexOf(marker);
  if (found < 0) return 0;
  const start = found + marker.length;
  for (let end = text.indexOf('"', start); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text[before] === '\\') before -= 1;
    if ((end - 1 - before) % 2 === 0) return end - start;
  }
  return 0;
}

/** Whether the field has an object as its value, at any depth: `"usage":{`, not `"usage":null`. */
export function hasObjectAt(text: string, field: string): boolean {
  const name = `"${field}"`;
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    if (/^\s*:\s*\{/.test(text.slice(at + name.length, at + name.length + 16))) return true;
  }
  return false;
}
