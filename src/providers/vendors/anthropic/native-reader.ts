import { type NativeReaderOptions } from '../../contract/native';
import { asObject, readObject, readText } from '../../contract/usage-builder';
import { readEventData } from '../../transport/event-splitter';
import { EventReader, lengthOfTexts, type Passage, textsUnder } from '../../transport/native-reader';
import { parseJson } from '../../transport/vendor-answer';
import { toAnthropicStreamError } from './errors';
import { foldStreamUsage, meterUsage } from './usage';

/** A delta says so in its first line, or as the first member of its data; whatever else there is, is parsed. */
const DELTA = /^(event: ?content_block_delta\r?\n|data: ?\{\s*"type"\s*:\s*"content_block_delta")/;
const START_BYTES = 80;
const TEXTS = textsUnder('text', 'thinking', 'partial_json');

/** Follows a Messages stream: deltas of content are looked at, all other events are parsed. */
export class MessagesReader extends EventReader {
  constructor(options: NativeReaderOptions) {
    super(options, { meterUsage, usageField: 'usage' });
  }

  protected look(event: Buffer): Passage {
    if (DELTA.test(event.toString('latin1', 0, START_BYTES))) {
      this.characters += lengthOfTexts(event.toString('latin1'), TEXTS);
      return 'pass';
    }
    const data = readEventData(event);
    const parsed = data === null ? null : asObject(parseJson(data));
    if (!parsed) return 'pass';
    this.folded = foldStreamUsage(this.folded, parsed);
    this.id ??= readText(readObject(parsed, 'message'), 'id');
    if (parsed.type === 'error') this.error = toAnthropicStreamError(parsed, null, this.options.redact);
    return parsed.type === 'message_stop' ? 'close' : 'pass';
  }

  protected endsCleanly(): boolean {
    return this.error !== null;
  }
}
