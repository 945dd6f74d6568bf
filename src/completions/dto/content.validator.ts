const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isFilled = (value: unknown): value is string => typeof value === 'string' && value !== '';

function unknownField(part: Record<string, unknown>, known: readonly string[]): string | null {
  const field = Object.keys(part).find((name) => !known.includes(name));
  return field === undefined ? null : `${field} is not a known field of it`;
}

const IMAGE_HINT = 'an image part needs "url" (http or https), or "mediaType" (image/…) and "data" (base64)';

function refuseImage(part: Record<string, unknown>): string | null {
  if (part.url !== undefined) {
    if (!isFilled(part.url) || !/^https?:\/\//i.test(part.url)) return IMAGE_HINT;
    return unknownField(part, ['type', 'url']);
  }
  if (!isFilled(part.data) || !isFilled(part.mediaType) || !/^image\/[\w.+-]+$/.test(part.mediaType))
    return IMAGE_HINT;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(part.data)) return '"data" must be base64 without line breaks';
  return unknownField(part, ['type', 'mediaType', 'data']);
}

function refusePart(part: unknown): string | null {
  if (!isObject(part)) return 'a part must be an object with a "type"';
  if (part.type === 'text') {
    return typeof part.text === 'string' ? unknownField(part, ['type', 'text']) : 'a text part needs "text"';
  }
  if (part.type === 'image') return refuseImage(part);
  return 'the "type" of a part must be text or image';
}

/** Null when it is a text or a list of parts; otherwise what is wrong with it. */
export function refuseContent(value: unknown): string | null {
  if (value === null || typeof value === 'string') return null;
  if (!Array.isArray(value))
    return 'must be a text, or a list of parts such as { "type": "text", "text": "…" }';
  for (const [index, part] of value.entries()) {
    const refusal = refusePart(part);
    if (refusal) return `part ${index}: ${refusal}`;
  }
  return null;
}

/** Null when it is `auto`, `none`, `required` or `{ name }`; otherwise what is wrong with it. */
export function refuseToolChoice(value: unknown): string | null {
  if (value === 'auto' || value === 'none' || value === 'required') return null;
  if (isObject(value) && isFilled(value.name)) return unknownField(value, ['name']);
  return 'must be auto, none, required, or { "name": "<one of the tools>" }';
}
