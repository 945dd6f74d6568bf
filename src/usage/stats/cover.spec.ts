import { bucketOf, grainMs, GRAINS } from '../rollup/bucket';
import { coverTime } from './cover';

const at = (text: string): number => Date.parse(text);
const show = (moment: number): string => new Date(moment).toISOString().slice(5, 23);

describe('The cover of a time', () => {
  it.each<[string, string, [number | null, string, string][]]>([
    ['2026-11-22T00:00Z', '2026-11-24T00:00Z', [[1440, '11-22T00:00:00.000', '11-24T00:00:00.000']]],
    ['2026-11-22T10:00Z', '2026-11-22T12:00Z', [[60, '11-22T10:00:00.000', '11-22T12:00:00.000']]],
    ['2026-11-22T10:15Z', '2026-11-22T10:30Z', [[15, '11-22T10:15:00.000', '11-22T10:30:00.000']]],
    ['2026-11-22T10:01Z', '2026-11-22T10:02Z', [[null, '11-22T10:01:00.000', '11-22T10:02:00.000']]],
    [
      '2026-11-22T22:59:59.999Z',
      '2026-11-24T00:15:00.001Z',
      [
        [null, '11-22T22:59:59.999', '11-22T23:00:00.000'],
        [60, '11-22T23:00:00.000', '11-23T00:00:00.000'],
        [1440, '11-23T00:00:00.000', '11-24T00:00:00.000'],
        [15, '11-24T00:00:00.000', '11-24T00:15:00.000'],
        [null, '11-24T00:15:00.000', '11-24T00:15:00.001'],
      ],
    ],
  ])('from %s to %s takes the coarsest rollups that fit', (from, to, pieces) => {
    expect(
      coverTime(at(from), at(to)).map((piece) => [piece.grain, show(piece.from), show(piece.to)]),
    ).toEqual(pieces);
  });

  it.each([
    [5, 5],
    [6, 5],
  ])('from %i to %i is empty', (from, to) => {
    expect(coverTime(from, to)).toEqual([]);
  });

  it('tiles random times exactly, with whole buckets, and leaves less than a quarter hour to the events', () => {
    let seed = 7;
    const random = (limit: number): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % limit;
    };
    for (let round = 0; round < 3_000; round += 1) {
      const from = at('2026-01-01T00:00Z') + random(1_000_000_000);
      const to = from + 1 + random([60_000, 4_000_000, 400_000_000][round % 3] ?? 1);
      const pieces = coverTime(from, to);
      expect(pieces[0]?.from).toBe(from);
      expect(pieces.at(-1)?.to).toBe(to);
      for (const [index, piece] of pieces.entries()) {
        if (index > 0) expect(piece.from).toBe(pieces[index - 1]?.to);
        if (piece.grain === null) {
          const quarter = grainMs(GRAINS[0]);
          expect(piece.to - piece.from).toBeLessThan(pieces.length === 1 ? 2 * quarter : quarter);
        } else {
          expect([bucketOf(piece.from, piece.grain), bucketOf(piece.to, piece.grain)]).toEqual([
            piece.from,
            piece.to,
          ]);
        }
      }
    }
  });
});
