import { parseDollars } from '../../../src/common/money';
import { type CompletionRequest } from '../../../src/providers/contract/completion';
import { type PriceRow } from '../../../src/providers/contract/price';
import { findVendor } from '../../../src/providers/vendors';
import { Stage, VENDORS } from './harness';

const NOON = Date.UTC(2026, 10, 22, 12);

function priceOf(vendor: string, vendorModel: string): PriceRow {
  const input = '3.00';
  return {
    id: 'row-1',
    teamId: null,
    vendor,
    vendorModel,
    surface: null,
    servedTier: 'standard',
    regionClass: null,
    aboveContextTokens: 0,
    validFrom: 0,
    validTo: null,
    guaranteedUntil: null,
    pricesPerMillion: {
      input_text: input,
      input_image: input,
      cache_read_text: '0.30',
      output_text: '15.00',
    },
    unitPrices: {},
    source: 'test',
    checkedOn: null,
  };
}

describe.each(VENDORS)('$id estimates', (vendor) => {
  let stage: Stage;
  beforeAll(async () => (stage = await Stage.open(vendor)));
  afterAll(() => stage.close());

  const estimate = (request: CompletionRequest) =>
    stage.strategy.estimateCost(
      request,
      [priceOf(findVendor(vendor.id)?.priceVendor ?? '', request.model)],
      NOON,
    );

  it('a bound that the real cost stays within, without asking the vendor', async () => {
    const request = stage.request({ parameters: { maxTokens: 1000 } });
    const quote = estimate(request);
    const outputLimit = parseDollars('0.015');
    expect(quote.high ?? 0n).toBeGreaterThan(outputLimit);
    expect(quote.high ?? 0n).toBeLessThan(outputLimit * 2n);
    expect(quote.low ?? 0n).toBeLessThan(quote.expected ?? 0n);
    expect(quote.unpricedClasses).toEqual([]);
    expect(stage.simulator.requests()).toHaveLength(0);
    const { metered } = await stage.generate(request);
    expect(quote.inputTokens.high).toBeGreaterThanOrEqual(metered.promptTotal);
  });

  it('more for an image, and nothing without prices', () => {
    const image = { type: 'image' as const, url: 'https://example.com/a.png' };
    const plain = estimate(stage.request());
    const withImage = estimate(stage.request({ messages: [{ role: 'user', content: [image] }] }));
    expect(withImage.high ?? 0n).toBeGreaterThan(plain.high ?? 0n);
    expect(stage.strategy.estimateCost(stage.request(), [], NOON)).toMatchObject({
      low: null,
      expected: null,
      high: null,
    });
  });

  it('a bound by a stated limit where nothing else limits the output', () => {
    const { high, maxOutputTokens, assumed } = estimate(stage.request({ parameters: {} }));
    expect(high ?? 0n).toBeGreaterThan(0n);
    // One vendor has to be told a limit: what is sent then is the bound.
    expect(maxOutputTokens).toBe(vendor.protocol === 'anthropic' ? 4096 : 128_000);
    expect(assumed).toEqual(vendor.protocol === 'anthropic' ? [] : ['output_limit']);
  });
});
