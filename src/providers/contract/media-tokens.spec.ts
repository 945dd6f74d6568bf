import { audioTokens, documentTokens } from './media-tokens';

const base64Of = (bytes: number): string => Buffer.alloc(bytes).toString('base64');

describe('tokens of media', () => {
  it('bounds a text by its bytes', () => {
    expect(documentTokens({ type: 'document', mediaType: 'text/plain', data: base64Of(300) })).toEqual({
      expected: 75,
      high: 300,
    });
  });

  it('takes a PDF for a page of dense text for each 4 KiB at most', () => {
    const part = { type: 'document', mediaType: 'application/pdf', data: base64Of(3 * 4096) } as const;
    expect(documentTokens(part)).toEqual({ expected: 2500, high: 24_000 });
    expect(documentTokens({ ...part, data: base64Of(3) }).high).toBe(8000);
  });

  it('takes a file at a URL for a long one', () => {
    const { expected, high } = documentTokens({ type: 'document', url: 'https://e.test/a.pdf' });
    expect(high).toBe(4_800_000);
    expect(expected).toBeLessThan(high);
  });

  it('takes a data URL by its bytes', () => {
    const url = `data:application/pdf;base64,${base64Of(30)}`;
    expect(documentTokens({ type: 'document', url }).high).toBe(8000);
  });

  it('bounds sound by the least bytes of a second', () => {
    // Ten seconds of 4 kbit/s, at 32 tokens a second.
    expect(audioTokens({ type: 'audio', mediaType: 'audio/mpeg', data: base64Of(5120 + 1) }).high).toBe(321);
  });
});
