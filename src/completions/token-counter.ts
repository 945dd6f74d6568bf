import { pause } from '../common/pause';

type CountTokens = (text: string) => number;

/**
 * Byte-pair encoders are quadratic on long unbroken runs: 200,000 times "a" takes half a minute whole, and
 * milliseconds in pieces. Cutting costs under one per cent of accuracy, to the high side.
 */
const PIECE_CHARACTERS = 512;
/** So much is counted before others get their turn; about 20 milliseconds. */
const TURN_CHARACTERS = 262_144;

let loading: Promise<CountTokens> | null = null;

/** The vocabulary takes some 170 ms and 40 MB: only who counts pays for it, once. */
function loadTokenizer(): Promise<CountTokens> {
  loading ??= import('gpt-tokenizer/encoding/o200k_base').then(({ countTokens }) => {
    // What looks like a special token is text as any other.
    const options = { disallowedSpecial: new Set<string>() };
    return (text: string) => countTokens(text, options);
  });
  return loading;
}

/** How many tokens of OpenAI's encoding o200k texts have, counted in pieces of at most 512 characters. */
export async function countTextTokens(texts: readonly string[]): Promise<number> {
  const count = await loadTokenizer();
  let tokens = 0;
  let turn = 0;
  for (const text of texts) {
    for (const piece of cut(text)) {
      tokens += count(piece);
      turn += piece.length;
      if (turn < TURN_CHARACTERS) continue;
      turn = 0;
      await pause(0);
    }
  }
  return tokens;
}

/** A text in pieces; a character of two halves stays whole. */
export function* cut(text: string): Generator<string, void, undefined> {
  let start = 0;
  while (start < text.length) {
    let end = Math.min(text.length, start + PIECE_CHARACTERS);
    const last = text.charCodeAt(end - 1);
    if (end < text.length && last >= 0xd800 && last <= 0xdbff) end -= 1;
    yield text.slice(start, end);
    start = end;
  }
}
