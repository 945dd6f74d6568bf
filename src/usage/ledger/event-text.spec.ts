import { type CostLine } from '../../providers/contract/price';
import { type UsageVector } from '../../providers/contract/usage';
import { costLinesText, servedText, vectorText } from './event-text';
import { type ServedRecord } from './served-usage';

const LINE: CostLine = {
  vendorModel: 'gpt-4o',
  priceId: 'openai/gpt-4o/standard#cb00140da594',
  usageClass: 'input_text',
  count: 1200,
  unitPrice: '2.50',
  amount: 3_000_000_000n,
};

describe('The JSON that an event keeps', () => {
  it.each<[string, CostLine[]]>([
    ['none', []],
    ['one', [LINE]],
    ['several', [LINE, { ...LINE, usageClass: 'output_text', count: 0.5 }]],
    ['without a price', [{ ...LINE, priceId: null, unitPrice: null, amount: null }]],
    ['names with quotes, controls and lone surrogates', [{ ...LINE, vendorModel: '"\\\n\u2028\ud800é🙂' }]],
    ['a long name', [{ ...LINE, vendorModel: `"${'x'.repeat(500)}"` }]],
  ])('of cost lines: %s', (_, lines) => {
    const records = lines.map(({ vendorModel, priceId, usageClass, count, unitPrice, amount }) => ({
      vendorModel,
      priceVersionId: priceId,
      usageClass,
      count,
      unitPrice,
      amount: amount === null ? null : '0.003000000000',
    }));
    expect(costLinesText(lines)).toBe(JSON.stringify(records));
  });

  it.each<UsageVector>([
    {},
    { input_text: 1 },
    { input_text: 1, output_text: 2, audio_input_seconds: 1.25 },
    { output_text: 1e21, input_text: 1e-7 },
  ])('of a vector: %j', (vector) => {
    expect(vectorText(vector)).toBe(JSON.stringify(vector));
  });

  const served: ServedRecord = {
    tier: 'standard',
    region: null,
    quality: 'exact',
    surface: 'chat.completions',
    promptTotal: 12,
  };
  it.each<ServedRecord>([
    served,
    { ...served, region: 'us', tier: 'a "tier"' },
    { tier: 'batch', region: null, quality: 'missing', surface: 'x' },
    { ...served, lines: [{ model: 'a', vector: { input_text: 1 }, promptTotal: 1 }] },
  ])('of how it was served: %j', (record) => {
    expect(servedText(record)).toBe(JSON.stringify(record));
  });
});
