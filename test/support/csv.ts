/** Reads CSV by RFC 4180: the lines as lists of fields, null for an empty field that is not quoted. */
export function parseCsv(text: string): (string | null)[][] {
  const lines: (string | null)[][] = [];
  let line: (string | null)[] = [];
  let at = 0;
  while (at < text.length) {
    const quoted = text[at] === '"';
    let field = '';
    if (quoted) {
      for (at += 1; !(text[at] === '"' && text[at + 1] !== '"'); at += 1) {
        if (at >= text.length) throw new Error('A quoted field does not end.');
        field += text[at];
        if (text[at] === '"') at += 1;
      }
      at += 1;
    } else {
      for (; at < text.length && text[at] !== ',' && text[at] !== '\r'; at += 1) field += text[at];
      if (/["\n]/.test(field)) throw new Error(`The field ${JSON.stringify(field)} has to be quoted.`);
    }
    line.push(quoted || field !== '' ? field : null);
    if (text[at] === ',') at += 1;
    else if (text.startsWith('\r\n', at)) {
      lines.push(line);
      line = [];
      at += 2;
    } else throw new Error(`After a field comes ${JSON.stringify(text.slice(at, at + 5))}.`);
  }
  return lines;
}

/** The same by the names of the first line. */
export function parseCsvRecords(text: string): Record<string, string | null>[] {
  const [head = [], ...lines] = parseCsv(text);
  return lines.map((line) => {
    if (line.length !== head.length) throw new Error(`A line has ${line.length} fields, not ${head.length}.`);
    return Object.fromEntries(head.map((name, index) => [name ?? '', line[index] ?? null]));
  });
}
