import { type PictureSize } from '../../contract/picture-size';

/** How a family of models counts a picture; without a size the most that it can be. */
type Count = (size: PictureSize | null) => number;

/**
 * Tiles of 512 pixels: a picture is fitted into 2,048 by 2,048, then its shorter side to 768, which makes eight
 * tiles at most.
 */
function tiles(base: number, each: number): Count {
  return (size) => {
    if (size === null) return base + 8 * each;
    const first = Math.min(1, 2048 / Math.max(size.width, size.height));
    const [width, height] = [size.width * first, size.height * first];
    const second = Math.min(1, 768 / Math.min(width, height));
    return base + Math.ceil((width * second) / 512) * Math.ceil((height * second) / 512) * each;
  };
}

/** Patches of 32 pixels, up to so many; small models count each for more than one token. */
function patches(most: number, factor = 1): Count {
  return (size) => {
    const count = size === null ? most : Math.ceil(size.width / 32) * Math.ceil(size.height / 32);
    return Math.ceil(Math.min(most, count) * factor);
  };
}

/**
 * By the model's family (guide "Images and vision", 2026-11). From 5.6 on pictures have no cap but what is refused,
 * 30,000 patches.
 */
const BY_FAMILY: readonly (readonly [family: RegExp, count: Count])[] = [
  [/^gpt-4o-mini/, tiles(2833, 5667)],
  [/^(gpt-4o|chatgpt-4o|gpt-4\.5|gpt-4-|gpt-4\.1(?!-(mini|nano)))/, tiles(85, 170)],
  [/^(gpt-4\.1-(mini|nano)|gpt-5-(mini|nano)|o4-mini)/, patches(1536, 2.46)],
  [/^(o1|o3)(-|$)/, tiles(75, 150)],
  [/^gpt-5(-chat|-codex|-\d{4}|$)/, tiles(70, 140)],
  [/^gpt-5\.[45](-|$)/, patches(10_000)],
  [/^gpt-(5\.[6-9]|[6-9])/, patches(30_000)],
];
/** The dearest of all stands for a family that is not listed, whatever the size. */
const UNKNOWN = tiles(2833, 5667)(null);

export function countPicture(model: string, size: PictureSize | null): number {
  return BY_FAMILY.find(([family]) => family.test(model))?.[1](size) ?? UNKNOWN;
}
