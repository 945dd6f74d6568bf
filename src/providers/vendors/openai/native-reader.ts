import { type NativeReaderOptions } from '../../contract/native';
import { asObject, type JsonObject, readObject, readText } from '../../contract/usage-builder';
import { readEventData } from '../../transport/event-splitter';
import { EventReader, lengthAfter, type Passage } from '../../transport/native-reader';
import { parseJson } from '../../transport/vendor-answer';
import { toChatStreamError } from '../openai-compatible/errors';
import { OPENAI_PROTOCOL } from './strategy';
import { foldStreamUsage, meterUsage } from './usage';

/** The events that end a response (types of openai 7.57.0, 2026-11). */
const ENDS: ReadonlySet<string> = new Set(['response.completed', 'response.incomplete', 'response.failed']);

/** Follows a Responses stream: deltas are looked at, events about the whole response are parsed. */
export class ResponsesReader extends EventReader {
  constructor(options: NativeReaderOptions) {
    super(options, { meterUsage, usageField: 'usage' });
  }

  protected look(event: Buffer): Passage {
    const start = event.toString('latin1', 0, 200);
    if (start.includes('.delta"')) {
      this.characters += lengthAfter(event.toString('latin1'), '"delta":"');
      return 'pass';
    }
    if (!start.includes('"response"') && !start.includes('"error"') && !start.includes('event: error')) {
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
    }
    return ENDS.has(type) ? 'close' : 'pass';
  }
}
