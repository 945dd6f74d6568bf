import { type NativeReaderOptions } from '../../contract/native';
import { asObject, type JsonObject, readObject, readText } from '../../contract/usage-builder';
import { readEventData } from '../../transport/event-splitter';
import { EventReader, lengthOfTexts, type Passage, textsUnder } from '../../transport/native-reader';
import { parseJson } from '../../transport/vendor-answer';
import { toChatStreamError } from '../openai-compatible/errors';
import { OPENAI_PROTOCOL } from './strategy';
import { foldStreamUsage, meterUsage } from './usage';

/** A delta says so in its first line, or as the first member of its data; whatever else there is, is parsed. */
const DELTA =
  /^(event: ?response\.[a-z_.]+\.delta\r?\n|data: ?\{\s*"type"\s*:\s*"response\.[a-z_.]+\.delta")/;
const START_BYTES = 120;
const TEXTS = textsUnder('delta');

/** The events that end a response well (types of openai 7.57.0, 2026-11). */
const ENDS: ReadonlySet<string> = new Set(['response.completed', 'response.incomplete']);

/** Follows a Responses stream: deltas are looked at, events about the whole response are parsed. */
export class ResponsesReader extends EventReader {
  constructor(options: NativeReaderOptions) {
    super(options, { meterUsage, usageField: 'usage' });
  }

  protected look(event: Buffer): Passage {
    const start = event.toString('latin1', 0, START_BYTES);
    if (DELTA.test(start)) {
      this.characters += lengthOfTexts(event.toString('latin1'), TEXTS);
      return 'pass';
    }
    const data = readEventData(event);
    const parsed = data === null ? null : asObject(parseJson(data));
    return parsed ? this.read(parsed) : 'pass';
  }

  protected endsCleanly(): boolean {
    return this.error !== null;
  }

  private read(event: JsonObject): Passage {
    const type = readText(event, 'type') ?? '';
    const response = readObject(event, 'response');
    if (type === 'error') this.error = toChatStreamError(event, null, OPENAI_PROTOCOL, this.options.redact);
    if (!response) return 'pass';
    this.id ??= readText(response, 'id');
    this.folded = foldStreamUsage(this.folded, event);
    if (type === 'response.failed') {
      this.error = toChatStreamError(response, null, OPENAI_PROTOCOL, this.options.redact);
      return 'pass';
    }
    return ENDS.has(type) ? 'close' : 'pass';
  }
}
