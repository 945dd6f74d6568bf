import {
  boundAudioTokens,
  boundTextFile,
  expectAudioTokens,
  expectDocumentTokens,
  kindOfPart,
} from './media-tokens';

const base64Of = (bytes: number): string => Buffer.alloc(bytes).toString('base64');

describe('tokens of media', () => {
  it('bounds a text file by its bytes', () => {
    const part = { type: 'document', mediaType: 'text/plain', data: base64Of(300) } as const;
    expect(boundTextFile(part)).toBe(300);
    expect(expectDocumentTokens(part)).toBe(75);
  });

  it('has no bound for the compressed pages of a PDF, and expects a page for each 40 KiB', () => {
    const part = { type: 'document', mediaType: 'application/pdf', data: base64Of(3 * 40_960) } as const;
    expect(boundTextFile(part)).toBeNull();
    expect(expectDocumentTokens(part)).toBe(3 * 2500);
  });

  it('takes a file at a URL for ten pages, and has no bound for it', () => {
    const part = { type: 'document', url: 'https://e.test/a.txt', mediaType: 'text/plain' } as const;
    expect(boundTextFile(part)).toBeNull();
    expect(expectDocumentTokens(part)).toBe(25_000);
  });

  it('bounds WAV and MP3 by the least bytes of a second, and no format that can compress silence', () => {
    // Ten seconds of 4 kbit/s, at 32 tokens a second.
    expect(boundAudioTokens('audio/mpeg', base64Of(5120 + 1).length)).toBe(321);
    expect(boundAudioTokens('wav', base64Of(160).length)).toBe(11);
    expect(boundAudioTokens('audio/flac', 4)).toBeNull();
    expect(boundAudioTokens('ogg', 4)).toBeNull();
    expect(expectAudioTokens({ type: 'audio', mediaType: 'audio/wav', data: base64Of(2560 * 3) })).toBe(30);
  });

  it.each([
    [{ type: 'image', url: 'https://e.test/a' } as const, 'image'],
    [{ type: 'image', url: 'https://e.test/a.pdf?x=1' } as const, 'document'],
    [{ type: 'image', url: 'data:video/mp4;base64,AAAA' } as const, 'video'],
    [{ type: 'image', mediaType: 'image/png', data: 'AAAA' } as const, 'image'],
    [{ type: 'document', mediaType: 'image/png', data: 'AAAA' } as const, 'image'],
    [{ type: 'document', url: 'https://e.test/a' } as const, 'document'],
    [{ type: 'document', mediaType: 'application/json', data: 'AAAA' } as const, 'document'],
    [{ type: 'document', mediaType: 'text/csv', data: 'AAAA' } as const, 'text'],
  ])('tells what %o truly is', (part, kind) => {
    expect(kindOfPart(part)).toBe(kind);
  });
});
