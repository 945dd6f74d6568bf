/** About one token per four characters, as the vendors' rules of thumb have it. */
export function countTokens(text: string): number {
  let points = 0;
  for (const _point of text) points++;
  return Math.ceil(points / 4);
}

/** What an image counts, whatever its size. */
export const TOKENS_PER_IMAGE = 258;

/**
 * Splits a text so that no piece ends within a character.
 * With a count: that many pieces of nearly the same length (fewer if the text has fewer characters);
 * without: words with the space before them.
 */
export function pieces(text: string, count?: number): string[] {
  if (text === '') return [];
  if (count === undefined) return text.match(/\s*\S+|\s+$/gu) ?? [text];
  const parts = Math.max(1, Math.min(Math.floor(count), text.length));
  const cuts = Array.from({ length: parts + 1 }, (_, i) =>
    borderAt(text, Math.floor((i * text.length) / parts)),
  );
  return cuts
    .slice(1)
    .map((cut, i) => text.slice(cuts[i], cut))
    .filter((piece) => piece !== '');
}

/** The index itself, or the next one if it lies between the halves of a surrogate pair. */
function borderAt(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return code >= 0xdc00 && code <= 0xdfff ? index + 1 : index;
}
