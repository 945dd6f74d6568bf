import { countTextTokens, cut } from './token-counter';

describe('counting the tokens of texts', () => {
  it.each([
    [[], 0],
    [[''], 0],
    [['Hello, world!'], 4],
    [['Hello, world!', 'Hello, world!'], 8],
    [['<|endoftext|>'], 7],
  ])('counts %j as %d', async (texts, tokens) => {
    expect(await countTextTokens(texts)).toBe(tokens);
  });

  it('counts a run without a break, of which a tokeniser by itself would make no end', async () => {
    expect(await countTextTokens(['a'.repeat(200_000)])).toBe(25_000);
  });

  it('cuts into pieces of at most 512 characters that make up the text, and halves no character', () => {
    for (const text of ['', 'a'.repeat(511), `${'a'.repeat(511)}🙂${'b'.repeat(2000)}`, '🙂'.repeat(900)]) {
      const pieces = [...cut(text)];
      expect(pieces.join('')).toBe(text);
      for (const piece of pieces) {
        expect(piece.length).toBeLessThanOrEqual(512);
        expect(piece.isWellFormed()).toBe(true);
      }
    }
  });

  it('lets others have their turn in a long text', async () => {
    let turns = 0;
    const turn = (): void => void (turns += 1);
    const timer = setInterval(turn, 0);
    await countTextTokens(Array.from({ length: 20 }, () => 'word '.repeat(20_000)));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(2);
  });
});
