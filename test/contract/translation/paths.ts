type Json = Readonly<Record<string, unknown>>;

/** A field's path with every index taken out: `messages[2].content[0].text` is `messages[].content[].text`. */
export function anyIndex(path: string): string {
  return path.replace(/\[\d+\]/g, '[]');
}

/** Whether a field is another one or lies inside it, whatever the indexes. */
export function isWithin(field: string, outer: string): boolean {
  const [inner, around] = [anyIndex(field), anyIndex(outer)];
  return inner === around || inner.startsWith(`${around}.`) || inner.startsWith(`${around}[`);
}

/** The body without a field; `[]` in the path stands for every entry of a list, `[2]` for one. */
export function without(body: unknown, path: string): unknown {
  const [name = '', ...rest] = path.split('.');
  const [, key = name, only] = /^(\w+)\[(\d*)\]$/.exec(name) ?? [];
  if (!isJson(body)) return body;
  if (rest.length === 0) return Object.fromEntries(Object.entries(body).filter(([other]) => other !== key));
  const below = rest.join('.');
  const value = body[key];
  const changed = Array.isArray(value)
    ? (value as unknown[]).map((entry, index) =>
        only === undefined || only === '' || Number(only) === index ? without(entry, below) : entry,
      )
    : without(value, below);
  return key in body ? { ...body, [key]: changed } : body;
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
