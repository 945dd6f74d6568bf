import { GRAINS, type Grain, grainMs } from '../rollup/bucket';

/** A half-open time, UTC milliseconds, read from rollups of one grain, or (grain null) from the events. */
export interface Piece {
  readonly grain: Grain | null;
  readonly from: number;
  readonly to: number;
}

const floorTo = (at: number, size: number): number => Math.floor(at / size) * size;
const ceilTo = (at: number, size: number): number => Math.ceil(at / size) * size;

/**
 * Covers a time exactly, each moment once, with the coarsest rollups that fit; what is not whole
 * quarter hours, at either end, is left to the events.
 */
export function coverTime(
  from: number,
  to: number,
  grains: readonly Grain[] = [...GRAINS].reverse(),
): Piece[] {
  if (from >= to) return [];
  const [grain, ...finer] = grains;
  if (grain === undefined) return [{ grain: null, from, to }];
  const size = grainMs(grain);
  const start = ceilTo(from, size);
  const end = floorTo(to, size);
  if (start >= end) return coverTime(from, to, finer);
  return [...coverTime(from, start, finer), { grain, from: start, to: end }, ...coverTime(end, to, finer)];
}
