import { type UsageNotes, type VectorBuilder } from './usage-builder';
import { type UsageClass } from './usage';

/** Splits a vendor's inclusive totals into disjoint classes, so that they add up to the total exactly. */

/** The cheapest first: what has no stated modality is taken from there, so that the cost is an upper bound. */
const MODALITIES = ['text', 'image', 'video', 'audio'] as const;
export type Modality = (typeof MODALITIES)[number];
export type ModalityCounts = Readonly<Record<Modality, number>>;

export const NO_MODALITIES: ModalityCounts = { text: 0, image: 0, video: 0, audio: 0 };

/** Within a split, counts and classes are lists in the order of the modalities: names cost ten times the sums. */
const TEXT = 0;
const COUNT = MODALITIES.length;
const FRESH = MODALITIES.map((modality): UsageClass => `input_${modality}`);
const CACHE_READ = MODALITIES.map((modality): UsageClass => `cache_read_${modality}`);
const OUTPUT = MODALITIES.map((modality): UsageClass => `output_${modality}`);

const listOf = ({ text, image, video, audio }: ModalityCounts): number[] => [text, image, video, audio];

export interface InputParts {
  /** All input tokens, cached and written ones included. */
  readonly total: number;
  /** By modality. `text` is ignored unless `textReported`; the residual of the total is text. */
  readonly parts: ModalityCounts;
  readonly textReported: boolean;
  readonly cached: number;
  /** By modality, null when the vendor does not say. */
  readonly cachedParts: ModalityCounts | null;
  /** Cache writes, the dearest class first. */
  readonly writes: readonly { readonly usageClass: UsageClass; readonly count: number }[];
}

export function splitInput(input: InputParts, vector: VectorBuilder, notes: UsageNotes): void {
  const fresh = fitModalities(input.total, input.parts, input.textReported, notes);
  const cached = takeCached(input, fresh, notes);
  takeWrites(input, fresh, vector, notes);
  for (let at = 0; at < COUNT; at += 1) {
    vector.add(classAt(CACHE_READ, at), countAt(cached, at));
    vector.add(classAt(FRESH, at), countAt(fresh, at));
  }
}

function fitModalities(
  total: number,
  parts: ModalityCounts,
  textReported: boolean,
  notes: UsageNotes,
): number[] {
  const stated = listOf(parts);
  const fresh = [0, 0, 0, 0];
  let room = total;
  for (let at = COUNT - 1; at > TEXT; at -= 1) {
    const wanted = countAt(stated, at);
    const fitting = Math.min(wanted, room);
    if (wanted > room) notes.estimate('modality_exceeds_total');
    fresh[at] = fitting;
    room -= fitting;
  }
  fresh[TEXT] = room;
  if (textReported && parts.text > room) notes.estimate('modality_exceeds_total');
  if (textReported && parts.text < room) notes.estimate('modality_residual');
  return fresh;
}

/** Moves cached tokens out of the fresh ones; answers what they are. */
function takeCached(input: InputParts, fresh: number[], notes: UsageNotes): number[] {
  if (input.cached > input.total) notes.estimate('cached_exceeds_input');
  const cached = [0, 0, 0, 0];
  let open = Math.min(input.cached, input.total);
  if (input.cachedParts) {
    const stated = listOf(input.cachedParts);
    for (let at = 0; at < COUNT; at += 1) {
      const wanted = countAt(stated, at);
      if (wanted > countAt(fresh, at) || wanted > open) notes.estimate('cached_modality_mismatch');
      open -= move(fresh, cached, at, Math.min(wanted, open));
    }
  }
  if (open > 0 && isAmbiguous(open, fresh)) notes.estimate('cached_modality_unknown');
  for (let at = 0; at < COUNT; at += 1) open -= move(fresh, cached, at, open);
  return cached;
}

/** Answers how much there was to be moved. */
function move(from: number[], to: number[], at: number, wanted: number): number {
  const moved = Math.min(wanted, countAt(from, at));
  from[at] = countAt(from, at) - moved;
  to[at] = countAt(to, at) + moved;
  return moved;
}

/** Whether a count can be taken from the fresh tokens in more ways than one. */
function isAmbiguous(count: number, fresh: readonly number[]): boolean {
  let present = 0;
  let sum = 0;
  for (const each of fresh) {
    if (each > 0) present += 1;
    sum += each;
  }
  return present > 1 && count < sum;
}

function takeWrites(input: InputParts, fresh: number[], vector: VectorBuilder, notes: UsageNotes): void {
  let free = input.total - Math.min(input.cached, input.total);
  const taken = [0, 0, 0, 0];
  for (const { usageClass, count } of input.writes) {
    const written = Math.min(count, free);
    if (count > free) notes.estimate('cache_write_exceeds_input');
    if (written > 0 && isAmbiguous(written, fresh)) notes.estimate('cache_write_modality_unknown');
    free -= written;
    vector.add(usageClass, written);
    let open = written;
    for (let at = 0; at < COUNT; at += 1) open -= move(fresh, taken, at, open);
  }
}

const countAt = (counts: readonly number[], at: number): number => counts[at] ?? 0;

function classAt(classes: readonly UsageClass[], at: number): UsageClass {
  const found = classes[at];
  if (found === undefined) throw new RangeError(`There is no modality ${at}.`);
  return found;
}

export interface OutputParts {
  /** All output tokens, reasoning included. */
  readonly total: number;
  readonly parts: ModalityCounts;
  readonly textReported: boolean;
  readonly reasoning: number;
}

export function splitOutput(output: OutputParts, vector: VectorBuilder, notes: UsageNotes): void {
  const stated = listOf(output.parts);
  let room = output.total;
  for (let at = COUNT - 1; at > TEXT; at -= 1) {
    const wanted = countAt(stated, at);
    const count = Math.min(wanted, room);
    if (wanted > room) notes.estimate('modality_exceeds_total');
    vector.add(classAt(OUTPUT, at), count);
    room -= count;
  }
  const reasoning = Math.min(output.reasoning, room);
  if (output.reasoning > room) notes.estimate('reasoning_exceeds_output');
  vector.add('output_reasoning', reasoning);
  vector.add('output_text', room - reasoning);
  // A vendor may count reasoning inside its text tokens or beside them; both add up.
  const { text } = output.parts;
  if (output.textReported && text !== room && text !== room - reasoning) {
    notes.estimate(text > room ? 'modality_exceeds_total' : 'modality_residual');
  }
}
