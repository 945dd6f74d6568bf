/** About one token per four characters, as the vendors' rules of thumb have it. */
export function countTokens(text: string): number {
  return Math.ceil(Array.from(text).length / 4);
}

/** What an image counts, whatever its size. */
export const TOKENS_PER_IMAGE = 258;

/**
 * Splits by code points, so that no piece ends within a character.
 * With a count: that many pieces of nearly the same length (fewer if the text has fewer characters);
 * without: words with the space before them.
 */
export function pieces(text: string, count?: number): string[] {
  if (text === '') return [];
  if (count === undefined) return text.match(/\s*\S+|\s+$/gu) ?? [text];
  const points = Array.from(text);
  const parts = Math.max(1, Math.min(Math.floor(count), points.length));
  const result: string[] = [];
  for (let i = 0; i < parts; i++) {
    const from = Math.floor((i * points.length) / parts);
    const to = Math.floor(((i + 1) * points.length) / parts);
    result.push(points.slice(from, to).join(''));
  }
  return result;
}
