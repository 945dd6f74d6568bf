/** JSON as it comes off the wire: nothing is believed about it until it has been looked at. */
export type JsonObject = { [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectAt(value: unknown, key: string): JsonObject | undefined {
  const found = isObject(value) ? value[key] : undefined;
  return isObject(found) ? found : undefined;
}

export function stringAt(value: unknown, key: string): string | undefined {
  const found = isObject(value) ? value[key] : undefined;
  return typeof found === 'string' ? found : undefined;
}

export function numberAt(value: unknown, key: string): number | undefined {
  const found = isObject(value) ? value[key] : undefined;
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}

export function arrayAt(value: unknown, key: string): unknown[] {
  const found: unknown = isObject(value) ? value[key] : undefined;
  return Array.isArray(found) ? (found as unknown[]) : [];
}

/** Objects of an array, the rest left out. */
export function objectsAt(value: unknown, key: string): JsonObject[] {
  return arrayAt(value, key).filter(isObject);
}

export function parseJson(text: string): unknown {
  return JSON.parse(text) as unknown;
}

/** Objects merge key by key, arrays of objects merge by position, anything else is replaced. */
export function deepMerge(base: unknown, over: unknown): unknown {
  if (isObject(base) && isObject(over)) {
    const merged: JsonObject = { ...base };
    for (const [key, value] of Object.entries(over)) {
      merged[key] = key in base ? deepMerge(base[key], value) : value;
    }
    return merged;
  }
  if (Array.isArray(base) && Array.isArray(over)) {
    const longest = base.length >= over.length ? base : over;
    return longest.map((_, i) => {
      if (i >= over.length) return base[i] as unknown;
      return i < base.length ? deepMerge(base[i], over[i]) : (over[i] as unknown);
    });
  }
  return over;
}
