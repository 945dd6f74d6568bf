import { priceRow } from '../../../test/support/price-rows';
import { findSuspiciousPrices } from './price-sanity';

const tokens = (input_text: string, output_text = '10') =>
  priceRow('p', { pricesPerMillion: { input_text, output_text } });

describe('A price beside the one before', () => {
  it.each([
    ['2.5', '2.5'],
    ['2.5', '24.99'],
    ['2.5', '0.26'],
    ['0', '0'],
  ])('is taken as it is from %s to %s', (before, now) => {
    expect(findSuspiciousPrices(tokens(now), tokens(before))).toEqual([]);
  });

  it.each([
    ['2.5', '25', 'is 10 times more than the 2.5 before. Check that it is no slip of the decimal point'],
    ['2.5', '0.25', 'is 10 times less than the 2.5 before. Check that it is no slip of the decimal point'],
    [
      '3',
      '0.000003',
      'is 1000000 times less than the 3 before. Prices are dollars per million tokens, not per token',
    ],
    ['2.5', '0', 'is 0, and was 2.5 before. Check that it costs nothing now'],
    ['0', '2.5', 'is 2.5, and was 0 before. Check that it is not free any more'],
  ])('is probably a slip from %s to %s', (before, now, message) => {
    expect(findSuspiciousPrices(tokens(now), tokens(before))).toEqual([
      { field: 'pricesPerMillion.input_text', message },
    ]);
  });

  it('is compared with what output costs, for reasoning without a price of its own', () => {
    const row = priceRow('p', { pricesPerMillion: { output_reasoning: '100' } });
    expect(findSuspiciousPrices(row, tokens('1', '10'))).toHaveLength(1);
  });

  it('of a unit is compared too', () => {
    const unit = (price: string) =>
      priceRow('p', { pricesPerMillion: {}, unitPrices: { web_search_requests: price } });
    expect(findSuspiciousPrices(unit('10'), unit('0.01'))).toEqual([
      {
        field: 'unitPrices.web_search_requests',
        message: 'is 1000 times more than the 0.01 before. Check that it is no slip of the decimal point',
      },
    ]);
  });
});

describe('A price without one before', () => {
  it('is probably meant per token when it is as little as no vendor asks', () => {
    expect(findSuspiciousPrices(tokens('0.000003'), null)).toEqual([
      {
        field: 'pricesPerMillion.input_text',
        message: 'is very little. Prices are dollars per million tokens, not per token',
      },
    ]);
    expect(findSuspiciousPrices(tokens('0.02', '0'), null)).toEqual([]);
    expect(findSuspiciousPrices(priceRow('p', { unitPrices: { images: '0.000001' } }), null)).toEqual([]);
  });
});
