import { type UsageNotes, type VectorBuilder } from './usage-builder';
import { type UsageClass } from './usage';

/** Splits a vendor's inclusive totals into disjoint classes, so that they add up to the total exactly. */

export type Modality = 'text' | 'image' | 'video' | 'audio';
export type ModalityCounts = Readonly<Record<Modality, number>>;

/** The cheapest first: what has no stated modality is taken from there, so that the cost is an upper bound. */
const CHEAPEST_FIRST: readonly Modality[] = ['text', 'image', 'video', 'audio'];
const DEAREST_FIRST: readonly Modality[] = ['audio', 'video', 'image'];

export const NO_MODALITIES: ModalityCounts = { text: 0, image: 0, video: 0, audio: 0 };

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
  readonly writes: readonly (readonly [UsageClass, number])[];
}

export function splitInput(input: InputParts, vector: VectorBuilder, notes: UsageNotes): void {
  const left = fitModalities(input.total, input.parts, input.textReported, notes);
  const cached = takeCached(input, left, notes);
  takeWrites(input, input.total - cached, left, vector, notes);
  for (const modality of CHEAPEST_FIRST) {
    vector.add(`cache_read_${modality}`, left.cached[modality]);
    vector.add(`input_${modality}`, left.fresh[modality]);
  }
}

interface Remainder {
  fresh: Record<Modality, number>;
  cached: Record<Modality, number>;
}

function fitModalities(
  total: number,
  parts: ModalityCounts,
  textReported: boolean,
  notes: UsageNotes,
): Remainder {
  const fresh: Record<Modality, number> = { ...NO_MODALITIES };
  let room = total;
  for (const modality of DEAREST_FIRST) {
    fresh[modality] = Math.min(parts[modality], room);
    if (parts[modality] > room) notes.estimate('modality_exceeds_total');
    room -= fresh[modality];
  }
  fresh.text = room;
  if (textReported && parts.text > room) notes.estimate('modality_exceeds_total');
  if (textReported && parts.text < room) notes.estimate('modality_residual');
  return { fresh, cached: { ...NO_MODALITIES } };
}

/** Moves cached tokens out of the fresh ones; answers how many there are. */
function takeCached(input: InputParts, left: Remainder, notes: UsageNotes): number {
  if (input.cached > input.total) notes.estimate('cached_exceeds_input');
  const cached = Math.min(input.cached, input.total);
  let open = cached;
  const move = (modality: Modality, wanted: number): void => {
    const moved = Math.min(wanted, left.fresh[modality], open);
    left.fresh[modality] -= moved;
    left.cached[modality] += moved;
    open -= moved;
  };
  if (input.cachedParts) {
    for (const modality of CHEAPEST_FIRST) {
      const stated = input.cachedParts[modality];
      if (stated > left.fresh[modality] || stated > open) notes.estimate('cached_modality_mismatch');
      move(modality, stated);
    }
  }
  if (open > 0 && isAmbiguous(open, left)) notes.estimate('cached_modality_unknown');
  for (const modality of CHEAPEST_FIRST) move(modality, open);
  return cached;
}

/** Whether a count can be taken from the fresh tokens in more ways than one. */
function isAmbiguous(count: number, left: Remainder): boolean {
  const present = CHEAPEST_FIRST.filter((modality) => left.fresh[modality] > 0);
  return present.length > 1 && count < present.reduce((sum, modality) => sum + left.fresh[modality], 0);
}

function takeWrites(
  input: InputParts,
  room: number,
  left: Remainder,
  vector: VectorBuilder,
  notes: UsageNotes,
): void {
  let free = room;
  for (const [name, wanted] of input.writes) {
    const written = Math.min(wanted, free);
    if (wanted > free) notes.estimate('cache_write_exceeds_input');
    if (written > 0 && isAmbiguous(written, left)) notes.estimate('cache_write_modality_unknown');
    free -= written;
    vector.add(name, written);
    let open = written;
    for (const modality of CHEAPEST_FIRST) {
      const moved = Math.min(open, left.fresh[modality]);
      left.fresh[modality] -= moved;
      open -= moved;
    }
  }
}

export interface OutputParts {
  /** All output tokens, reasoning included. */
  readonly total: number;
  readonly parts: ModalityCounts;
  readonly textReported: boolean;
  readonly reasoning: number;
}

export function splitOutput(output: OutputParts, vector: VectorBuilder, notes: UsageNotes): void {
  let room = output.total;
  for (const modality of DEAREST_FIRST) {
    const count = Math.min(output.parts[modality], room);
    if (output.parts[modality] > room) notes.estimate('modality_exceeds_total');
    vector.add(`output_${modality}`, count);
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
