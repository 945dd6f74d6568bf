import { bucketOf, type Grain, grainMs, GRAINS } from './bucket';

const at = (text: string): number => Date.parse(text);

describe('A bucket', () => {
  it.each<[string, Grain, string]>([
    ['2026-11-22T10:14:59.999Z', 15, '2026-11-22T10:00Z'],
    ['2026-11-22T10:15:00.000Z', 15, '2026-11-22T10:15Z'],
    ['2026-11-22T10:59:59.999Z', 60, '2026-11-22T10:00Z'],
    ['2026-11-22T23:59:59.999Z', 1440, '2026-11-22T00:00Z'],
    ['2026-11-23T00:00:00.000Z', 1440, '2026-11-23T00:00Z'],
    ['1969-12-31T23:59:59.999Z', 15, '1969-12-31T23:45Z'],
  ])('of %s in the grain %i begins at %s', (moment, grain, start) => {
    expect(bucketOf(at(moment), grain)).toBe(at(start));
  });

  it('of a coarser grain holds whole buckets of the finer ones', () => {
    const finer = GRAINS.slice(0, -1);
    expect(finer.map((grain, index) => grainMs(GRAINS[index + 1] ?? 1440) % grainMs(grain))).toEqual([0, 0]);
  });
});
