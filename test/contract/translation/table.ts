/** A table of a markdown page. */
export interface Table {
  /** The heading that it stands under. */
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly Row[];
}

export interface Row {
  /** The line in the page, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** The tables of a page, in their order. A `|` inside a cell is written `\|`. */
export function readTables(markdown: string): Table[] {
  const tables: { title: string; header: string[]; rows: Row[] }[] = [];
  let title = '';
  let open = false;
  markdown.split('\n').forEach((text, index) => {
    if (text.startsWith('#')) title = text.replace(/^#+\s*/, '');
    if (!text.startsWith('|')) {
      open = false;
      return;
    }
    const cells = splitRow(text);
    if (!open) tables.push({ title, header: cells, rows: [] });
    else if (!/^[\s|:-]+$/.test(text)) tables.at(-1)?.rows.push({ line: index + 1, cells });
    open = true;
  });
  return tables;
}

function splitRow(text: string): string[] {
  return text
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
}

/** The first text in backticks of a cell, null for a cell without one. */
export function quoted(cell: string): string | null {
  return /`([^`]+)`/.exec(cell)?.[1] ?? null;
}

/** The JSON in a cell's backticks. @throws SyntaxError that shows the cell */
export function quotedJson(cell: string): unknown {
  const text = quoted(cell);
  if (text === null) throw new SyntaxError(`No text in backticks: ${cell}`);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new SyntaxError(`Not JSON: ${text}`, { cause: error });
  }
}

/** The outcome that a cell names by its first word, null when it holds JSON instead. */
export function outcomeWord(cell: string): string | null {
  return cell.startsWith('`') ? null : (/^\w+/.exec(cell)?.[0] ?? '');
}
