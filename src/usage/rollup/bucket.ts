const MINUTE = 60_000;

/** The grains of rollups, in minutes: zones with :30 and :45 are cut from quarter hours. */
export const GRAINS = [15, 60, 1440] as const;
export type Grain = (typeof GRAINS)[number];

export const QUARTER_MS = 15 * MINUTE;

export function grainMs(grain: Grain): number {
  return grain * MINUTE;
}

/** The start, in UTC milliseconds, of the bucket that a moment is in. */
export function bucketOf(at: number, grain: Grain): number {
  const size = grainMs(grain);
  return Math.floor(at / size) * size;
}
