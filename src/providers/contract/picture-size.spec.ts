import { readPictureSize } from './picture-size';

const base64 = (...parts: (string | number[])[]): string =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
  ).toString('base64');
const zeros = (count: number): number[] => new Array<number>(count).fill(0);

const PNG = base64([0x89], 'PNG\r\n', [0x1a, 0x0a, 0, 0, 0, 13], 'IHDR', [0, 0, 4, 0, 0, 0, 3, 0]);
const JPEG = base64(
  [0xff, 0xd8, 0xff, 0xe0, 0, 6],
  'JFIF',
  [0xff, 0xff, 0xc2, 0, 17, 8, 0, 100, 1, 44],
  zeros(12),
);

describe('The size of a picture', () => {
  it.each([
    ['a PNG', PNG, { width: 1024, height: 768 }],
    ['a data URL', `data:image/png;base64,${PNG}`, { width: 1024, height: 768 }],
    ['a GIF', base64('GIF89a', [16, 0, 32, 0]), { width: 16, height: 32 }],
    ['a JPEG, after what describes it', JPEG, { width: 300, height: 100 }],
    [
      'a lossy WebP',
      base64('RIFF', zeros(4), 'WEBPVP8 ', zeros(10), [64, 1, 240, 0]),
      { width: 320, height: 240 },
    ],
    [
      'a lossless WebP',
      base64('RIFF', zeros(4), 'WEBPVP8L', zeros(4), [0x2f, 0x3f, 0xc1, 0x3b, 0], zeros(8)),
      { width: 320, height: 240 },
    ],
    [
      'an extended WebP',
      base64('RIFF', zeros(4), 'WEBPVP8X', zeros(8), [63, 1, 0, 239, 0, 0]),
      { width: 320, height: 240 },
    ],
  ])('is read from %s', (_what, data, size) => {
    expect(readPictureSize(data)).toEqual(size);
  });

  it.each([
    ['nothing', ''],
    ['no picture', base64('%PDF-1.7 ....................')],
    ['a URL', 'https://e.test/a.png'],
    ['a PNG that ends too early', PNG.slice(0, 24)],
    ['a JPEG without a frame', base64([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0])],
    ['a JPEG that is none', base64([0xff, 0xd8, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])],
    ['a picture of no size', base64('GIF89a', [0, 0, 32, 0])],
    ['a WebP of a form unheard of', base64('RIFF', zeros(4), 'WEBPVP9 ', zeros(20))],
  ])('is unknown of %s', (_what, data) => {
    expect(readPictureSize(data)).toBeNull();
  });

  it('ends for any bytes', () => {
    let state = 5;
    const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24;
    for (let round = 0; round < 2000; round += 1) {
      const bytes = Array.from({ length: 64 }, random);
      readPictureSize(base64([0xff, 0xd8, 0xff], bytes));
      readPictureSize(base64('RIFF', bytes.slice(0, 4), 'WEBPVP8X', bytes));
      readPictureSize(base64(bytes));
    }
  });
});
