import { parseDollars } from '../../common/money';
import { type CompletionRequest } from './completion';
import { type PriceRow } from './price';
import { boundRequest, type CountedInput, quoteRequest as quote } from './quote';
import { classesByKind, type QuoteRules } from './quote-rules';
import { type CostEstimate } from './estimate';

const rules: QuoteRules = {
  pictureTokens: () => 1000,
  frameTokens: 0,
  requestTokens: 0,
  tokenFactor: 1,
  servedTiers: ['standard'],
  regions: [null],
  classes: classesByKind(['cache_write_1h']),
  limitsEachRound: false,
};
const place = { surface: 'test', at: 0 };

/** Quotes by the rules, and checks that the bound alone is the same. */
function quoteRequest(
  asked: CompletionRequest,
  rows: readonly PriceRow[],
  by: QuoteRules,
  counted?: CountedInput,
): CostEstimate {
  const quoting = { rulesOf: () => by };
  const estimate = quote(asked, rows, quoting, place, counted);
  const bound = boundRequest(asked, rows, quoting, place);
  expect(bound).toMatchObject({ amount: estimate.high, inputTokens: estimate.inputTokens.high });
  return estimate;
}

function row(changes: Partial<PriceRow> = {}): PriceRow {
  return {
    id: 'row',
    teamId: null,
    vendor: 'v',
    vendorModel: 'm',
    surface: null,
    servedTier: 'standard',
    regionClass: null,
    aboveContextTokens: 0,
    validFrom: 0,
    validTo: null,
    guaranteedUntil: null,
    pricesPerMillion: { input_text: '2', cache_read_text: '0.2', cache_write_1h: '4', output_text: '10' },
    unitPrices: {},
    source: 'test',
    checkedOn: null,
    ...changes,
  };
}

function request(text: string, changes: Partial<CompletionRequest> = {}): CompletionRequest {
  return {
    model: 'm',
    messages: [{ role: 'user', content: text }],
    parameters: { maxTokens: 100 },
    outputLimit: 1000,
    ...changes,
  };
}

describe('quoting a request', () => {
  it('bounds it by one token per byte at the dearest class and the whole output limit', () => {
    const quote = quoteRequest(request('x'.repeat(80)), [row()], rules);
    expect(quote.inputTokens).toEqual({ low: 10, high: 80 });
    expect(quote.maxOutputTokens).toBe(100);
    expect(quote.high).toBe(parseDollars('0.00132')); // 80 × 4 + 100 × 10 per million
    expect(quote.expected).toBe(parseDollars('0.000306')); // (20 + 2 frames of 4) × 2 + 25 × 10
    expect(quote.low).toBe(parseDollars('0.000012')); // 10 × 0.2 + 1 × 10
    expect(quote).toMatchObject({ basis: 'bytes', unpricedClasses: [] });
  });

  it('counts text files and sound by their bytes, each at the dearest class that it can land in', () => {
    const text = {
      type: 'document',
      mediaType: 'text/plain',
      data: Buffer.alloc(60).toString('base64'),
    } as const;
    const sound = {
      type: 'audio',
      mediaType: 'audio/wav',
      data: Buffer.alloc(160 - 1).toString('base64'),
    } as const;
    const prices = { input_text: '2', input_audio: '8', output_text: '10' };
    const ask = request('', { messages: [{ role: 'user', content: [text, sound] }] });
    const quote = quoteRequest(ask, [row({ pricesPerMillion: prices })], rules);
    expect(quote.inputTokens.high).toBe(60 + 10);
    expect(quote.high).toBe(parseDollars('0.0012')); // 60 × 2 + 10 × 8 + 100 × 10 per million
  });

  it('counts UTF-8 bytes, not characters', () => {
    expect(quoteRequest(request('語'.repeat(10)), [row()], rules).inputTokens.high).toBe(30);
  });

  it('counts everything that is sent: system, calls, results, thoughts, tools, schema and images', () => {
    const everything = request('', {
      messages: [
        { role: 'system', content: 'ab' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'cd' },
            { type: 'image', url: 'https://x' },
          ],
        },
        {
          role: 'assistant',
          content: null,
          toolCalls: [{ id: 'i', name: 'n', arguments: { a: 1 } }],
          reasoning: [{ text: 'why', signature: 'sig' }],
        },
        { role: 'tool', toolCallId: 'i', content: 'ok' },
      ],
      tools: [{ name: 't', description: 'd', parameters: { type: 'object' } }],
      responseFormat: { type: 'json_schema', name: 's', schema: {} },
    });
    const quote = quoteRequest(
      everything,
      [row({ pricesPerMillion: { ...row().pricesPerMillion, input_image: '2' } })],
      rules,
    );
    const bytes = 2 + 2 + (1 + 1 + 7) + (3 + 3) + (1 + 2) + (1 + 1 + 17) + (1 + 2);
    expect(quote.inputTokens.high).toBe(bytes + 1000);
    expect(quote.high).not.toBeNull();
  });

  it('chooses the context tier at the high input', () => {
    const long = row({
      id: 'long',
      aboveContextTokens: 50,
      pricesPerMillion: { input_text: '20', output_text: '30' },
    });
    const quote = quoteRequest(request('x'.repeat(51)), [row(), long], rules);
    expect(quote.high).toBe(parseDollars('0.00402'));
  });

  it('takes the dearest of the tiers in which it may be served', () => {
    const priority = row({
      id: 'p',
      servedTier: 'priority',
      pricesPerMillion: { input_text: '4', output_text: '20' },
    });
    const both = { ...rules, servedTiers: ['standard', 'priority'] };
    expect(quoteRequest(request(''), [row(), priority], both).high).toBe(parseDollars('0.002'));
  });

  it('prices the output at the dearer of text and reasoning', () => {
    const thinking = row({ pricesPerMillion: { input_text: '0', output_text: '1', output_reasoning: '3' } });
    expect(quoteRequest(request(''), [thinking], rules).high).toBe(parseDollars('0.0003'));
  });

  it.each([
    [undefined, 1000, 1000],
    [5000, 1000, 1000],
    [500, null, 500],
    [undefined, null, 128_000],
  ])('limits the output of maxTokens %s and a model limit of %s to %s', (maxTokens, outputLimit, limit) => {
    const quote = quoteRequest(request('x', { parameters: { maxTokens }, outputLimit }), [row()], rules);
    expect(quote.maxOutputTokens).toBe(limit);
    expect(quote.high).toBe(BigInt(limit) * 10_000_000n + 4_000_000n);
    expect(quote.assumed).toEqual(limit === 128_000 ? ['output_limit'] : []);
  });

  it.each([
    ['an unknown model', [row({ vendorModel: 'm-2' })], ['input_text', 'output_text']],
    ['an unknown tier', [row({ servedTier: 'batch' })], ['input_text', 'output_text']],
    ['a missing class', [row({ pricesPerMillion: { input_text: '1' } })], ['output_text']],
  ])('gives no amount for %s and names what is unpriced', (_name, rows, classes) => {
    const quote = quoteRequest(request('x'), rows, rules);
    expect(quote).toMatchObject({ low: null, expected: null, high: null, unpricedClasses: classes });
  });

  it('prices a free model at zero, which is not unknown', () => {
    const free = row({ pricesPerMillion: { input_text: '0', output_text: '0' } });
    expect(quoteRequest(request('x'), [free], rules)).toMatchObject({ low: 0n, expected: 0n, high: 0n });
  });

  it('keeps low ≤ expected ≤ high for any size', () => {
    for (let length = 0; length < 300; length += 7) {
      const { low, expected, high } = quoteRequest(request('é'.repeat(length)), [row()], rules);
      expect(Number(low)).toBeLessThanOrEqual(Number(expected));
      expect(Number(expected)).toBeLessThanOrEqual(Number(high));
    }
  });

  it('takes a document for the whole window, which the vendor refuses more than', () => {
    const pdf = { type: 'document', mediaType: 'application/pdf', data: 'AAAA' } as const;
    const ask = request('', { messages: [{ role: 'user', content: [pdf] }], contextWindow: 5000 });
    expect(quoteRequest(ask, [row()], rules)).toMatchObject({ inputTokens: { high: 5000 }, assumed: [] });
    const unknown = quoteRequest({ ...ask, contextWindow: null }, [row()], rules);
    expect(unknown).toMatchObject({ inputTokens: { high: 2_000_000 }, assumed: ['context_window'] });
  });

  it('counts a cheaper price for longer prompts by the dearer one of shorter prompts', () => {
    const long = row({
      id: 'long',
      aboveContextTokens: 50,
      pricesPerMillion: { input_text: '1', output_text: '1' },
    });
    const { high } = quoteRequest(request('x'.repeat(51)), [row(), long], rules);
    expect(high).toBe(parseDollars('0.0012')); // 50 × 4 + 100 × 10 per million
  });

  it('takes a price of the day on which the call starts', () => {
    const later = row({ id: 'later', validFrom: 1, pricesPerMillion: { input_text: '9', output_text: '9' } });
    const rows = [row({ validTo: 1 }), later];
    const quoting = { rulesOf: () => rules };
    const at = (moment: number): bigint | null =>
      boundRequest(request(''), rows, quoting, { surface: 'test', at: moment }).amount;
    expect([at(0), at(1), at(0)].map(Number)).toEqual([1_000_000_000, 900_000_000, 1_000_000_000]);
  });

  it('keeps its bound when somebody counted, and lets the count say the rest', () => {
    const ask = request('x'.repeat(80));
    const guessed = quoteRequest(ask, [row()], rules);
    const counted = quoteRequest(ask, [row()], rules, { basis: 'tokenizer', textTokens: 16 });
    expect(counted).toMatchObject({ basis: 'tokenizer', inputTokens: { low: 16, high: 80 } });
    expect(counted.high).toBe(guessed.high);
    expect(counted.low).toBe(parseDollars('0.0000132')); // 16 × 0.2 + 1 × 10
    const byVendor = quoteRequest(ask, [row()], rules, { basis: 'api_count', inputTokens: 30 });
    expect(byVendor).toMatchObject({ basis: 'api_count', inputTokens: { low: 30, high: 80 } });
    expect(byVendor.expected).toBe(parseDollars('0.00031')); // 30 × 2 + 25 × 10
  });
});
