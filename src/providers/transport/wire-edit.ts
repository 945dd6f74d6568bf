import { type WireBody } from '../contract/native';
import { asObject } from '../contract/usage-builder';

const QUOTE = '"';
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const LIST = 0x5b;
const OPEN = '{';
const CLOSE = 0x7d;
/** Bytes. The engine's own parser is faster than a search for what to pass over, up to about here. */
const WORTH_SKIPPING = 16 * 1024;

interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * The bytes as a text in which each is a character, so that places in it are places in them. All that JSON is made of
 * is ASCII, whatever its texts hold; and a search in a text is the engine's own, where one in bytes leaves it.
 */
const toScanned = (bytes: Buffer): string => bytes.toString('latin1');

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
const isOpening = (code: number): boolean => code === 0x7b || code === 0x5b;
const isClosing = (code: number): boolean => code === 0x7d || code === 0x5d;

function skipSpace(text: string, from: number): number {
  let at = from;
  while (isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

/** @param from at the opening quote; returns the place after the closing one, or the end of a text that has none */
export function skipString(text: string, from: number): number {
  let at = from + 1;
  for (;;) {
    const quote = text.indexOf(QUOTE, at);
    if (quote < 0) return text.length;
    let before = quote - 1;
    while (text.charCodeAt(before) === BACKSLASH) before -= 1;
    if ((quote - 1 - before) % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

function skipValue(text: string, from: number): number {
  if (text[from] === QUOTE) return skipString(text, from);
  let at = from;
  let depth = 0;
  while (at < text.length) {
    if (text[at] === QUOTE) {
      at = skipString(text, at);
      continue;
    }
    const code = text.charCodeAt(at);
    if (isOpening(code)) depth += 1;
    else if (isClosing(code)) {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (code === COMMA && depth === 0) return at;
    at += 1;
  }
  return at;
}

interface Fields {
  readonly fields: ReadonlyMap<string, Span[]>;
  /** Whether the bytes are one object and nothing else, as far as its outermost level tells. */
  readonly whole: boolean;
}

/** Where the value of each field of the outermost object stands, every time that the field is there. */
function findFields(bytes: Buffer, text: string): Fields {
  const fields = new Map<string, Span[]>();
  const open = text.indexOf(OPEN);
  let at = skipSpace(text, open + 1);
  while (text[at] === QUOTE) {
    const nameEnd = skipString(text, at);
    const name = JSON.parse(bytes.toString('utf8', at, nameEnd)) as string;
    at = skipSpace(text, nameEnd);
    if (text.charCodeAt(at) === COLON) at += 1;
    const start = skipSpace(text, at);
    const end = skipValue(text, start);
    const spans = fields.get(name);
    if (spans) spans.push({ start, end });
    else fields.set(name, [{ start, end }]);
    at = skipSpace(text, end);
    if (text.charCodeAt(at) === COMMA) at = skipSpace(text, at + 1);
  }
  const whole =
    skipSpace(text, 0) === open && text.charCodeAt(at) === CLOSE && skipSpace(text, at + 1) === text.length;
  return { fields, whole };
}

/**
 * What a body says. In a large one, a bulky list that nobody reads is passed over as if it were empty. Null when the bytes
 * are no JSON object; what is wrong inside of the list is not noticed.
 */
export function parseWithout(bytes: Buffer, bulky: string): Readonly<Record<string, unknown>> | null {
  try {
    if (bytes.length < WORTH_SKIPPING) return asObject(JSON.parse(bytes.toString('utf8')));
    const text = toScanned(bytes);
    const { fields, whole } = findFields(bytes, text);
    if (!whole) return null;
    const value: Record<string, unknown> = {};
    for (const [name, spans] of fields) {
      const span = spans.at(-1);
      if (!span) continue;
      // That it is a list is known without a look at what is in it.
      if (name === bulky && text.charCodeAt(span.start) === LIST) value[name] = [];
      else value[name] = JSON.parse(bytes.toString('utf8', span.start, span.end));
    }
    return value;
  } catch {
    return null;
  }
}

/** A name that is written with an escape, such as `"mod\u0065l"`, has this in it. */
const ESCAPE = '\\u';

/**
 * Where the value of a field of the outermost object stands, found by its name alone: for a field that is there, in
 * a body in which no name is written with escapes. Null when the name stands at several places.
 */
function findOnly(text: string, name: string): Span | null {
  const quoted = `"${name}"`;
  const at = text.indexOf(quoted);
  if (at < 0 || text.includes(quoted, at + quoted.length)) return null;
  const colon = skipSpace(text, at + quoted.length);
  const start = skipSpace(text, colon + 1);
  return { start, end: skipValue(text, start) };
}

/** The places of a field's values, the search through the whole body being made when it is needed. */
function createFinder(bytes: Buffer): (name: string) => readonly Span[] {
  const text = toScanned(bytes);
  const isPlain = !text.includes(ESCAPE);
  let fields: Fields['fields'] | null = null;
  return (name) => {
    const only = isPlain ? findOnly(text, name) : null;
    if (only) return [only];
    fields ??= findFields(bytes, text).fields;
    return fields.get(name) ?? [];
  };
}

interface Edit extends Span {
  readonly text: string;
}

/**
 * The body with other values for some of its outermost fields; all other bytes stay as the caller sent them. A
 * field that is there twice is changed both times, because parsers differ in which one counts.
 * @param body valid JSON, an object
 * @param changes the new values by field; undefined takes nothing away and changes nothing
 */
export function editBody({ bytes, value }: WireBody, changes: Readonly<Record<string, unknown>>): Buffer {
  const find = createFinder(bytes);
  const edits: Edit[] = [];
  let added = '';
  for (const name in changes) {
    const change = changes[name];
    if (change === undefined) continue;
    const text = JSON.stringify(change);
    if (name in value) for (const span of find(name)) edits.push({ ...span, text });
    else added += `${JSON.stringify(name)}:${text},`;
  }
  if (added !== '') {
    const start = bytes.indexOf(OPEN) + 1;
    const text = Object.keys(value).length === 0 ? added.slice(0, -1) : added;
    edits.push({ start, end: start, text });
  }
  return splice(bytes, edits);
}

function splice(bytes: Buffer, edits: Edit[]): Buffer {
  if (edits.length > 1) edits.sort((left, right) => left.start - right.start);
  let length = bytes.length;
  for (const { start, end, text } of edits) length += Buffer.byteLength(text) - (end - start);
  const edited = Buffer.allocUnsafe(length);
  let kept = 0;
  let at = 0;
  for (const { start, end, text } of edits) {
    at += bytes.copy(edited, at, kept, start);
    at += edited.write(text, at);
    kept = end;
  }
  bytes.copy(edited, at, kept);
  return edited;
}
