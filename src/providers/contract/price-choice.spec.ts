import { type PriceRow } from './price';
import { choosePriceRow, listModelIds, type PriceQuery } from './price-choice';

const query: PriceQuery = {
  vendorModel: 'gpt-4o-2024-08-06',
  surface: 'responses',
  servedTier: 'standard',
  region: null,
  promptTotal: 1000,
  at: 500,
};

function row(id: string, changes: Partial<PriceRow> = {}): PriceRow {
  return {
    id,
    teamId: null,
    vendor: 'openai',
    vendorModel: 'gpt-4o',
    surface: null,
    servedTier: 'standard',
    regionClass: null,
    aboveContextTokens: 0,
    validFrom: 0,
    validTo: null,
    guaranteedUntil: null,
    pricesPerMillion: {},
    unitPrices: {},
    source: 'test',
    checkedOn: null,
    ...changes,
  };
}

describe('the ids of a model', () => {
  it.each([
    ['gpt-4o-2024-08-06', ['gpt-4o-2024-08-06', 'gpt-4o']],
    ['claude-opus-4-5-20251101', ['claude-opus-4-5-20251101', 'claude-opus-4-5']],
    ['claude-opus-4-5@20251101', ['claude-opus-4-5@20251101', 'claude-opus-4-5-20251101', 'claude-opus-4-5']],
    ['models/gemini-2.5-pro', ['gemini-2.5-pro']],
    ['gpt-3.5-turbo-0613', ['gpt-3.5-turbo-0613']],
    ['model-12345678', ['model-12345678']],
    ['gpt-4o-2024-13-40', ['gpt-4o-2024-13-40']],
    ['claude-sonnet-5-5', ['claude-sonnet-5-5']],
    [
      'ft:gpt-4o-mini-2024-07-18:acme::abc',
      ['ft:gpt-4o-mini-2024-07-18:acme::abc', 'ft:gpt-4o-mini-2024-07-18', 'ft:gpt-4o-mini'],
    ],
    ['', ['']],
  ])('%s', (vendorModel, ids) => {
    expect(listModelIds(vendorModel)).toEqual(ids);
  });
});

describe('choosing a price row', () => {
  it.each<[string, PriceRow[], Partial<PriceQuery>, string | null]>([
    ['an undated row for a dated snapshot', [row('a')], {}, 'a'],
    ['the dated row over the undated', [row('a'), row('b', { vendorModel: 'gpt-4o-2024-08-06' })], {}, 'b'],
    [
      'no dated row for the undated model',
      [row('a', { vendorModel: 'gpt-4o-2024-08-06' })],
      { vendorModel: 'gpt-4o' },
      null,
    ],
    ['no row of a longer name', [row('a', { vendorModel: 'gpt-4o-mini' })], { vendorModel: 'gpt-4o' }, null],
    ['no row of a shorter name', [row('a', { vendorModel: 'gpt-4' })], { vendorModel: 'gpt-4o' }, null],
    ['the row of the API over the general', [row('a'), row('b', { surface: 'responses' })], {}, 'b'],
    ['no row of another API', [row('a', { surface: 'batch' })], {}, null],
    [
      'the row of the region over the general',
      [row('a'), row('b', { regionClass: 'us' })],
      { region: 'us' },
      'b',
    ],
    [
      'the general row for a region without one',
      [row('a'), row('b', { regionClass: 'us' })],
      { region: 'eu' },
      'a',
    ],
    ['no regional row for no region', [row('b', { regionClass: 'us' })], {}, null],
    ['no standard row for an unknown tier', [row('a')], { servedTier: 'turbo' }, null],
    ['the base row at the border', [row('a'), row('b', { aboveContextTokens: 1000 })], {}, 'a'],
    [
      'the long row beyond it',
      [row('a'), row('b', { aboveContextTokens: 1000 })],
      { promptTotal: 1001 },
      'b',
    ],
    [
      'the highest long row',
      [row('c', { aboveContextTokens: 2000 }), row('b', { aboveContextTokens: 1000 }), row('a')],
      { promptTotal: 5000 },
      'c',
    ],
    ['the base row for no prompt at all', [row('a')], { promptTotal: 0 }, 'a'],
    ['the row from its start on', [row('a', { validTo: 500 }), row('b', { validFrom: 500 })], {}, 'b'],
    ['the row until its end', [row('a', { validTo: 500 }), row('b', { validFrom: 500 })], { at: 499 }, 'a'],
    [
      'the row of the team',
      [row('a', { vendorModel: 'gpt-4o-2024-08-06', surface: 'responses' }), row('b', { teamId: 't' })],
      {},
      'b',
    ],
    ['nothing from nothing', [], {}, null],
  ])('takes %s', (_name, rows, changes, id) => {
    expect(choosePriceRow(rows, { ...query, ...changes })?.id ?? null).toBe(id);
    expect(choosePriceRow([...rows].reverse(), { ...query, ...changes })?.id ?? null).toBe(id);
  });
});
