import { QUARTER_MS } from '../rollup/bucket';
import { coverClean } from './spending-sums';

const HOUR = 4 * QUARTER_MS;
const DAY = 24 * HOUR;

describe('coverClean', () => {
  it('cuts what is dirty out of days and hours, and leaves it to the ledger', () => {
    expect(coverClean(0, 2 * DAY, [DAY + HOUR])).toEqual([
      { grain: 1440, from: 0, to: DAY },
      { grain: 60, from: DAY, to: DAY + HOUR },
      { grain: null, from: DAY + HOUR, to: DAY + HOUR + QUARTER_MS },
      { grain: 15, from: DAY + HOUR + QUARTER_MS, to: DAY + 2 * HOUR },
      { grain: 60, from: DAY + 2 * HOUR, to: 2 * DAY },
    ]);
  });

  it('takes what is dirty from one end to the other as one piece', () => {
    const dirty = Array.from({ length: 10_000 }, (_, index) => DAY + index * QUARTER_MS);
    const end = DAY + 10_000 * QUARTER_MS;
    expect(coverClean(0, end, dirty)).toEqual([
      { grain: 1440, from: 0, to: DAY },
      { grain: null, from: DAY, to: end },
    ]);
  });

  it('covers each moment once, whatever is dirty, and nothing dirty by a rollup', () => {
    for (let round = 0; round < 500; round += 1) {
      const random = (below: number): number => Math.floor(Math.random() * below);
      const from = random(2 * DAY);
      const to = from + random(3 * DAY);
      const dirty = Array.from({ length: 500 }, (_, index) => index * QUARTER_MS).filter(
        () => Math.random() < (round % 10) / 10,
      );
      const pieces = coverClean(from, to, dirty);
      let at = from;
      for (const piece of pieces) {
        expect(piece.from).toBe(at);
        expect(piece.to).toBeGreaterThan(piece.from);
        at = piece.to;
        if (piece.grain === null) continue;
        expect(dirty.some((bucket) => bucket >= piece.from && bucket < piece.to)).toBe(false);
      }
      expect(at).toBe(Math.max(from, to));
    }
  });
});
