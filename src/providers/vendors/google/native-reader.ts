import { type NativeReaderOptions } from '../../contract/native';
import { asList, asObject, type JsonObject, readObject, readText } from '../../contract/usage-builder';
import { ArraySplitter, closesArray, readElement } from '../../transport/array-splitter';
import { EventSplitter, readEventData } from '../../transport/event-splitter';
import { EventReader, type Passage } from '../../transport/native-reader';
import { parseJson } from '../../transport/vendor-answer';
import { toGoogleStreamError } from './errors';
import { readBlockReason } from './response';
import { foldStreamUsage, meterUsage } from './usage';

/**
 * Without the empty line that ends an event: @google/generative-ai 0.24 takes an error for one more chunk, and throws
 * only for a stream that ends in the middle of something.
 */
const UNFINISHED = Buffer.from(': The answer is not complete.\r\n');

const ARRAY_END = Buffer.from(']');

/**
 * Follows `streamGenerateContent`, as server-sent events or as a JSON array. Every chunk has the totals so far,
 * so every chunk is parsed. There is no closing event: a stream is complete when a finish reason came.
 */
export class GenerateReader extends EventReader {
  private ends = false;

  constructor(options: NativeReaderOptions) {
    const splitter = options.framing === 'json' ? new ArraySplitter() : new EventSplitter();
    super(options, { meterUsage, usageField: 'usageMetadata' }, splitter, options.framing);
  }

  /** After an error of the vendor's a comment follows, which no reader of events minds; an array is closed. */
  override end(): Buffer | null {
    const rest = super.end();
    if (this.error === null) return rest;
    if (this.framing === 'json') {
      if (!closesArray(this.closing)) this.closing = ARRAY_END;
      return rest;
    }
    return rest === null ? UNFINISHED : Buffer.concat([rest, UNFINISHED]);
  }

  protected look(event: Buffer): Passage {
    const data = this.framing === 'json' ? readElement(event) : readEventData(event);
    const chunk = data === null ? null : asObject(parseJson(data));
    if (!chunk) return 'pass';
    if (asObject(chunk.error)) this.error = toGoogleStreamError(chunk, null, this.options.redact);
    this.folded = foldStreamUsage(this.folded, chunk);
    this.id ??= readText(chunk, 'responseId');
    for (const entry of asList(chunk.candidates)) {
      const candidate = asObject(entry);
      this.ends ||= readText(candidate, 'finishReason') !== null;
      for (const part of asList(readObject(candidate, 'content')?.parts)) {
        this.characters += lengthOf(asObject(part));
      }
    }
    this.ends ||= readBlockReason(chunk) !== null;
    return 'pass';
  }

  protected endsCleanly(rest: Buffer | null): boolean {
    if (this.error !== null) return true;
    return this.ends && (this.framing === 'sse' || closesArray(rest));
  }
}

function lengthOf(part: JsonObject | null): number {
  const call = readObject(part, 'functionCall');
  return (readText(part, 'text')?.length ?? 0) + (call ? JSON.stringify(call).length : 0);
}
