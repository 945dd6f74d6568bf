import { type NativeReaderOptions } from '../../contract/native';
import { asObject, readObject, readText } from '../../contract/usage-builder';
import { readEventData } from '../../transport/event-splitter';
import { EventReader, lengthAfter, type Passage } from '../../transport/native-reader';
import { parseJson } from '../../transport/vendor-answer';
import { toAnthropicStreamError } from './errors';
import { foldStreamUsage, meterUsage } from './usage';

/** Follows a Messages stream: deltas of content are looked at, all other events are parsed. */
export class MessagesReader extends EventReader {
  constructor(options: NativeReaderOptions) {
    super(options, { meterUsage, usageField: 'usage' });
  }

  protected look(event: Buffer): Passage {
    const text = event.toString('latin1');
    if (text.includes('"content_block_delta"')) {
      this.characters +=
        lengthAfter(text, '"text":"') +
        lengthAfter(text, '"thinking":"') +
        lengthAfter(text, '"partial_json":"');
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
