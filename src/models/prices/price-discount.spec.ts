import { priceRow } from '../../../test/support/price-rows';
import { discountRow, type PercentChange } from './price-discount';

const change = (fields: Partial<PercentChange> = {}): PercentChange => ({
  percent: -100_000n,
  validFrom: 100,
  validTo: null,
  units: false,
  ...fields,
});
const row = priceRow('list', {
  pricesPerMillion: { input_text: '2.5', output_text: '10', cache_read_text: '0' },
  unitPrices: { web_search_requests: '0.01' },
});

describe('A negotiated change in percent', () => {
  it.each<[bigint, string, string]>([
    [-100_000n, '2.25', '9'],
    [-1_000_000n, '0', '0'],
    [0n, '2.5', '10'],
    [150_000n, '2.875', '11.5'],
    [-333_333n, '1.666668', '6.66667'],
    [10_000_000n, '27.5', '110'],
  ])('of %s ten-thousandths makes explicit prices', (percent, input_text, output_text) => {
    expect(discountRow(row, change({ percent }))?.pricesPerMillion).toEqual({
      input_text,
      output_text,
      cache_read_text: '0',
    });
  });

  it('leaves prices per unit as they are, unless it is for them too', () => {
    expect(discountRow(row, change())?.unitPrices).toEqual({ web_search_requests: '0.01' });
    expect(discountRow(row, change({ units: true }))?.unitPrices).toEqual({ web_search_requests: '0.009' });
  });

  it.each<[[number, number | null], [number, number | null], [number, number | null] | null]>([
    [
      [0, null],
      [100, null],
      [100, null],
    ],
    [
      [0, 150],
      [100, null],
      [100, 150],
    ],
    [
      [120, null],
      [100, 200],
      [120, 200],
    ],
    [
      [120, 180],
      [100, 200],
      [120, 180],
    ],
    [[0, 100], [100, null], null],
    [[200, null], [100, 200], null],
  ])('of a row valid %j, made for %j, is valid %j', ([from, to], [validFrom, validTo], expected) => {
    const made = discountRow({ ...row, validFrom: from, validTo: to }, change({ validFrom, validTo }));
    expect(made && [made.validFrom, made.validTo]).toEqual(expected);
  });
});
