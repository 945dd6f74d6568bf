import { type NativeReader, type NativeReaderOptions, type NativeReport } from '../contract/native';
import { type Metered, type MeterContext } from '../contract/usage';
import { asObject } from '../contract/usage-builder';
import { VendorError } from '../contract/vendor-error';
import { EventSplitter, type Splitter } from './event-splitter';
import { skipString } from './wire-edit';

/** What becomes of an event: it goes on, it was ours alone (the usage that we asked for), or it ends the stream. */
export type Passage = 'pass' | 'drop' | 'close';

const DATA = 'data:';

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
  hasData = false;
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
    if (only && events.length === 1) return this.admit(only);
    const passing = events.map((event) => this.admit(event)).filter((event) => event !== null);
    if (passing.length === 0) return null;
    return passing.length === 1 ? (passing[0] ?? null) : Buffer.concat(passing);
  }

  get responseId(): string | null {
    return this.id;
  }

  end(): Buffer | null {
    const rest = this.splitter.rest();
    // The last event may lack the empty line after it.
    const passing = rest === null || this.framing === 'json' ? null : this.admit(rest);
    if (!this.finished && !this.endsCleanly(rest)) {
      throw new VendorError('cut', 'The vendor ended its stream before the answer was complete.');
    }
    // The bracket that closes an array waits for the settlement, as a closing event does.
    if (this.framing === 'json') this.closing = rest;
    return passing;
  }

  /** Reads an event. */
  protected abstract look(event: Buffer): Passage;

  /** The vendor closed the stream without its closing event: whether the answer is complete all the same. */
  protected abstract endsCleanly(rest: Buffer | null): boolean;

  /** The event as it goes on, null when it does not. What comes after the closing event is not the answer's any more. */
  private admit(event: Buffer): Buffer | null {
    if (this.finished) return null;
    this.hasData ||= this.framing === 'json' || event.includes(DATA);
    const passage = this.look(event);
    if (passage === 'close') {
      this.finished = true;
      this.closing = withLineFeed(event);
    }
    if (passage !== 'pass') return null;
    return this.error === null ? event : this.withoutSecrets(event);
  }

  /** Vendors repeat keys in what they say of a failure. */
  private withoutSecrets(event: Buffer): Buffer {
    const text = event.toString('utf8');
    const clean = this.options.redact(text);
    return clean === text ? event : Buffer.from(clean);
  }
}

const CUT_LINE_END = Buffer.from('\r\n\r');
const LINE_FEED = Buffer.from('\n');

/** What follows the closing event is not read, not even the last byte of a line end that came in two pieces. */
function withLineFeed(event: Buffer): Buffer {
  const isCut = event.subarray(-CUT_LINE_END.length).equals(CUT_LINE_END);
  return isCut ? Buffer.concat([event, LINE_FEED]) : event;
}

/** A pattern that finds where texts under these names begin in a piece of JSON, for `lengthOfTexts`. */
export function textsUnder(...names: readonly string[]): RegExp {
  return new RegExp(`"(?:${names.join('|')})"\\s*:\\s*"`, 'g');
}

/**
 * The length of all the texts whose beginnings the pattern finds, as they are written. Their ends are searched for
 * without it: a pattern remembers a choice for each escape, and a text of megabytes has too many.
 */
export function lengthOfTexts(text: string, pattern: RegExp): number {
  let length = 0;
  pattern.lastIndex = 0;
  while (pattern.test(text)) {
    const open = pattern.lastIndex - 1;
    const end = skipString(text, open);
    length += end - open - 2;
    pattern.lastIndex = end;
  }
  return length;
}

/** Whether the field has an object as its value, at any depth: `"usage":{`, not `"usage":null`. */
export function hasObjectAt(text: string, field: string): boolean {
  const name = `"${field}"`;
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    if (/^\s*:\s*\{/.test(text.slice(at + name.length, at + name.length + 16))) return true;
  }
  return false;
}
