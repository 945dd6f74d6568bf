import { type JsonBody } from '../codec';
import { isJsonObject } from '../json-fields';
import { toSnakeCase } from './spelling';

/** Members that hold a whole number, which JSON of protocol buffers may write as text. */
const COUNTS = ['maxItems', 'minItems', 'maxLength', 'minLength', 'maxProperties', 'minProperties'] as const;
/** Members that mean the same in both. */
const SAME = [
  'title',
  'description',
  'format',
  'default',
  'enum',
  'pattern',
  'maximum',
  'minimum',
  'required',
  'additionalProperties',
] as const;

/** What is read below, in a word of its own for each. */
const OWN = [
  'type',
  'nullable',
  'example',
  'items',
  'prefixItems',
  'anyOf',
  'properties',
  'propertyOrdering',
];
const READ = new Set([...OWN, ...SAME, ...COUNTS].flatMap((name) => [name, toSnakeCase(name)]));

/**
 * Google's schema (a part of OpenAPI 3.0: `Schema` of @google/genai 3.1.0, 2026-11) as JSON Schema. What it has
 * beyond that is kept as it is: words of JSON Schema, and what the vendor refuses by name rather than miss.
 */
export function toJsonSchema(schema: unknown): JsonBody {
  if (!isJsonObject(schema)) return {};
  const get = (name: string): unknown => schema[name] ?? schema[toSnakeCase(name)] ?? undefined;
  const result: Record<string, unknown> = {};
  const type = get('type');
  const nullable = get('nullable') === true;
  if (typeof type === 'string' && type !== 'TYPE_UNSPECIFIED') {
    const word = type.toLowerCase();
    result.type = nullable && word !== 'null' ? [word, 'null'] : word;
  } else if (type !== undefined && typeof type !== 'string') result.type = type;
  for (const name of SAME) if (get(name) !== undefined) result[name] = get(name);
  for (const name of COUNTS) {
    const count = get(name);
    if (count !== undefined) result[name] = typeof count === 'string' ? Number(count) : count;
  }
  if (nullable && Array.isArray(result.enum)) result.enum = [...(result.enum as unknown[]), null];
  if (get('example') !== undefined) result.examples = [get('example')];
  if (get('items') !== undefined) result.items = toJsonSchema(get('items'));
  if (get('prefixItems') !== undefined) result.prefixItems = toAll(get('prefixItems'));
  const alternatives = toAll(get('anyOf'));
  if (alternatives !== undefined) result.anyOf = alternatives;
  if (nullable && result.type === undefined && Array.isArray(alternatives)) {
    result.anyOf = [...(alternatives as unknown[]), { type: 'null' }];
  }
  const properties = get('properties');
  if (isJsonObject(properties)) result.properties = toProperties(properties, get('propertyOrdering'));
  else if (properties !== undefined) result.properties = properties;
  for (const name of Object.keys(schema)) if (!READ.has(name)) keep(result, name, schema[name]);
  return result;
}

/** What is no list is not a schema's either, and stays as it came. */
function toAll(schemas: unknown): unknown {
  return Array.isArray(schemas) ? schemas.map(toJsonSchema) : schemas;
}

/** Whatever its name is: an assignment to `__proto__` would be another thing. */
function keep(to: JsonBody, name: string, value: unknown): void {
  Object.defineProperty(to, name, { value, enumerable: true, writable: true, configurable: true });
}

/** JSON Schema has no order of properties; models write them as they are listed. */
function toProperties(properties: JsonBody, ordering: unknown): JsonBody {
  const listed = Array.isArray(ordering) ? ordering.filter((name) => typeof name === 'string') : [];
  const names = [...new Set([...listed, ...Object.keys(properties)])];
  return Object.fromEntries(
    names.flatMap((name) =>
      Object.hasOwn(properties, name) ? [[name, toJsonSchema(properties[name])]] : [],
    ),
  );
}
