import { VendorError } from '../contract/vendor-error';
import { type SseEvent, SseReader } from './sse-reader';

const STREAM =
  '\uFEFF: a comment\r\n' +
  'event: first\r\ndata: {"text":"Grüße 👋"}\r\n\r\n' +
  'data:no space\ndata:  two spaces\ndata\n\n' +
  'id: 7\nretry: 10\nevent: named\n\n' +
  'event:cr\rdata: carriage 日本\r\r' +
  'data: a: b\n\n' +
  ':\n\n\n' +
  'data: [DONE]\n\n';
const EVENTS: SseEvent[] = [
  { event: 'first', data: '{"text":"Grüße 👋"}' },
  { event: null, data: 'no space\n two spaces\n' },
  { event: 'cr', data: 'carriage 日本' },
  { event: null, data: 'a: b' },
  { event: null, data: '[DONE]' },
];

function read(pieces: readonly Buffer[]): SseEvent[] {
  const reader = new SseReader();
  return pieces.flatMap((piece) => [...reader.push(piece)]);
}

describe('SseReader', () => {
  const bytes = Buffer.from(STREAM);

  it('reads a stream that comes in one piece', () => {
    expect(read([bytes])).toEqual(EVENTS);
  });

  it('reads a stream cut at any byte', () => {
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      expect(read([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(EVENTS);
    }
  });

  it('reads a stream cut into pieces of any size', () => {
    for (let size = 1; size < 24; size += 1) {
      const pieces: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
      expect(read(pieces)).toEqual(EVENTS);
    }
  });

  it('reads each ending of a line alone and mixed', () => {
    for (const ending of ['\n', '\r\n', '\r']) {
      expect(read([Buffer.from(`data: x${ending}${ending}data: y${ending}${ending}`)])).toEqual([
        { event: null, data: 'x' },
        { event: null, data: 'y' },
      ]);
    }
  });

  it('keeps back an event that is not complete and gives a whole one at the end', () => {
    const whole = new SseReader();
    expect(whole.push(Buffer.from('data: last\n'))).toEqual([]);
    expect(whole.end()).toEqual({ event: null, data: 'last' });
    const cut = new SseReader();
    cut.push(Buffer.from('data: one\ndata: tw'));
    expect(cut.end()).toBeNull();
    expect(new SseReader().end()).toBeNull();
  });

  it('refuses an endless line and an endless event', () => {
    const line = new SseReader({ maxEventBytes: 100 });
    expect(() => {
      for (let i = 0; i < 20; i += 1) line.push(Buffer.from('data: aaaaaa'));
    }).toThrow(VendorError);
    const event = new SseReader({ maxEventBytes: 100 });
    expect(() => {
      for (let i = 0; i < 20; i += 1) event.push(Buffer.from('data: aaaaaaaaaaaa\n'));
    }).toThrow('more than 100 bytes');
  });

  it('reads a long line in small pieces without trouble', () => {
    const text = 'x'.repeat(200_000);
    const pieces = [...Buffer.from(`data: ${text}\n\n`)].map((byte) => Buffer.from([byte]));
    expect(read(pieces)).toEqual([{ event: null, data: text }]);
  });
});
