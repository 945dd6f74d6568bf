import { ArraySplitter, closesArray, readElement } from './array-splitter';
import { EventSplitter, readEventData, type Splitter } from './event-splitter';

function cutAt(bytes: Buffer, size: number): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  return chunks;
}

function split(splitter: Splitter, chunks: readonly Buffer[]): Buffer[] {
  const pieces = chunks.flatMap((chunk) => [...splitter.push(chunk)]);
  const rest = splitter.rest();
  return rest ? [...pieces, rest] : pieces;
}

const EVENTS = ['data: {"a":"日本 🙂"}', 'event: x\ndata: 1\ndata: 2', ': a comment', 'id: 3\ndata:  '];
const DATA = ['{"a":"日本 🙂"}', '1\n2', null, ' '];

describe('A stream of events cut into events', () => {
  describe.each(['\n', '\r\n', '\r'])('with lines ended by %j', (eol) => {
    const text = EVENTS.map((event) => event.replaceAll('\n', eol) + eol + eol).join('');
    const bytes = Buffer.from(text);

    it.each(Array.from({ length: bytes.length }, (_, index) => index + 1))(
      'in chunks of %i bytes gives every event, and every byte once',
      (size) => {
        const pieces = split(new EventSplitter(), cutAt(bytes, size));
        expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
        expect(pieces.map(readEventData).filter((data) => data !== null)).toEqual(
          DATA.filter((data) => data !== null),
        );
      },
    );
  });

  it('keeps what was not ended as the rest', () => {
    const splitter = new EventSplitter();
    expect(splitter.push(Buffer.from('data: 1\n\ndata: 2\n')).map(String)).toEqual(['data: 1\n\n']);
    expect(String(splitter.rest())).toBe('data: 2\n');
    expect(splitter.rest()).toBeNull();
  });

  it('refuses an event that grows without end', () => {
    const splitter = new EventSplitter(10);
    expect(() => splitter.push(Buffer.from('data: 12345678'))).toThrow('more than 10 bytes');
  });
});

const ELEMENTS = [{ a: '}],{ "[ \\"' }, { b: [{ c: [] }] }, { d: '日本 🙂' }];

describe('A streamed JSON array cut into elements', () => {
  const bytes = Buffer.from(`[${ELEMENTS.map((element) => JSON.stringify(element)).join(',\r\n')}\n]\n`);

  it.each(Array.from({ length: bytes.length }, (_, index) => index + 1))('in chunks of %i bytes', (size) => {
    const splitter = new ArraySplitter();
    const pieces = cutAt(bytes, size).flatMap((chunk) => [...splitter.push(chunk)]);
    const rest = splitter.rest();
    expect(pieces.map((piece) => JSON.parse(readElement(piece)) as unknown)).toEqual(ELEMENTS);
    expect(closesArray(rest)).toBe(true);
    expect(Buffer.concat([...pieces, rest ?? Buffer.alloc(0)]).equals(bytes)).toBe(true);
  });

  it('is not closed where its bracket is missing', () => {
    const splitter = new ArraySplitter();
    splitter.push(Buffer.from('[{"a":1},\n{"b"'));
    expect(closesArray(splitter.rest())).toBe(false);
    expect(closesArray(null)).toBe(false);
  });

  it('refuses an element that grows without end', () => {
    expect(() => new ArraySplitter(5).push(Buffer.from('[{"aaaaaaaa'))).toThrow('more than 5 bytes');
  });
});
