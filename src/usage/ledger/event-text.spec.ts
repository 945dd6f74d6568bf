import { type CostLine } from '../../providers/contract/price';
import { type UsageVector } from '../../providers/contract/usage';
import { costLinesText, type KeptCostLine, readCostLines, servedText, vectorText } from './event-text';
import { type ServedRecord } from './served-usage';

const LINE: CostLine = {
  vendorModel: 'gpt-4o',
  priceId: 'openai/gpt-4o/standard#cb00140da594',
  usageClass: 'input_text',
  count: 1200,
  unitPrice: '2.50',
  amount: 3_000_000_000n,
};

const toKept = ({ vendorModel, priceId, usageClass, count, unitPrice, amount }: CostLine): KeptCostLine => ({
  vendorModel,
  priceVersionId: priceId,
  usageClass,
  count,
  unitPrice,
  amount: amount === null ? null : '0.003000000000',
});

describe('The JSON that an event keeps', () => {
  const OTHER = { ...LINE, vendorModel: 'gpt-image-1', priceId: 'openai/gpt-image-1/standard#5e1b7c0d9a31' };

  it.each<[string, CostLine[]]>([
    ['none', []],
    ['one', [LINE]],
    ['several', [LINE, { ...LINE, usageClass: 'output_text', count: 0.5 }]],
    ['several of two models', [LINE, OTHER, { ...OTHER, usageClass: 'output_image' }, LINE]],
    ['of two prices', [LINE, { ...LINE, priceId: null }]],
    ['without a price', [{ ...LINE, priceId: null, unitPrice: null, amount: null }]],
    ['names with quotes, controls and lone surrogates', [{ ...LINE, vendorModel: '"\\\n\u2028\ud800é🙂' }]],
    ['a long name', [{ ...LINE, vendorModel: `"${'x'.repeat(500)}"` }]],
  ])('gives cost lines back: %s', (_, lines) => {
    const text = costLinesText(lines);
    expect(readCostLines(text)).toEqual(lines.map(toKept));
    expect(JSON.stringify(JSON.parse(text))).toBe(text);
  });

  it('names a model and its price once for all their lines', () => {
    expect(costLinesText([LINE, { ...LINE, usageClass: 'output_text', amount: null }])).toBe(
      '[{"vendorModel":"gpt-4o","priceVersionId":"openai/gpt-4o/standard#cb00140da594",' +
        '"lines":[["input_text",1200,"2.50","0.003000000000"],["output_text",1200,"2.50",null]]}]',
    );
  });

  it('gives back cost lines that were kept one by one, as text or parsed, and none where none were', () => {
    const kept = [toKept(LINE), toKept(OTHER)];
    expect(readCostLines(JSON.stringify(kept))).toEqual(kept);
    expect(readCostLines(kept)).toEqual(kept);
    expect(readCostLines(null)).toEqual([]);
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
