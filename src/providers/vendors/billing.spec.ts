import { readCsv } from '../contract/csv-reader';
import { type BillingReport } from '../contract/billing-report';
import { toCosts as toAnthropicCosts, toUsage as toAnthropicUsage } from './anthropic/billing';
import { googleBilling } from './google/billing';
import { toCosts as toOpenAiCosts, toUsage as toOpenAiUsage } from './openai/billing';

const MIDNIGHT = Date.UTC(2026, 10, 20) / 1000;

describe('reports of OpenAI', () => {
  it('count the input with what was cached and written', () => {
    const result = {
      object: 'organization.usage.completions.result',
      input_tokens: 1000,
      input_uncached_tokens: 600,
      input_cached_tokens: 300,
      input_cache_write_tokens: 100,
      output_tokens: 50,
      num_model_requests: 5,
      model: 'gpt-6.2-sol-2026-10-01',
      batch: false,
      service_tier: 'default',
      api_key_id: 'key_1',
    };
    expect(toOpenAiUsage([{ start_time: MIDNIGHT, results: [result] }])).toEqual([
      {
        day: '2026-11-20',
        model: 'gpt-6.2-sol-2026-10-01',
        input: 1000,
        cached: 300,
        output: 50,
        batch: false,
        tier: 'standard',
        apiKeyId: 'key_1',
        region: null,
      },
    ]);
  });

  it('name the model in the line item, and bill some things for none', () => {
    const cost = (line_item: string | null, value: string | number) => ({
      start_time: MIDNIGHT,
      results: [{ line_item, amount: { value, currency: 'usd' } }],
    });
    const found = toOpenAiCosts([
      cost('gpt-6-astra, input_tokens', '0.06'),
      cost('web search tool calls', -1.5),
      cost(null, '1e-7'),
    ]);
    expect(found.map(({ model, amount }) => [model, amount])).toEqual([
      ['gpt-6-astra', 60_000_000_000n],
      [null, -1_500_000_000_000n],
      [null, 100_000n],
    ]);
  });

  it.each([
    [{ value: 1, currency: 'eur' }, MIDNIGHT],
    [{ value: 'much', currency: 'usd' }, MIDNIGHT],
    [{ value: 1, currency: 'usd' }, 'yesterday'],
  ])('are refused with %j at %s', (amount, start_time) => {
    expect(() => toOpenAiCosts([{ start_time, results: [{ amount }] }])).toThrow(/OpenAI reported/);
  });
});

describe('reports of Anthropic', () => {
  it('count disjoint classes, which make up the input', () => {
    const result = {
      uncached_input_tokens: 600,
      cache_read_input_tokens: 300,
      cache_creation: { ephemeral_5m_input_tokens: 40, ephemeral_1h_input_tokens: 60 },
      output_tokens: 50,
      server_tool_use: { web_search_requests: 1 },
      model: 'claude-opus-5',
      service_tier: 'batch',
      inference_geo: 'us',
      api_key_id: 'apikey_1',
    };
    expect(toAnthropicUsage([{ starting_at: '2026-11-20T00:00:00Z', results: [result] }])).toEqual([
      {
        day: '2026-11-20',
        model: 'claude-opus-5',
        input: 1000,
        cached: 300,
        output: 50,
        batch: true,
        tier: 'batch',
        apiKeyId: 'apikey_1',
        region: 'us',
      },
    ]);
  });

  it('bill in cents', () => {
    const result = { amount: '123.45', currency: 'USD', model: 'claude-opus-5', cost_type: 'tokens' };
    const [cost] = toAnthropicCosts([{ starting_at: '2026-11-20T00:00:00Z', results: [result] }]);
    expect(cost).toMatchObject({ model: 'claude-opus-5', amount: 1_234_500_000_000n });
    expect(() => toAnthropicCosts([{ starting_at: '2026-11-20T00:00:00Z', results: [{}] }])).toThrow(/cents/);
    expect(() => toAnthropicCosts([{ results: [] }])).toThrow(/no moment/);
  });
});

describe('Google’s billing export', () => {
  const read = async (text: string): Promise<BillingReport> => {
    if (!googleBilling.readExport) throw new Error('There is none.');
    return googleBilling.readExport(readCsv(text));
  };

  it('tells model, direction, batch and cache from the SKU, and credits apart', async () => {
    const { usage, costs } = await read(
      [
        'usage_start_time,sku.description,usage.amount,usage.unit,cost,currency,credits',
        '2026-11-20 10:00:00 UTC,Generate content input token count Gemini 2.5 Flash text,1000,count,0.30,USD,-0.10',
        '2026-11-20 23:00:00 UTC,Generate content input token count Gemini 2.5 Flash text,500,count,0.20,USD,',
        '2026-11-20 11:00:00 UTC,Generate content output token count Gemini 2.5 Flash Lite text,50,count,0.02,USD,',
        '2026-11-20 11:00:00 UTC,Batch cached content input token count Gemini 3.8 Pro,7,count,0.01,USD,',
        '2026-11-20 11:00:00 UTC,Cached content storage token hours Gemini 3.8 Pro,7,hour,0.01,USD,',
        '2026-11-20 11:00:00 UTC,Cloud Storage,7,gibibyte,1,USD,',
      ].join('\n'),
    );
    expect(
      usage.map(({ model, input, cached, output, batch }) => [model, input, cached, output, batch]),
    ).toEqual([
      ['gemini-2.5-flash', 1500, 0, 0, false],
      ['gemini-2.5-flash-lite', 0, 0, 50, false],
      ['gemini-3.8-pro', 7, 7, 0, true],
    ]);
    expect(costs.map(({ model, amount }) => [model, Number(amount) / 1e12])).toEqual([
      ['gemini-2.5-flash', 0.5],
      ['gemini-2.5-flash', -0.1],
      ['gemini-2.5-flash-lite', 0.02],
      ['gemini-3.8-pro', 0.02],
      [null, 1],
    ]);
  });

  it.each([
    ['', /line 1: is empty/],
    ['day,cost', /line 1: has no column "sku.description"/],
    ['day,sku description,cost\n2026-02-30,x,1', /line 2: "2026-02-30" is no day/],
    ['day,sku description,cost\n2026-02-20,x,1\n2026-02-20,x,one', /line 3: "one" is no amount/],
    ['day,sku description,cost,currency\n2026-02-20,x,1,EUR', /line 2: is in EUR/],
    [
      'day,sku description,cost,usage amount\n2026-02-20,token Gemini 2.5 Pro,1,-5',
      /line 2: "-5" is no count/,
    ],
  ])('says which line of %j is wrong', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });
});
