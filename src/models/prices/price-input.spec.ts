import { findPriceErrors } from './price-input';

describe('The prices of an input', () => {
  it.each<[string, object]>([
    ['one price', { pricesPerMillion: { input_text: '2.50' } }],
    ['a price of nothing', { pricesPerMillion: { output_text: '0' } }],
    ['six decimals', { pricesPerMillion: { input_text: '0.000001' } }],
    ['more zeros than decimals count', { pricesPerMillion: { input_text: '2.5000000000' } }],
    ['twelve decimals of a unit', { unitPrices: { web_search_requests: '0.000000000001' } }],
    ['the highest price', { pricesPerMillion: { input_text: '1000000' } }],
  ])('may be %s', (_name, input) => {
    expect(findPriceErrors({ pricesPerMillion: undefined, unitPrices: undefined, ...input })).toEqual([]);
  });

  it.each<[string, object, string, RegExp]>([
    [
      'a number',
      { pricesPerMillion: { input_text: 2.5 } },
      'pricesPerMillion.input_text',
      /in quotes.*not a number/,
    ],
    [
      'a negative one',
      { pricesPerMillion: { input_text: '-1' } },
      'pricesPerMillion.input_text',
      /must not be negative/,
    ],
    [
      'a price per token',
      { pricesPerMillion: { input_text: '0.0000025' } },
      'pricesPerMillion.input_text',
      /at most 6 decimals; prices are dollars per million tokens/,
    ],
    [
      'thirteen decimals of a unit',
      { unitPrices: { images: '0.0000000000001' } },
      'unitPrices.images',
      /at most 12 decimals; prices are dollars per unit/,
    ],
    ['an exponent', { unitPrices: { images: '1e-3' } }, 'unitPrices.images', /plain decimal in quotes/],
    ['a comma', { unitPrices: { images: '0,5' } }, 'unitPrices.images', /plain decimal in quotes/],
    ['nothing', { unitPrices: { images: null } }, 'unitPrices.images', /plain decimal in quotes/],
    [
      'endless digits',
      { unitPrices: { images: '1'.repeat(1_000_000) } },
      'unitPrices.images',
      /plain decimal/,
    ],
    [
      'too high a price',
      { pricesPerMillion: { input_text: '1000000.000001' } },
      'pricesPerMillion.input_text',
      /at most 1000000/,
    ],
    [
      'an unknown class',
      { pricesPerMillion: { input_smell: '1' } },
      'pricesPerMillion.input_smell',
      /is not a class of usage; the classes are input_text/,
    ],
    [
      'a name that every object has',
      { pricesPerMillion: JSON.parse('{"constructor":"1","__proto__":"1"}') as object },
      'pricesPerMillion.constructor',
      /is not a class of usage/,
    ],
    [
      'a unit among tokens',
      { pricesPerMillion: { images: '1' } },
      'pricesPerMillion.images',
      /belongs into unitPrices/,
    ],
    [
      'a token class among units',
      { unitPrices: { input_text: '1' } },
      'unitPrices.input_text',
      /belongs into pricesPerMillion/,
    ],
    ['no price at all', { pricesPerMillion: {}, unitPrices: {} }, 'pricesPerMillion', /must have a price/],
    ['neither field', {}, 'pricesPerMillion', /must have a price/],
    ['a list', { pricesPerMillion: ['1'] }, 'pricesPerMillion', /must be an object/],
    ['a text', { unitPrices: '1' }, 'unitPrices', /must be an object/],
  ])('may not be %s', (_name, input, field, message) => {
    const errors = findPriceErrors({ pricesPerMillion: undefined, unitPrices: undefined, ...input });
    expect(errors[0]?.field).toBe(field);
    expect(errors[0]?.message).toMatch(message);
  });

  it('are judged one by one', () => {
    const errors = findPriceErrors({
      pricesPerMillion: { input_text: '-1', output_text: '1', input_audio: 3 },
      unitPrices: { images: 'x' },
    });
    expect(errors.map(({ field }) => field)).toEqual([
      'pricesPerMillion.input_text',
      'pricesPerMillion.input_audio',
      'unitPrices.images',
    ]);
  });
});
