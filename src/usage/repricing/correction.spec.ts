import { type PricedUsage } from '../../models/prices/price-choice';
import { type AdjustedBy } from '../adjustments/adjustments.reader';
import { type ChargedEvent, correctionOf, effectiveCost, lacksPrice } from './correction';

const event = (fields: Partial<ChargedEvent> = {}): ChargedEvent => ({
  occurredAt: 0,
  id: Buffer.alloc(16),
  teamId: 'team',
  dimensions: { team: 1, apiKey: 0, provider: 0, model: 0, vendorModel: 2, endUser: 0 },
  endsCall: true,
  unpriced: false,
  cost: 100n,
  listCost: null,
  vendor: 'openai',
  vendorModel: 'gpt-test',
  surface: 'responses',
  metered: null,
  adjusted: undefined,
  ...fields,
});
const adjusted = (amount: bigint, listAmount = amount, byHand = 0n): AdjustedBy => ({
  amount,
  listAmount,
  revision: 1,
  price: 0,
  onlyMoved: false,
  byHand: { amount: byHand, listAmount: byHand },
});
const priced = (amount: bigint | null, listAmount: bigint | null = null): PricedUsage => ({
  amount,
  listAmount,
  status: 'priced',
  priceId: 'p',
  lines: [],
  unpricedClasses: [],
  flags: [],
});
const difference = (each: ChargedEvent, by: PricedUsage): [bigint, bigint] | null => {
  const correction = correctionOf(each, by);
  return correction && [correction.amount, correction.listAmount];
};

describe('A correction', () => {
  it.each<[string, ChargedEvent, PricedUsage, [bigint, bigint] | null]>([
    ['nothing for the same price', event(), priced(100n), null],
    ['the difference, up', event(), priced(150n), [50n, 50n]],
    ['the difference, down', event(), priced(0n), [-100n, -100n]],
    ['nothing when the prices do not price it', event(), priced(null), null],
    ['all of it for what had no price', event({ cost: null, unpriced: true }), priced(70n), [70n, 70n]],
    [
      'zero for what had no price and is free, so that it is priced',
      event({ cost: null, unpriced: true }),
      priced(0n),
      [0n, 0n],
    ],
    [
      'nothing more for what was corrected already',
      event({ cost: null, unpriced: true, adjusted: adjusted(70n) }),
      priced(70n),
      null,
    ],
    ['the rest after an earlier one', event({ adjusted: adjusted(50n) }), priced(120n), [-30n, -30n]],
    [
      'nothing of what was corrected by hand',
      event({ adjusted: adjusted(-40n, -40n, -40n) }),
      priced(100n),
      null,
    ],
    [
      'what the prices say beside what was corrected by hand',
      event({ adjusted: adjusted(-30n, -30n, -40n) }),
      priced(105n),
      [-5n, -5n],
    ],
    [
      'the list price alone, when a team gets a price that is the same',
      event(),
      priced(100n, 130n),
      [0n, 30n],
    ],
    ['back to the list', event({ listCost: 130n }), priced(130n), [30n, 0n]],
  ])('adds %s', (_name, each, by, expected) => {
    expect(difference(each, by)).toEqual(expected);
  });

  it('once made leaves nothing to correct', () => {
    let seed = 11;
    const roll = (): bigint => BigInt((seed = (seed * 48_271) % 2_147_483_647) % 50) * 1_000_000_007n;
    for (let round = 0; round < 500; round += 1) {
      const by = priced(roll(), round % 2 === 0 ? roll() : null);
      const hand = roll() - roll();
      const each = event({
        cost: round % 3 === 0 ? null : roll(),
        unpriced: round % 3 === 0,
        listCost: round % 5 === 0 ? roll() : null,
        adjusted: round % 4 === 0 ? adjusted(roll() - roll(), roll(), hand) : undefined,
      });
      const made = correctionOf(each, by);
      if (made === null) continue;
      const before = each.adjusted ?? adjusted(0n);
      const after: AdjustedBy = {
        ...before,
        amount: before.amount + made.amount,
        listAmount: before.listAmount + made.listAmount,
      };
      const next = event({ ...each, adjusted: after });
      expect([correctionOf(next, by), lacksPrice(next)]).toEqual([null, false]);
      expect(effectiveCost(next)).toBe((by.amount ?? 0n) + before.byHand.amount);
    }
  });
});
