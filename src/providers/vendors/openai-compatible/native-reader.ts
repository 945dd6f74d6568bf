import { type NativeReaderOptions } from '../../contract/native';
import { asList, asObject, readText } from '../../contract/usage-builder';
import { readEventData } from '../../transport/event-splitter';
import {
  EventReader,
  hasObjectAt,
  lengthOfTexts,
  type Passage,
  textsUnder,
} from '../../transport/native-reader';
import { parseJson } from '../../transport/vendor-answer';
import { toChatStreamError } from './errors';
import { type ChatProtocol } from './protocol';

/** The closing event, which usually is this short. */
const DONE = '[DONE]';
const DONE_BYTES = 24;
/** What a model says, in whatever field its server puts it. */
const TEXTS = textsUnder('content', 'reasoning_content', 'reasoning', 'refusal', 'arguments');

/**
 * Follows a Chat Completions stream. Most chunks are looked at and not parsed: the first, those with a finish
 * reason, a usage or an error are. The usage chunk goes on only to a caller who asked for it.
 */
export class ChatReader extends EventReader {
  private finishes = false;
  private readonly wantsUsage: boolean;

  constructor(
    options: NativeReaderOptions,
    private readonly protocol: ChatProtocol,
  ) {
    super(options, { meterUsage: (raw, context) => protocol.meterUsage(raw, context), usageField: 'usage' });
    this.wantsUsage = asObject(options.body.value.stream_options)?.include_usage === true;
  }

  protected look(event: Buffer): Passage {
    if ((event.length < DONE_BYTES || event.includes(DONE)) && readEventData(event) === DONE) return 'close';
    const text = event.toString('latin1');
    this.characters += lengthOfTexts(text, TEXTS);
    const telling =
      this.folded === null ||
      text.includes('"finish_reason":"') ||
      text.includes('"error"') ||
      hasObjectAt(text, 'usage');
    return telling ? this.read(event) : 'pass';
  }

  protected endsCleanly(): boolean {
    return this.error !== null || (this.finishes && !this.protocol.requiresDone);
  }

  private read(event: Buffer): Passage {
    const data = readEventData(event);
    const chunk = data === null ? null : asObject(parseJson(data));
    if (!chunk) return 'pass';
    if (asObject(chunk.error) ?? (typeof chunk.error === 'string' ? chunk.error : null)) {
      this.error = toChatStreamError(chunk, null, this.protocol, this.options.redact);
    }
    this.folded = this.protocol.foldStreamUsage(this.folded, chunk) ?? {};
    this.id ??= readText(chunk, 'id');
    const choices = asList(chunk.choices);
    this.finishes ||= choices.some((choice) => readText(asObject(choice), 'finish_reason') !== null);
    const isOurs = !this.wantsUsage && choices.length === 0 && asObject(chunk.usage) !== null;
    return isOurs ? 'drop' : 'pass';
  }
}
