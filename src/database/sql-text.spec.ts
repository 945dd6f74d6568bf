import { SqlText } from './sql-text';
import { type SqlValue } from './statement';

const text = new SqlText();
const literal = (value: SqlValue): string => text.make((making) => making.value(value));
const hex = (value: string): string => `_utf8mb4 x'${Buffer.from(value).toString('hex')}'`;

describe('A text of SQL', () => {
  it.each<[SqlValue, string]>([
    [null, 'NULL'],
    [true, '1'],
    [false, '0'],
    [123456789012345678901234567890n, '123456789012345678901234567890'],
    [-5n, '-5'],
    ['', "''"],
    ['plain', "'plain'"],
    ['{"a":[1,"b"]} ; -- ?', '\'{"a":[1,"b"]} ; -- ?\''],
    ["it's", hex("it's")],
    ['back\\slash', hex('back\\slash')],
    ['é', hex('é')],
    ['日本 🙂', hex('日本 🙂')],
    ['\ud800', hex('\ud800')],
    [Buffer.alloc(0), "x''"],
    [Buffer.from([0, 1, 0x7f, 0x80, 0xff]), "x'00017f80ff'"],
  ])('has %p as %s', (value, expected) => {
    expect(literal(value)).toBe(expected);
  });

  it.each([
    0,
    1,
    9,
    10,
    99,
    100,
    4294967295,
    999_999_999,
    1e9,
    1e9 + 1,
    1_764_360_000_000,
    1e18,
    1e15,
    12.5,
    -1,
    -0.25,
    1e21,
    1e-7,
    Number.MAX_SAFE_INTEGER,
    Number.MAX_SAFE_INTEGER + 1,
    5_000_000_001,
    2 ** 31,
    2 ** 30,
  ])('has the number %p as it is', (number) => {
    expect(literal(number)).toBe(String(number));
  });

  it('has any number of digits', () => {
    for (let power = 1; power < Number.MAX_SAFE_INTEGER; power *= 7) {
      for (const number of [power, power - 1, power * 3 + 1]) expect(literal(number)).toBe(String(number));
    }
  });

  it('grows with what is written, and begins anew with each text', () => {
    const long = 'x'.repeat(3_000_000);
    const made = text.make((making) => making.sql('SELECT ').value(long).sql(',').value(Buffer.from(long)));
    expect(made).toBe(`SELECT '${long}',x'${Buffer.from(long).toString('hex')}'`);
    expect(() =>
      text.make((making) => {
        making.sql('SELECT ');
        throw new Error('half');
      }),
    ).toThrow('half');
    expect(text.make((making) => making.sql('COMMIT'))).toBe('COMMIT');
  });
});
