import { arrayAt, isObject, type JsonObject, numberAt, objectAt, objectsAt, stringAt } from './json';

/** The smallest value that a JSON schema (or Google's subset, types in capitals) accepts. */
export function sampleOf(schema: unknown, root: unknown = schema, depth = 0): unknown {
  if (!isObject(schema) || depth > 20) return null;
  if ('const' in schema) return schema.const;
  if ('default' in schema) return schema.default;
  const choices = arrayAt(schema, 'enum');
  if (choices.length > 0) return choices[0];
  const reference = stringAt(schema, '$ref');
  if (reference !== undefined) return sampleOf(resolve(root, reference), root, depth + 1);
  const [branch] = [...objectsAt(schema, 'anyOf'), ...objectsAt(schema, 'oneOf')];
  if (branch) return sampleOf(branch, root, depth + 1);
  const all = objectsAt(schema, 'allOf');
  if (all.length > 0) {
    const parts = all.map((part) => sampleOf(part, root, depth + 1)).filter(isObject);
    return parts.reduce<JsonObject>((whole, part) => ({ ...whole, ...part }), {});
  }
  return sampleOfType(typeOf(schema), schema, root, depth);
}

function sampleOfType(type: string, schema: JsonObject, root: unknown, depth: number): unknown {
  switch (type) {
    case 'object': {
      const properties = objectAt(schema, 'properties') ?? {};
      const required = arrayAt(schema, 'required').filter((name) => typeof name === 'string');
      const names = required.length > 0 ? required : Object.keys(properties);
      return Object.fromEntries(names.map((name) => [name, sampleOf(properties[name], root, depth + 1)]));
    }
    case 'array': {
      const least = numberAt(schema, 'minItems') ?? 0;
      return Array.from({ length: least }, () => sampleOf(schema.items, root, depth + 1));
    }
    case 'integer':
    case 'number':
      return numberAt(schema, 'minimum') ?? 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return sampleString(schema);
  }
}

function sampleString(schema: JsonObject): string {
  const formats: Record<string, string> = {
    'date-time': '2026-01-01T00:00:00Z',
    date: '2026-01-01',
    time: '00:00:00Z',
    email: 'someone@example.com',
    uri: 'https://example.com/',
    uuid: '00000000-0000-4000-8000-000000000000',
  };
  const text = formats[stringAt(schema, 'format') ?? ''] ?? 'text';
  return text.padEnd(numberAt(schema, 'minLength') ?? 0, 'x');
}

function typeOf(schema: JsonObject): string {
  const types = Array.isArray(schema.type) ? (schema.type as unknown[]) : [schema.type];
  const named = types.find((type) => typeof type === 'string' && type !== 'null');
  if (typeof named === 'string') return named.toLowerCase();
  if (types.includes('null')) return 'null';
  return isObject(schema.properties) ? 'object' : 'string';
}

function resolve(root: unknown, reference: string): unknown {
  return reference
    .replace(/^#\/?/, '')
    .split('/')
    .filter((name) => name !== '')
    .reduce<unknown>((value, name) => (isObject(value) ? value[name] : undefined), root);
}
