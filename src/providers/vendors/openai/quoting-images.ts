/**
 * The most that one picture counts as, by the model's family: tiles of 512 pixels, at most eight after the
 * picture was fitted to 2,048 by 768, or patches of 32 pixels with a cap, times a factor for the small models;
 * from 5.6 on pictures have no cap but what is refused, 30,000 patches (guide "Images and vision", 2026-11).
 */
const BY_FAMILY: readonly (readonly [family: RegExp, tokens: number])[] = [
  [/^gpt-4o-mini/, 2833 + 8 * 5667],
  [/^(gpt-4o|chatgpt-4o|gpt-4\.5|gpt-4-|gpt-4\.1(?!-(mini|nano)))/, 85 + 8 * 170],
  [/^(gpt-4\.1-(mini|nano)|gpt-5-(mini|nano)|o4-mini)/, Math.ceil(1536 * 2.46)],
  [/^(o1|o3)(-|$)/, 75 + 8 * 150],
  [/^gpt-5(-chat|-codex|-\d{4}|$)/, 70 + 8 * 140],
  [/^gpt-5\.[45](-|$)/, 10_000],
  [/^gpt-(5\.[6-9]|[6-9])/, 30_000],
];
/** The dearest of all stands for a family that is not listed. */
const UNKNOWN = 2833 + 8 * 5667;

export function findImageTokens(model: string): number {
  return BY_FAMILY.find(([family]) => family.test(model))?.[1] ?? UNKNOWN;
}
