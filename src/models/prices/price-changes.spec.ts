import { priceRow as row } from '../../../test/support/price-rows';
import { planChange, PriceOverlap } from './price-changes';
import { keyOfPrice, overlap, type RecordedPrice } from './recorded-price';

let made = 0;
const newId = (): string => `made-${(made += 1)}`;
const plan = (added: RecordedPrice, current: RecordedPrice[], corrects: RecordedPrice | null = null) =>
  planChange([added], current, corrects, newId);
const times = (rows: readonly RecordedPrice[]): [number, number | null][] =>
  rows.map(({ validFrom, validTo }) => [validFrom, validTo]);

describe('Recording a price', () => {
  it.each<[string, Partial<RecordedPrice>]>([
    ['another model', { vendorModel: 'gpt-other' }],
    ['another tier', { servedTier: 'batch' }],
    ['another API', { surface: 'responses' }],
    ['another region', { regionClass: 'us' }],
    ['another context tier', { aboveContextTokens: 1000 }],
    ['another time before', { validFrom: 50, validTo: 100 }],
    ['another time after', { validFrom: 200 }],
  ])('leaves the row of %s alone', (_name, fields) => {
    const added = row('new', { validFrom: 100, validTo: 200 });
    expect(plan(added, [row('old', fields)])).toEqual({ superseded: [], remaining: [] });
  });

  it('ends an open-ended price where the new one begins', () => {
    const old = row('old', { validFrom: 10, recordedAt: 5 });
    const { superseded, remaining } = plan(row('new', { validFrom: 100, recordedAt: 7 }), [old]);
    expect(superseded).toEqual([old]);
    expect(times(remaining)).toEqual([[10, 100]]);
    expect(remaining[0]).toMatchObject({ pricesPerMillion: old.pricesPerMillion, recordedAt: 7 });
    expect(remaining[0]?.id).not.toBe('old');
  });

  it('lets an open-ended price go on after one for a while', () => {
    const { remaining } = plan(row('new', { validFrom: 100, validTo: 200 }), [row('old')]);
    expect(times(remaining)).toEqual([
      [0, 100],
      [200, null],
    ]);
  });

  it.each<[string, Partial<RecordedPrice>]>([
    ['begins at the same moment', { validFrom: 100 }],
    ['begins later', { validFrom: 150 }],
    ['has an end, which is later', { validFrom: 10, validTo: 101 }],
    ['lies within', { validFrom: 120, validTo: 130 }],
  ])('is refused beside one that %s', (_name, fields) => {
    const old = row('old', fields);
    expect(() => plan(row('new', { validFrom: 100 }), [old])).toThrow(PriceOverlap);
    expect(plan(row('new', { validFrom: 100 }), [old], old)).toEqual({ superseded: [old], remaining: [] });
  });

  it('of several at once leaves an open-ended price where none of them holds', () => {
    const added = [
      row('later', { validFrom: 300 }),
      row('first', { validFrom: 100, validTo: 150 }),
      row('next', { validFrom: 150, validTo: 200 }),
      row('other', { validFrom: 0, servedTier: 'batch' }),
    ];
    const { superseded, remaining } = planChange(added, [row('old', { validFrom: 10 })], null, newId);
    expect(superseded.map(({ id }) => id)).toEqual(['old']);
    expect(times(remaining)).toEqual([
      [10, 100],
      [200, 300],
    ]);
  });

  it('never leaves two rows of a key that hold at one moment, nor loses a moment that had a price', () => {
    let seed = 7;
    const roll = (limit: number): number => (seed = (seed * 48_271) % 2_147_483_647) % limit;
    const lost: number[] = [];
    const clashes: RecordedPrice[] = [];
    let refused = 0;
    for (let round = 0; round < 300; round += 1) {
      let current: RecordedPrice[] = [];
      for (let step = 0; step < 12; step += 1) {
        const validFrom = roll(20);
        const validTo = roll(3) === 0 ? null : validFrom + 1 + roll(6);
        const added = row(`new-${round}-${step}`, { validFrom, validTo, servedTier: `t${roll(2)}` });
        const covered = (moment: number, rows: readonly RecordedPrice[]): boolean =>
          rows.some(
            (each) =>
              each.servedTier === added.servedTier &&
              overlap(each, { validFrom: moment, validTo: moment + 1 }),
          );
        try {
          const { superseded, remaining } = plan(added, current);
          const next = [...current.filter((each) => !superseded.includes(each)), ...remaining, added];
          const moments = Array.from({ length: 40 }, (_, moment) => moment);
          lost.push(...moments.filter((moment) => covered(moment, current) && !covered(moment, next)));
          current = next;
        } catch (error) {
          if (!(error instanceof PriceOverlap)) throw error;
          refused += 1;
        }
        for (const [index, left] of current.entries()) {
          const clash = current
            .slice(index + 1)
            .filter((right) => keyOfPrice(left) === keyOfPrice(right) && overlap(left, right));
          clashes.push(...clash);
        }
      }
    }
    expect([lost, clashes, refused > 100]).toEqual([[], [], true]);
  });
});
