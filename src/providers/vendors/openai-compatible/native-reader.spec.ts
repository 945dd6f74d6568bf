import { type NativeReaderOptions } from '../../contract/native';
import { VendorError } from '../../contract/vendor-error';
import { COMMON_PROTOCOL } from './definition';
import { ChatReader } from './native-reader';
import { type ChatProtocol } from './protocol';

const LOOK_ALIKE: ChatProtocol = {
  ...COMMON_PROTOCOL,
  displayName: 'Look-alike',
  priceVendor: 'x',
  defaultBaseUrl: '',
};
/** A stream of OpenAI's own ends with `[DONE]`, or is cut. */
const WITH_DONE: ChatProtocol = { ...LOOK_ALIKE, requiresDone: true };

function readerFor(value: Record<string, unknown>, protocol: ChatProtocol): ChatReader {
  const options: NativeReaderOptions = {
    meter: { api: 'chat.completions', model: 'm' },
    body: { bytes: Buffer.from(JSON.stringify(value)), value },
    redact: (text) => text,
  };
  return new ChatReader(options, protocol);
}

const chunk = (fields: object): string =>
  `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', model: 'm-1', ...fields })}\n\n`;
const said = (content: string): string => chunk({ choices: [{ index: 0, delta: { content } }], usage: null });
const FINISH = chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: null });
const USAGE = chunk({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 } });
const DONE = 'data: [DONE]\n\n';

/** What goes on to the caller, and what is left to be sent last. */
function pass(reader: ChatReader, text: string, size = text.length): string {
  const bytes = Buffer.from(text);
  let passed = '';
  for (let at = 0; at < bytes.length; at += size) {
    passed += reader.accept(bytes.subarray(at, at + size))?.toString('utf8') ?? '';
  }
  if (!reader.finished) passed += reader.end()?.toString('utf8') ?? '';
  return passed + (reader.closing?.toString('utf8') ?? '');
}

const ASKED = { stream_options: { include_usage: true } };

describe('A stream of Chat Completions that goes through', () => {
  it.each([1, 2, 3, 7, 64, 1000])('in chunks of %i bytes goes on whole, but for the usage', (size) => {
    const reader = readerFor({}, WITH_DONE);
    const text = said('Grüße ') + said('日本 "🙂"') + FINISH;
    expect(pass(reader, text + USAGE + DONE, size)).toBe(text + DONE);
    expect(reader.report()).toMatchObject({
      metered: { vector: { input_text: 7, output_text: 3 }, quality: 'exact' },
      vendorResponseId: 'c1',
    });
  });

  it.each([1, 2, 3, 5])('in chunks of %i bytes keeps its line ends of two bytes', (size) => {
    const text = (said('Hi') + FINISH + DONE).replaceAll('\n', '\r\n');
    expect(pass(readerFor({}, WITH_DONE), text, size)).toBe(text);
  });

  it.each([
    ['letters', 'x'],
    ['escapes', '\n'],
    ['escapes of quotes and backslashes', '\\"'],
  ])('takes a text of many megabytes of %s in one event', (_name, part) => {
    const reader = readerFor({}, WITH_DONE);
    const written = JSON.stringify(part).length - 2;
    const count = (16 * 1024 * 1024) / written;
    const event = said(part.repeat(count));
    expect(reader.accept(Buffer.from(FINISH + event))?.length).toBe(FINISH.length + event.length);
    expect(reader.characters).toBe(count * written);
  });

  it('goes on with the usage for a caller who asked for it', () => {
    const text = said('Hi') + FINISH + USAGE + DONE;
    expect(pass(readerFor(ASKED, WITH_DONE), text)).toBe(text);
  });

  it.each<[string, string]>([
    ['the closing event has no empty line after it', said('Hi') + FINISH + USAGE + 'data: [DONE]\n'],
    ['comments stand between the events', `: ping\n\n${said('Hi')}: ping\n\n${FINISH}${USAGE}${DONE}`],
    ['lines end with CRLF', (said('Hi') + FINISH + USAGE + DONE).replaceAll('\n', '\r\n')],
    ['something follows the closing event', said('Hi') + FINISH + USAGE + DONE + said('more')],
  ])('is complete when %s', (_name, text) => {
    const reader = readerFor(ASKED, WITH_DONE);
    expect(pass(reader, text)).toContain('[DONE]');
    expect(reader.error).toBeNull();
    expect(reader.report().metered?.vector).toEqual({ input_text: 7, output_text: 3 });
  });

  it.each<[string, string, ChatProtocol]>([
    ['without its closing event', said('Hi') + FINISH + USAGE, WITH_DONE],
    ['in the middle of an event', said('Hi') + 'data: {"choices":[{"del', WITH_DONE],
    ['before a finish reason', said('Hi'), LOOK_ALIKE],
  ])('is cut when it ends %s', (_name, text, protocol) => {
    const reader = readerFor({}, protocol);
    reader.accept(Buffer.from(text));
    const failure = ((): unknown => {
      try {
        return reader.end();
      } catch (error) {
        return error;
      }
    })();
    expect(failure).toBeInstanceOf(VendorError);
    expect(failure).toMatchObject({ kind: 'cut' });
  });

  it('may lack the closing event at a look-alike, and its usage is kept from the caller all the same', () => {
    const reader = readerFor({}, LOOK_ALIKE);
    expect(pass(reader, said('Hi') + FINISH + USAGE.trimEnd() + '\n')).toBe(said('Hi') + FINISH);
    expect(reader.report().metered?.vector).toEqual({ input_text: 7, output_text: 3 });
  });

  it('counts what was delivered, for an estimate', () => {
    const reader = readerFor({}, WITH_DONE);
    reader.accept(Buffer.from(said('abc') + said('d"e')));
    expect(reader.characters).toBe(3 + 4);
    expect(reader.report().metered).toBeNull();
  });

  it("passes the vendor's error on, and knows of it", () => {
    const reader = readerFor({}, WITH_DONE);
    const error = 'data: {"error":{"message":"Too busy.","type":"server_error","code":null}}\n\n';
    expect(reader.accept(Buffer.from(error))?.toString()).toBe(error);
    expect(reader.error).toMatchObject({ kind: 'vendor_error', message: 'Too busy.' });
  });
});
