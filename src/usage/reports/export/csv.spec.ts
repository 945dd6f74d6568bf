import { csvLine, exact } from './csv';

describe('A line of CSV', () => {
  it.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    [' edge', '" edge"'],
    ['', '""'],
    ['Grüße 🎉', 'Grüße 🎉'],
  ])('quotes %j where it has to', (text, field) => {
    expect(csvLine([text])).toBe(`${field}\r\n`);
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '=HYPERLINK("http://x";"y")', '\t=1', '\r=1'])(
    'makes no formula of the text %j',
    (text) => {
      const line = csvLine([text]);
      expect(line.replace(/^"/, '').startsWith("'")).toBe(true);
      expect(line).toContain(text.replaceAll('"', '""'));
    },
  );

  it('leaves numbers as they are, negative ones too, and nothing empty', () => {
    expect(csvLine([exact('-1.500000000000'), -3, 0.25, null, 'x'])).toBe('-1.500000000000,-3,0.25,,x\r\n');
  });
});
