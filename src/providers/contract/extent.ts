import { type PictureSize } from './picture-size';
import { type UnitClass } from './usage';

/** What kind of input a token is of; a vendor bills each kind in classes of its own. */
export type InputKind = 'text' | 'image' | 'audio' | 'video' | 'document';

/** A tool that the vendor runs itself in the middle of a call. */
export interface ServerTool {
  /** The tool's name, to be told when nothing limits it. */
  readonly name: string;
  /** The class of its fee; null for a tool that costs tokens alone. */
  readonly fee: UnitClass | null;
  /** How often it can run at most; null when nothing limits it. */
  readonly maxUses: number | null;
  /** Whether the model reads its results, each time with all that came before, as further input. */
  readonly isRead: boolean;
}

/**
 * How large a call can become, whatever format it was asked in. Everything is a bound: a request that is
 * taken apart into one never uses more, as far as the vendor keeps to the limits that were sent.
 */
export interface CallExtent {
  /** Tokens of text: a byte-level tokeniser never makes more than one of a byte of UTF-8. */
  readonly text: number;
  /** Messages, their parts and tools: what a vendor puts a frame around. */
  readonly frames: number;
  /** Pictures, whose bytes are not in `text`, by their size; null where that is not known. */
  readonly pictures: readonly (PictureSize | null)[];
  /** Tokens of sound whose length can be told from its bytes. */
  readonly audio: number;
  /** Kinds of input that nothing but the context window limits: files, what is at a URL, earlier turns. */
  readonly open: readonly InputKind[];
  readonly hasTools: boolean;
  /** Tokens of what the vendor writes into the prompt by itself for its own kinds of tools. */
  readonly hidden: number;
  /** The output limit of one answer that was asked for, in tokens; null when none was. */
  readonly outputLimit: number | null;
  /** How many answers were asked for. */
  readonly answers: number;
  /** Tokens of a predicted output: those that are rejected are billed beside the answer. */
  readonly predicted: number;
  readonly serverTools: readonly ServerTool[];
  /** What else nothing limits, by its name in the request. */
  readonly unbounded: readonly string[];
  /** Whether the request itself asks for something to be written to a cache. */
  readonly marksCache: boolean;
  /** Vectors instead of an answer. */
  readonly embedding: boolean;
  /** The vendor does it for nothing, such as counting tokens. */
  readonly free: boolean;
  readonly serviceTier?: string;
  readonly speed?: string;
  readonly geo?: string;
}

/** What a vendor's reader of bodies fills in. */
export type GrowingExtent = {
  -readonly [Name in keyof CallExtent]: CallExtent[Name] extends readonly (infer Item)[]
    ? Item[]
    : CallExtent[Name];
};

export function startExtent(): GrowingExtent {
  return {
    text: 0,
    frames: 0,
    pictures: [],
    audio: 0,
    open: [],
    hasTools: false,
    hidden: 0,
    outputLimit: null,
    answers: 1,
    predicted: 0,
    serverTools: [],
    unbounded: [],
    marksCache: false,
    embedding: false,
    free: false,
  };
}

/** Of what costs nothing. */
export const FREE_EXTENT: CallExtent = { ...startExtent(), free: true };

/** A count from an unknown body: a whole number above zero, or null. */
export function readLimit(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null;
}

/**
 * The limit that a body sends under any of the names: the largest, the default where it has none of them, null
 * where one of them is no limit (vendors take null for "as much as the model can").
 */
export function readSentLimit(
  body: Readonly<Record<string, unknown>>,
  names: readonly string[],
  fallback: number | undefined,
): number | null {
  const sent = names.filter((name) => name in body).map((name) => readLimit(body[name]));
  if (sent.length === 0) return fallback ?? null;
  return sent.reduce((most, limit) => (most === null || limit === null ? null : Math.max(most, limit)));
}

/** The service tier that a body sends, the default where it has none. */
export function readSentTier(
  body: Readonly<Record<string, unknown>>,
  names: readonly string[],
  fallback: string | undefined,
): { serviceTier?: string } {
  const name = names.find((candidate) => candidate in body);
  const tier = name === undefined ? fallback : body[name];
  return typeof tier === 'string' ? { serviceTier: tier } : {};
}

/** The bytes of a text in UTF-8, which are a bound of its tokens. */
export function bytesOfText(...texts: (string | undefined)[]): number {
  let bytes = 0;
  for (const text of texts) if (text !== undefined) bytes += Buffer.byteLength(text, 'utf8');
  return bytes;
}

export function openKinds(extent: GrowingExtent, ...kinds: InputKind[]): void {
  for (const kind of kinds) if (!extent.open.includes(kind)) extent.open.push(kind);
}
