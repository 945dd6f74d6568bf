import { ArrayUnique, IsArray, IsInt, IsString, Length, Min, ValidateNested } from 'class-validator';
import { InvalidInput } from '../problem';
import { InputPipe } from './input.pipe';
import { Optional, OptionalOrNull } from './optional';
import { PageQuery } from './page.query.dto';
import { Obeys, refuseMetadata } from './rules';
import { FreeForm, Nested } from './shape';
import { TrimmedText } from './trimmed-text';
import { validateInput } from './validate-input';

class Leaf {
  @IsInt()
  @Min(1)
  count: number;
}

class Tree {
  @TrimmedText(1, 5)
  name: string;

  @Optional()
  @IsArray()
  @IsString({ each: true })
  @Length(1, 3, { each: true })
  @ArrayUnique()
  words?: string[];

  @Optional()
  @IsArray()
  @ValidateNested({ each: true })
  @Nested(() => Leaf)
  leaves?: Leaf[];

  @Optional()
  @Obeys((value) => (value === 'good' ? null : 'must be good'))
  deed?: unknown;

  @OptionalOrNull()
  @IsString()
  owner?: string | null;

  @Optional()
  @Obeys(refuseMetadata)
  @FreeForm()
  notes?: Record<string, unknown>;
}

class TallTree extends Tree {
  @Optional()
  @IsInt()
  height?: number;
}

function refusalOf(value: unknown): InvalidInput {
  try {
    validateInput(Tree, value);
  } catch (error) {
    if (error instanceof InvalidInput) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}

describe('An input', () => {
  it('comes back as an instance of its class, without fields that were left out', () => {
    const tree = validateInput(Tree, { name: ' oak ', leaves: [{ count: 1 }], deed: 'good' });
    expect(tree).toBeInstanceOf(Tree);
    expect(tree.leaves?.[0]).toBeInstanceOf(Leaf);
    expect({ ...tree }).toEqual({ name: 'oak', leaves: [{ count: 1 }], deed: 'good' });
    expect('words' in tree).toBe(false);
  });

  it.each<[string, unknown, string, RegExp]>([
    ['a missing field', {}, 'name', /string/],
    ['a wrong type', { name: 5 }, 'name', /string/],
    ['white space for a text', { name: '   ' }, 'name', /longer than or equal to 1/],
    ['an unknown field', { name: 'a', colour: 1 }, 'colour', /^is not a known field$/],
    [
      'an unknown field within',
      { name: 'a', leaves: [{ count: 1, x: 1 }] },
      'leaves[0].x',
      /not a known field/,
    ],
    [
      'a wrong element',
      { name: 'a', leaves: [{ count: 1 }, { count: 0 }] },
      'leaves[1].count',
      /less than 1/,
    ],
    ['a nested null', { name: 'a', leaves: [null] }, 'leaves[0]', /object/],
    ['a text in a list', { name: 'a', words: ['ok', 'long one'] }, 'words', /^must be longer/],
    ['what a plain rule refuses', { name: 'a', deed: 'bad' }, 'deed', /^must be good$/],
  ])('with %s is refused by the path of the field', (_name, value, field, message) => {
    const refusal = refusalOf(value);
    expect(refusal.errors.map((error) => error.field)).toContain(field);
    expect(refusal.errors.find((error) => error.field === field)?.message).toMatch(message);
  });

  it.each(['toString', 'valueOf', 'hasOwnProperty', 'constructor', '__proto__', 'isPrototypeOf'])(
    'with a field named %s is refused by the path of the field',
    (name) => {
      const odd = (value: unknown): unknown => JSON.parse(`{"name":"a","${name}":${JSON.stringify(value)}}`);
      expect(refusalOf(odd(1)).errors).toEqual([{ field: name, message: 'is not a known field' }]);
      expect(refusalOf({ name: 'a', leaves: [odd({})] }).errors.map(({ field }) => field)).toContain(
        `leaves[0].${name}`,
      );
      expect(refusalOf({ name: odd(1) }).errors.map(({ field }) => field)).toContain(`name.${name}`);
    },
  );

  it('keeps what is free of form as it came, whatever its names are', () => {
    const notes = JSON.parse('{"constructor":{"x":[1]},"toString":"a","__proto__":{"b":null}}') as object;
    for (const type of [Tree, TallTree]) {
      expect(validateInput(type, { name: 'oak', notes }).notes).toBe(notes);
    }
  });

  it('may have null where null means something, and nowhere else', () => {
    expect({ ...validateInput(Tree, { name: 'oak', owner: null }) }).toEqual({ name: 'oak', owner: null });
    const { errors } = refusalOf({ name: null, words: null, leaves: null, deed: null });
    const refusals = errors.filter(({ field }) => field !== 'name');
    expect(refusals.map(({ field }) => field).sort()).toEqual(['deed', 'leaves', 'words']);
    for (const { message } of refusals) expect(message).toBe('must not be null; leave it out');
    expect(errors.some(({ field }) => field === 'name')).toBe(true);
  });

  it.each([null, undefined, 'text', 5, [], [{ name: 'a' }]])('that is %j is refused as a whole', (value) => {
    expect(() => validateInput(Tree, value)).toThrow('The input must be a JSON object');
  });

  it('names at most three fields in its detail, and all of them apart', () => {
    const refusal = refusalOf({ name: 'a', b: 1, c: 1, d: 1, e: 1 });
    expect(refusal.errors).toHaveLength(4);
    expect(refusal.message.split('; ')).toHaveLength(4);
    expect(refusal.message).toMatch(/; …$/);
  });
});

describe('The detail of a refusal', () => {
  it('names the wrong type first, and each field once', () => {
    const refusal = refusalOf({ name: 'a', leaves: [{ count: 'many' }, { count: 0 }] });
    expect(refusal.message).toBe(
      'leaves[0].count: must be an integer number; leaves[1].count: must not be less than 1',
    );
    expect(refusal.errors[0]).toEqual({ field: 'leaves[0].count', message: 'must be an integer number' });
  });

  it('says of a repeated value what is wrong with it', () => {
    expect(refusalOf({ name: 'a', words: ['b', 'b'] }).message).toBe('words: must not repeat a value');
  });
});

describe('The input pipe', () => {
  const pipe = new InputPipe();

  it('checks bodies and queries of a DTO class, and takes no query for an empty one', () => {
    expect(() => pipe.transform({}, { type: 'body', metatype: Tree })).toThrow(InvalidInput);
    expect(pipe.transform(undefined, { type: 'query', metatype: PageQuery })).toEqual({});
    expect(() => pipe.transform(undefined, { type: 'body', metatype: Tree })).toThrow(InvalidInput);
  });

  it('leaves path parameters, custom decorators and untyped bodies alone', () => {
    const value = { any: 'thing' };
    expect(pipe.transform(value, { type: 'body', metatype: Object })).toBe(value);
    expect(pipe.transform(value, { type: 'body' })).toBe(value);
    expect(pipe.transform('id', { type: 'param', metatype: Tree })).toBe('id');
    expect(pipe.transform(value, { type: 'custom', metatype: Tree })).toBe(value);
  });
});

const CURSOR = '0198c0de-0000-7000-8000-000000000001';

describe('The query of a page', () => {
  it.each<[object, object]>([
    [{ limit: '1' }, { limit: 1 }],
    [
      { limit: '1000', cursor: CURSOR },
      { limit: 1000, cursor: CURSOR },
    ],
    [{}, {}],
  ])('%j is read as %j', (query, read) => {
    expect({ ...validateInput(PageQuery, query) }).toEqual(read);
  });

  it.each(['0', '1001', '1.5', 'ten', '', ' ', '-1', 'Infinity', '0x10', '1e3', '+5', ' 5', '5.0'])(
    'with the limit %j is refused',
    (limit) => {
      expect(() => validateInput(PageQuery, { limit })).toThrow(InvalidInput);
    },
  );

  it.each(['', 'x', '%', `${CURSOR}0`, CURSOR.replaceAll('-', ''), ['a']])(
    'with the cursor %j is refused',
    (cursor) => {
      expect(() => validateInput(PageQuery, { cursor })).toThrow(/^cursor: is not a cursor of this list/);
    },
  );
});

describe('Metadata', () => {
  /** An object of exactly so many bytes as JSON. */
  const sized = (bytes: number, filler: string): object => {
    const room = bytes - Buffer.byteLength('{"a":""}');
    return { a: filler.repeat(room / Buffer.byteLength(filler)) };
  };

  it.each<[string, unknown]>([
    ['an empty object', {}],
    ['8 KiB', sized(8192, 'x')],
    ['8 KiB of letters of two bytes', sized(8192, 'é')],
  ])('may be %s', (_name, value) => {
    expect(refuseMetadata(value)).toBeNull();
  });

  it.each<[string, unknown]>([
    ['a list', []],
    ['null', null],
    ['a text', 'a'],
    ['more than 8 KiB', sized(8193, 'x')],
    ['more than 8 KiB of letters of two bytes', sized(8194, 'é')],
  ])('may not be %s', (_name, value) => {
    expect(refuseMetadata(value)).toMatch(/^must be /);
  });
});
