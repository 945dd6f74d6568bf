import { type RecordedPrice } from '../../src/models/prices/recorded-price';

/** A team's own row of a model for all times, unless the fields say otherwise. */
export function priceRow(id: string, fields: Partial<RecordedPrice> = {}): RecordedPrice {
  return {
    id,
    teamId: 'team',
    vendor: 'openai',
    vendorModel: 'gpt-test',
    surface: null,
    servedTier: 'standard',
    regionClass: null,
    aboveContextTokens: 0,
    validFrom: 0,
    validTo: null,
    guaranteedUntil: null,
    pricesPerMillion: { input_text: '1', output_text: '2' },
    unitPrices: {},
    source: 'a test',
    checkedOn: null,
    note: null,
    recordedAt: 0,
    supersededAt: null,
    ...fields,
  };
}
