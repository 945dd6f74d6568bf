import { type WireBody } from '../contract/native';
import { asObject } from '../contract/usage-builder';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const LIST = 0x5b;
/** Bytes. The engine's own parser is faster than a search for what to pass over, up to about here. */
const WORTH_SKIPPING = 16 * 1024;
const CLOSE = 0x7d;

interface Span {
  readonly start: number;
  readonly end: number;
}

const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
const isOpening = (byte: number | undefined): boolean => byte === 0x7b || byte === 0x5b;
const isClosing = (byte: number | undefined): boolean => byte === 0x7d || byte === 0x5d;

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  while (isSpace(bytes[at])) at += 1;
  return at;
}

/** @param from at the opening quote; returns the place after the closing one */
function skipString(bytes: Buffer, from: number): number {
  let at = from + 1;
  for (;;) {
    const quote = bytes.indexOf(QUOTE, at);
    if (quote < 0) return bytes.length;
    let before = quote - 1;
    while (bytes[before] === BACKSLASH) before -= 1;
    if ((quote - 1 - before) % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

function skipValue(bytes: Buffer, from: number): number {
  if (bytes[from] === QUOTE) return skipString(bytes, from);
  let at = from;
  let depth = 0;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = skipString(bytes, at);
      continue;
    }
    if (isOpening(byte)) depth += 1;
    else if (isClosing(byte)) {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (byte === COMMA && depth === 0) return at;
    at += 1;
  }
  return at;
}

interface Fields {
  /** Where the outermost object begins. */
  readonly open: number;
  readonly fields: ReadonlyMap<string, Span[]>;
  /** Whether the bytes are one object and nothing else, as far as its outermost level tells. */
  readonly whole: boolean;
}

/** Where the value of each field of the outermost object stands, every time that the field is there. */
function findFields(bytes: Buffer): Fields {
  const fields = new Map<string, Span[]>();
  const open = bytes.indexOf(0x7b);
  let at = skipSpace(bytes, open + 1);
  while (bytes[at] === QUOTE) {
    const nameEnd = skipString(bytes, at);
    const name = JSON.parse(bytes.toString('utf8', at, nameEnd)) as string;
    at = skipSpace(bytes, nameEnd);
    if (bytes[at] === COLON) at += 1;
    const start = skipSpace(bytes, at);
    const end = skipValue(bytes, start);
    const spans = fields.get(name);
    if (spans) spans.push({ start, end });
    else fields.set(name, [{ start, end }]);
    at = skipSpace(bytes, end);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1);
  }
  const whole =
    skipSpace(bytes, 0) === open && bytes[at] === CLOSE && skipSpace(bytes, at + 1) === bytes.length;
  return { open, fields, whole };
}

/**
 * What a body says. In a large one, a bulky list that nobody reads is passed over as if it were empty. Null when the bytes
 * are no JSON object; what is wrong inside of the list is not noticed.
 */
export function parseWithout(bytes: Buffer, bulky: string): Readonly<Record<string, unknown>> | null {
  try {
    if (bytes.length < WORTH_SKIPPING) return asObject(JSON.parse(bytes.toString('utf8')));
    const { fields, whole } = findFields(bytes);
    if (!whole) return null;
    const value: Record<string, unknown> = {};
    for (const [name, spans] of fields) {
      const span = spans.at(-1);
      if (!span) continue;
      // That it is a list is known without a look at what is in it.
      if (name === bulky && bytes[span.start] === LIST) value[name] = [];
      else value[name] = JSON.parse(bytes.toString('utf8', span.start, span.end));
    }
    return value;
  } catch {
    return null;
  }
}

/**
 * The body with other values for some of its outermost fields; all other bytes stay as the caller sent them. A
 * field that is there twice is changed both times, because parsers differ in which one counts.
 * @param body valid JSON, an object
 * @param changes the new values by field; undefined takes nothing away and changes nothing
 */
export function editBody(body: WireBody, changes: Readonly<Record<string, unknown>>): Buffer {
  const { bytes } = body;
  const { open, fields } = findFields(bytes);
  const edits: (Span & { readonly text: string })[] = [];
  let added = '';
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) continue;
    const text = JSON.stringify(value);
    const spans = fields.get(name);
    if (spans) for (const span of spans) edits.push({ ...span, text });
    else added += `${JSON.stringify(name)}:${text},`;
  }
  if (added !== '') {
    const text = fields.size === 0 ? added.slice(0, -1) : added;
    edits.push({ start: open + 1, end: open + 1, text });
  }
  edits.sort((left, right) => left.start - right.start);
  const pieces: Buffer[] = [];
  let kept = 0;
  for (const { start, end, text } of edits) {
    pieces.push(bytes.subarray(kept, start), Buffer.from(text));
    kept = end;
  }
  pieces.push(bytes.subarray(kept));
  return Buffer.concat(pieces);
}
