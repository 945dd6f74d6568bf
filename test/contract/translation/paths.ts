type Json = Readonly<Record<string, unknown>>;

/** A field's path with every index taken out: `messages[2].content[0].text` is `messages[].content[].text`. */
export function anyIndex(path: string): string {
  return path.replace(/\[\d+\]/g, '[]');
}

/** Whether a field is another one or lies inside it, whatever the indexes. */
export function isWithin(field: string, outer: string): boolean {
  const inner = anyIndex(field);
  return inner === outer || inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[`);
}

/** The body without a field; `[]` in the path stands for every entry of a list. */
export function without(body: unknown, path: string): unknown {
  const [name = '', ...rest] = path.split('.');
  const key = name.replace(/(\[\])+$/, '');
  if (!isJson(body)) return body;
  if (rest.length === 0) return Object.fromEntries(Object.entries(body).filter(([other]) => other !== key));
  const below = rest.join('.');
  const value = body[key];
  const changed = Array.isArray(value)
    ? (value as unknown[]).map((entry) => without(entry, below))
    : without(value, below);
  return key in body ? { ...body, [key]: changed } : body;
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
