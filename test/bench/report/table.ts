/** What a figure has to be. */
export interface Goal {
  /** As the table says it, such as `≤ 1.5 ×`. */
  readonly text: string;
  readonly limit: number;
  /** Null where it could not be measured. */
  readonly measured: number | null;
}

export interface Row {
  readonly name: string;
  readonly cells: readonly string[];
  readonly goals?: readonly Goal[];
}

export interface Table {
  /** The first is over the names. */
  readonly head: readonly string[];
  readonly rows: readonly Row[];
}

export const show = (value: number | null, digits: number, unit = ''): string =>
  value === null ? '–' : `${value.toFixed(digits)}${unit}`;

/** A goal of the form "at most". */
export const atMost = (limit: number, unit: string, measured: number | null): Goal => ({
  text: `≤ ${limit} ${unit}`,
  limit,
  measured,
});

export function isMet({ limit, measured }: Goal): boolean | null {
  return measured === null ? null : measured <= limit;
}

function verdict(goal: Goal): string {
  const met = isMet(goal);
  if (met === null) return '–';
  return met ? 'yes' : 'no';
}

/** In Markdown, with the goals and whether they are met in the last two columns. */
export function formatTable({ head, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const titles = [...head, 'goal', 'met'];
  const lines = rows.map(({ name, cells, goals = [] }) =>
    line([name, ...cells, goals.map(({ text }) => text).join(', '), goals.map(verdict).join(', ')]),
  );
  return [line(titles), line(titles.map((_, index) => (index === 0 ? '---' : '---:'))), ...lines].join('\n');
}
