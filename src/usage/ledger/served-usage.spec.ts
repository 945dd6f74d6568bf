import { type Metered } from '../../providers/contract/usage';
import { fromKeptUsage, type KeptUsage, type ServedRecord, toServedRecord } from './served-usage';

const metered = (fields: Partial<Metered> = {}): Metered => {
  const vector = { input_text: 1000, cache_read_text: 200, output_text: 50 };
  return {
    vector,
    lines: [{ model: 'gpt-test', vector, promptTotal: 1200 }],
    promptTotal: 1200,
    served: { tier: 'batch', region: 'us' },
    quality: 'exact',
    flags: [],
    ...fields,
  };
};

/** As the ledger keeps it: through JSON, and without what is kept elsewhere. */
function keep(each: Metered, surface = 'responses', fields: Partial<KeptUsage> = {}): KeptUsage {
  return {
    vendorModel: each.lines[0]?.model ?? 'gpt-test',
    vector: each.vector,
    served: JSON.parse(JSON.stringify(toServedRecord(each, surface))) as ServedRecord,
    flags: each.flags,
    costLines: [],
    ...fields,
  };
}

describe('Usage that was kept', () => {
  it.each<[string, Metered]>([
    ['of one model', metered()],
    ['of nothing that is billed', metered({ vector: {}, lines: [], promptTotal: 0 })],
    [
      'with a prompt that leaves out what is free',
      metered({
        promptTotal: 1000,
        lines: [{ model: 'gpt-test', vector: metered().vector ?? {}, promptTotal: 1000 }],
        flags: ['free:input_tool'],
      }),
    ],
    [
      'of several models, one of them twice in different context tiers',
      metered({
        lines: [
          { model: 'a', vector: { input_text: 1000 }, promptTotal: 1000 },
          { model: 'b', vector: { output_text: 30 }, promptTotal: 0 },
          { model: 'a', vector: { cache_read_text: 200, output_text: 20 }, promptTotal: 200 },
        ],
        promptTotal: 1000,
      }),
    ],
  ])('%s is metered again as it was', (_name, each) => {
    const again = fromKeptUsage(keep(each));
    if (each.lines.length > 0) expect(again).toEqual(each);
    else expect(again?.lines).toEqual([{ model: 'gpt-test', vector: {}, promptTotal: 0 }]);
  });

  it('forgets flags that decide on no price', () => {
    const flags = ['free:input_tool', 'price_past_guarantee', 'cached_modality_unknown'];
    expect(fromKeptUsage(keep(metered({ flags })))?.flags).toEqual(['free:input_tool']);
  });

  it('is too little without a vector, or without how it was served', () => {
    expect(fromKeptUsage(keep(metered(), 'x', { vector: null }))).toBeNull();
    expect(fromKeptUsage(keep(metered(), 'x', { served: null }))).toBeNull();
  });

  describe('before prompts and lines were kept', () => {
    const served: ServedRecord = { tier: 'standard', region: null, quality: 'exact', surface: 'messages' };

    it('has the prompt that its classes make', () => {
      expect(fromKeptUsage(keep(metered(), 'x', { served }))?.lines).toEqual(metered().lines);
    });

    it('has no prompt of what was free', () => {
      const vector = { input_text: 5, input_tool: 900 };
      const kept = keep(metered(), 'x', { served, vector, flags: ['free:input_tool'] });
      expect(fromKeptUsage(kept)?.promptTotal).toBe(5);
    });

    it('is taken from the cost lines for several models', () => {
      const costLines = [
        { vendorModel: 'a', usageClass: 'input_text', count: 10 },
        { vendorModel: 'a', usageClass: 'output_text', count: 5 },
        { vendorModel: 'b', usageClass: 'input_text', count: 7 },
      ];
      expect(fromKeptUsage(keep(metered(), 'x', { served, costLines }))?.lines).toEqual([
        { model: 'a', vector: { input_text: 10, output_text: 5 }, promptTotal: 10 },
        { model: 'b', vector: { input_text: 7 }, promptTotal: 7 },
      ]);
    });
  });
});
