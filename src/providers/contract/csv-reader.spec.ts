import { CsvError, type CsvRow, readCsv } from './csv-reader';

const rowsOf = (text: string): CsvRow[] => [...readCsv(text)];

describe('reading CSV', () => {
  it.each([
    ['', []],
    ['a,b', [[1, 'a', 'b']]],
    ['a,b\n', [[1, 'a', 'b']]],
    [
      'a,b\r\nc,\r\n',
      [
        [1, 'a', 'b'],
        [2, 'c', ''],
      ],
    ],
    [
      '\ufeffa\n\n\nb',
      [
        [1, 'a'],
        [4, 'b'],
      ],
    ],
    ['"a,1","say ""so"""', [[1, 'a,1', 'say "so"']]],
    [
      '"two\nlines",x\ny,z',
      [
        [1, 'two\nlines', 'x'],
        [3, 'y', 'z'],
      ],
    ],
    [',', [[1, '', '']]],
  ])('reads %j', (text, rows) => {
    expect(rowsOf(text).map(({ line, cells }) => [line, ...cells])).toEqual(rows);
  });

  it.each([
    ['a\nb"c', 2, /quote inside/],
    ['a\n\n"b', 3, /never closed/],
    ['"a"b', 1, /after a closing quote/],
  ])('says which line of %j is wrong', (text, line, message) => {
    try {
      rowsOf(text);
      throw new Error('It was read.');
    } catch (error) {
      expect(error).toBeInstanceOf(CsvError);
      expect((error as CsvError).line).toBe(line);
      expect((error as CsvError).message).toMatch(message);
    }
  });
});
