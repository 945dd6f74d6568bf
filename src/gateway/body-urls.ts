/** Fields in which the vendors' formats have URLs that a vendor fetches: pictures, files, servers of tools. */
const URL_FIELDS = new Set([
  'url',
  'image_url',
  'file_url',
  'video_url',
  'audio_url',
  'fileUri',
  'file_uri',
  'server_url',
  'endpoint',
  'uri',
]);

/** What a model or a tool said, and schemas: text of the conversation, which nobody fetches. */
const SPOKEN = new Set([
  'arguments',
  'args',
  'response',
  'parameters',
  'parametersJsonSchema',
  'parameters_json_schema',
  'input_schema',
  'schema',
  'responseSchema',
  'response_schema',
  'responseJsonSchema',
  'response_json_schema',
  'json_schema',
  'metadata',
]);

const MAX_DEPTH = 64;

type Json = Readonly<Record<string, unknown>>;

/** What a tool is called with is spoken too. */
const isCall = ({ type }: Json): boolean => typeof type === 'string' && type.endsWith('tool_use');

/**
 * The URLs in a body, wherever a vendor's format may have one. Not those in what a tool is called with, or answered:
 * agents speak of addresses inside, and no vendor follows them.
 */
export function findUrls(body: unknown): readonly string[] {
  const found: string[] = [];
  const walk = (value: unknown, depth: number): void => {
    if (typeof value !== 'object' || value === null) return;
    if (depth > MAX_DEPTH) return;
    if (Array.isArray(value)) {
      for (const entry of value) walk(entry, depth + 1);
      return;
    }
    const fields = value as Json;
    for (const name in fields) {
      const inner = fields[name];
      if (typeof inner === 'string') {
        if (URL_FIELDS.has(name)) found.push(inner);
      } else if (typeof inner === 'object' && !SPOKEN.has(name) && !(name === 'input' && isCall(fields))) {
        walk(inner, depth + 1);
      }
    }
  };
  walk(body, 0);
  return found;
}
