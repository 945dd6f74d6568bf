import { type WireBody } from '../contract/native';
import { editBody, parseWithout } from './wire-edit';

function bodyOf(text: string): WireBody {
  return { bytes: Buffer.from(text), value: JSON.parse(text) as Record<string, unknown> };
}

const edit = (text: string, changes: Record<string, unknown>): string =>
  editBody(bodyOf(text), changes).toString('utf8');

describe('A large body read without its bulky list', () => {
  /** Large enough that the list is passed over. */
  const SPACE = ' '.repeat(20_000);

  it.each<[string, unknown]>([
    [
      '{"id":"a","choices":[{"m":"]},\\"usage\\":1"}],"usage":{"n":1}}',
      { id: 'a', choices: [], usage: { n: 1 } },
    ],
    ['{"choices":[],"usage":{"n":1},"usage":{"n":2}}', { choices: [], usage: { n: 2 } }],
    [' { "usage" : null , "x" : "日本" } ', { usage: null, x: '日本' }],
    ['{"choices":{"a":1}}', { choices: { a: 1 } }],
    ['{}', {}],
    ['{"usage":{"n":}}', null],
    ['{"usage":tru', null],
    ['{"usage":{"n":1},"choices":[{"a":1', null],
    ['{"usage":{"n":1}} x', null],
    ['<html>{}', null],
    ['', null],
  ])('%s', (text, expected) => {
    expect(parseWithout(Buffer.from(SPACE + text), 'choices')).toEqual(expected);
  });

  it('is parsed whole when it is small', () => {
    expect(parseWithout(Buffer.from('{"choices":[1],"a":2}'), 'choices')).toEqual({ choices: [1], a: 2 });
    expect(parseWithout(Buffer.from('{"choices":[1'), 'choices')).toBeNull();
    expect(parseWithout(Buffer.from('[1]'), 'choices')).toBeNull();
  });
});

describe('An edited body', () => {
  it.each<[string, string, Record<string, unknown>, string]>([
    [
      'changes a value and no other byte',
      '{ "a": 1.0, "model" : "x" ,"b":1e400}',
      { model: 'y' },
      '{ "a": 1.0, "model" : "y" ,"b":1e400}',
    ],
    [
      'leaves fields of inner objects alone',
      '{"t":{"model":"x"},"l":["model",{"model":1}],"model":"x"}',
      { model: 'y' },
      '{"t":{"model":"x"},"l":["model",{"model":1}],"model":"y"}',
    ],
    [
      'changes a field that is there twice both times',
      '{"model":"a","model":"b"}',
      { model: 'y' },
      '{"model":"y","model":"y"}',
    ],
    [
      'knows a name that is written with escapes',
      '{"mod\\u0065l":"a"}',
      { model: 'y' },
      '{"mod\\u0065l":"y"}',
    ],
    [
      'knows a name beside other escapes, and its twin that is written with one',
      '{"p":"\\u0041","model":"a","mod\\u0065l":"a"}',
      { model: 'y' },
      '{"p":"\\u0041","model":"y","mod\\u0065l":"y"}',
    ],
    [
      'tells a name from the same word as a value',
      '{"a":"model","model":"x"}',
      { model: 'y' },
      '{"a":"model","model":"y"}',
    ],
    [
      'adds a field that only an inner object has',
      '{"t":{"model":"x"}}',
      { model: 'y' },
      '{"model":"y","t":{"model":"x"}}',
    ],
    [
      'finds its way through texts with quotes and brackets',
      '{"p":"\\\\\\"}{[","model":"x"}',
      { model: 'y' },
      '{"p":"\\\\\\"}{[","model":"y"}',
    ],
    [
      'keeps characters of several bytes',
      '{"p":"日本 🙂","model":"ü"}',
      { model: 'é' },
      '{"p":"日本 🙂","model":"é"}',
    ],
    ['puts a new field first', '{"a":1}', { b: { c: true } }, '{"b":{"c":true},"a":1}'],
    ['puts a new field into an empty object', ' { } ', { b: 1 }, ' {"b":1 } '],
    [
      'replaces objects, lists and numbers',
      '{"a":{"x":[1]},"b":[{}],"c":-1.5,"d":null}',
      { a: 1, b: 2, c: 3, d: 4 },
      '{"a":1,"b":2,"c":3,"d":4}',
    ],
    ['changes nothing for undefined', '{"a":1}', { a: undefined, b: undefined }, '{"a":1}'],
  ])('%s', (_name, text, changes, expected) => {
    expect(edit(text, changes)).toBe(expected);
    expect(() => JSON.parse(expected) as unknown).not.toThrow();
  });

  it('says what a rebuilt object would say, for any JSON', () => {
    const values = ['"a\\"b"', '{"x":{"y":[1,"]"]}}', '[]', '12', 'true', '""', '{"model":"z"}'];
    for (const first of values) {
      for (const second of values) {
        const text = `{"k":${first},"model":${second},"z":${first}}`;
        expect(JSON.parse(edit(text, { model: 'new', added: [1] }))).toEqual({
          ...(JSON.parse(text) as object),
          model: 'new',
          added: [1],
        });
      }
    }
  });
});
