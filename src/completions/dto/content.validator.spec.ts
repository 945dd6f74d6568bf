import { refuseContent, refuseToolChoice } from './content.validator';

const text = { type: 'text', text: 'a' };
const image = { type: 'image', mediaType: 'image/png', data: 'iVBORw0KGgo=' };

describe('The content of a message', () => {
  it.each<[string, unknown]>([
    ['a text', 'a'],
    ['an empty text', ''],
    ['null', null],
    ['no parts', []],
    ['text parts, an empty one included', [text, { type: 'text', text: '' }]],
    ['an image by its address', [{ type: 'image', url: 'HTTPS://h/i.png' }]],
    ['an image in base64', [text, image]],
    ['an image of another format', [{ ...image, mediaType: 'image/svg+xml' }]],
  ])('may be %s', (_name, content) => {
    expect(refuseContent(content)).toBeNull();
  });

  it.each<[string, unknown, string]>([
    ['a number', 5, 'must be a text, or a list of parts'],
    ['an object', text, 'must be a text, or a list of parts'],
    ['a list of texts', ['a'], 'part 0: a part must be an object'],
    ['a list in a list', [[text]], 'part 0: a part must be an object'],
    ['a null part', [text, null], 'part 1: a part must be an object'],
    ['a part without a type', [{ text: 'a' }], 'part 0: the "type"'],
    ['a part of an unknown type', [{ type: 'audio' }], 'part 0: the "type"'],
    ['a text part without a text', [{ type: 'text' }], 'part 0: a text part needs'],
    ['a text part with more', [{ ...text, size: 1 }], 'part 0: size is not a known field'],
    ['an image without anything', [{ type: 'image' }], 'part 0: an image part needs'],
    ['an image of a file', [{ type: 'image', url: 'file:///etc/passwd' }], 'part 0: an image part needs'],
    [
      'an image in its address',
      [{ type: 'image', url: 'data:image/png;base64,AA' }],
      'part 0: an image part needs',
    ],
    ['an image with an empty address', [{ type: 'image', url: '' }], 'part 0: an image part needs'],
    ['an image with both', [{ ...image, url: 'https://h/i' }], 'part 0: mediaType is not a known field'],
    ['an image that is a text', [{ ...image, mediaType: 'text/html' }], 'part 0: an image part needs'],
    ['an image without its kind', [{ type: 'image', data: 'AA==' }], 'part 0: an image part needs'],
    ['base64 with line breaks', [{ ...image, data: 'AAAA\nAAAA' }], 'part 0: "data" must be base64'],
    ['base64 of another alphabet', [{ ...image, data: 'AA-_' }], 'part 0: "data" must be base64'],
  ])('may not be %s', (_name, content, message) => {
    expect(refuseContent(content)).toContain(message);
  });

  it('is judged quickly, however large its image is', () => {
    const large = { ...image, data: `${'A'.repeat(8_000_000)}!` };
    expect(refuseContent([large])).toContain('"data" must be base64');
  });
});

describe('The choice of a tool', () => {
  it.each([['auto'], ['none'], ['required'], [{ name: 'f' }]])('may be %j', (choice) => {
    expect(refuseToolChoice(choice)).toBeNull();
  });

  it.each([
    ['any'],
    [''],
    [null],
    [5],
    [[]],
    [{}],
    [{ name: '' }],
    [{ name: 5 }],
    [{ name: 'f', type: 'function' }],
  ])('may not be %j', (choice) => {
    expect(refuseToolChoice(choice)).not.toBeNull();
  });
});
