import { remembered } from './remembered';
import {
  type Metered,
  type MeteredLine,
  type Served,
  type UsageClass,
  type UsageQuality,
  type UsageVector,
} from './usage';

/** What the vendors' usage functions share: reading unknown JSON, and splitting totals into disjoint classes. */

export type JsonObject = Readonly<Record<string, unknown>>;

/** More than any vendor can report, and small enough that sums of counts stay exact in a double. */
const MAX_COUNT = 1e15;

/** Whether an API, as it is named, is for work that is done later at a lower price. */
export const isBatchApi = remembered((api) => /\bbatch/i.test(api));

export function asObject(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

export function readObject(from: JsonObject | null, ...names: string[]): JsonObject | null {
  for (const name of names) {
    const found = asObject(from?.[name]);
    if (found) return found;
  }
  return null;
}

/** The first non-empty text under one of the names. */
export function readText(from: JsonObject | null, ...names: string[]): string | null {
  for (const name of names) {
    const found = from?.[name];
    if (typeof found === 'string' && found !== '') return found;
  }
  return null;
}

/** What was odd about a usage object, and how far that makes the vector less than exact. */
export class UsageNotes {
  private readonly found: string[] = [];
  private worst: Exclude<UsageQuality, 'missing'> = 'exact';

  /** Worth knowing; the vector is exact all the same. */
  note(flag: string): void {
    if (!this.found.includes(flag)) this.found.push(flag);
  }

  /** The vendor's numbers contradict each other or a policy decided: the vector is our best reading. */
  estimate(flag: string): void {
    this.note(flag);
    if (this.worst === 'exact') this.worst = 'estimated';
  }

  /** The true usage is at least this. */
  lowerBound(flag: string): void {
    this.note(flag);
    this.worst = 'lower_bound';
  }

  get flags(): readonly string[] {
    return this.found;
  }

  get quality(): Exclude<UsageQuality, 'missing'> {
    return this.worst;
  }
}

/**
 * The count under the first of the names that is reported; null when none is. For what is read at every call,
 * `toCount(from?.first ?? from?.second, notes)` says the same and costs less.
 */
export function readCount(from: JsonObject | null, notes: UsageNotes, ...names: string[]): number | null {
  for (const name of names) {
    const value = from?.[name];
    if (value !== undefined && value !== null) return toCount(value, notes);
  }
  return null;
}

/**
 * A reported count; null for what is not reported (null is not zero). What cannot be a count is flagged: a
 * negative one becomes 0, a fraction is rounded up.
 */
export function toCount(value: unknown, notes: UsageNotes): number | null {
  if (value === undefined || value === null) return null;
  // Protocol buffers write 64-bit integers as text in JSON.
  const number = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number) || number > MAX_COUNT) {
    notes.estimate('invalid_count');
    return null;
  }
  if (number < 0) {
    notes.estimate('negative_count');
    return 0;
  }
  if (!Number.isInteger(number)) {
    notes.estimate('fractional_count');
    return Math.ceil(number);
  }
  return number === 0 ? 0 : number;
}

/** Whether a count is reported under one of the names that can be one: zero can, a negative one cannot. */
export function hasUsableCount(from: JsonObject | null, ...names: string[]): boolean {
  return names.some((name) => {
    const value = from?.[name];
    const negative =
      typeof value === 'number' ? value < 0 : typeof value === 'string' && value.startsWith('-');
    return !negative && readCount(from, new UsageNotes(), name) !== null;
  });
}

/** Nothing was read and no count was usable: unknown, where a reported zero would be known. */
export function isUnknown(vector: UsageVector, from: JsonObject | null, ...names: string[]): boolean {
  return Object.keys(vector).length === 0 && !hasUsableCount(from, ...names);
}

/** A vector under construction; only counts above zero are kept. Once it is built, nothing may be added. */
export class VectorBuilder {
  private readonly counts: Partial<Record<UsageClass, number>> = {};

  add(usageClass: UsageClass, count: number): void {
    if (count > 0) this.counts[usageClass] = (this.counts[usageClass] ?? 0) + count;
  }

  addAll(vector: UsageVector): void {
    for (const name in vector) this.add(name as UsageClass, vector[name as UsageClass] ?? 0);
  }

  build(): UsageVector {
    return this.counts;
  }
}

const PROMPT_CLASSES: ReadonlySet<string> = new Set<UsageClass>([
  'input_text',
  'input_audio',
  'input_image',
  'input_video',
  'input_tool',
  'cache_read_text',
  'cache_read_audio',
  'cache_read_image',
  'cache_read_video',
  'cache_write_5m',
  'cache_write_1h',
  'cache_write_30m',
  'cache_write_12h',
  'embedding_input',
]);

/** All input tokens of a vector, cached and written ones included; tokens that the vendor gives free excluded. */
export function countPrompt(vector: UsageVector, free: readonly UsageClass[] = []): number {
  let sum = 0;
  for (const name in vector) {
    const usageClass = name as UsageClass;
    if (PROMPT_CLASSES.has(name) && !free.includes(usageClass)) sum += vector[usageClass] ?? 0;
  }
  return sum;
}

export function toLine(model: string, vector: UsageVector, free: readonly UsageClass[] = []): MeteredLine {
  return { model, vector, promptTotal: countPrompt(vector, free) };
}

/** The usage of an answer. The first line is the answer's own model; its prompt is the call's prompt. */
export function toMetered(lines: readonly MeteredLine[], served: Served, notes: UsageNotes): Metered {
  const promptTotal = lines[0]?.promptTotal ?? 0;
  const { quality, flags } = notes;
  return { vector: sumLines(lines), lines, promptTotal, served, quality, flags };
}

function sumLines(lines: readonly MeteredLine[]): UsageVector {
  const only = lines.length === 1 ? lines[0] : undefined;
  if (only) return only.vector;
  const sum = new VectorBuilder();
  for (const line of lines) sum.addAll(line.vector);
  return sum.build();
}

/** The vendor reported nothing: unknown, which is never zero. */
export function usageMissing(served: Served, notes: UsageNotes): Metered {
  notes.note('usage_missing');
  return { vector: null, lines: [], promptTotal: 0, served, quality: 'missing', flags: notes.flags };
}

/** The vendor does not charge for this, whatever its counts say. */
export function notBilled(served: Served, notes: UsageNotes): Metered {
  notes.note('not_billed');
  return { vector: {}, lines: [], promptTotal: 0, served, quality: notes.quality, flags: notes.flags };
}
