import { type MeterContext } from '../../contract/usage';
import { meterUsage } from './usage';

const generate: MeterContext = { api: 'generateContent', model: 'gemini-3.1-pro-preview' };
const meta = (usageMetadata: object, more: object = {}) => ({ usageMetadata, ...more });

describe('metering Google', () => {
  it.each<[string, unknown, object | null, string[]]>([
    ['an explicit zero', meta({ promptTokenCount: 0, totalTokenCount: 0 }), {}, []],
    ['a null', { usageMetadata: null }, null, ['usage_missing']],
    ['an empty object', meta({}), null, ['usage_missing']],
    [
      'thoughts beside the candidates',
      meta({ promptTokenCount: 1, candidatesTokenCount: 2, thoughtsTokenCount: 3, totalTokenCount: 6 }),
      { input_text: 1, output_text: 2, output_reasoning: 3 },
      [],
    ],
    [
      'thoughts inside the candidates, by the sum',
      meta({ promptTokenCount: 1, candidatesTokenCount: 5, thoughtsTokenCount: 3, totalTokenCount: 6 }),
      { input_text: 1, output_text: 2, output_reasoning: 3 },
      ['thoughts_included_in_candidates'],
    ],
    [
      'tool tokens in the sum, which leave the thoughts beside',
      meta({
        promptTokenCount: 1,
        candidatesTokenCount: 5,
        thoughtsTokenCount: 3,
        toolUsePromptTokenCount: 7,
        totalTokenCount: 16,
      }),
      { input_text: 1, output_text: 5, output_reasoning: 3, input_tool: 7 },
      ['input_tool_price_depends_on_tool'],
    ],
    [
      'thoughts that only the total tells',
      { model: 'gemini-2.5-pro', usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 99 } },
      { input_text: 10, output_text: 5, output_reasoning: 84 },
      ['hidden_reasoning'],
    ],
    [
      'cached audio by its details',
      meta({
        promptTokenCount: 10,
        cachedContentTokenCount: 6,
        promptTokensDetails: [
          { modality: 'TEXT', tokenCount: 4 },
          { modality: 'AUDIO', tokenCount: 6 },
        ],
        cacheTokensDetails: [{ modality: 'AUDIO', tokenCount: 6 }],
      }),
      { input_text: 4, cache_read_audio: 6 },
      [],
    ],
    [
      'more cached than prompt',
      meta({ promptTokenCount: 5, cachedContentTokenCount: 9 }),
      { cache_read_text: 5 },
      ['cached_exceeds_input'],
    ],
    [
      'documents as text',
      meta({ promptTokenCount: 5, promptTokensDetails: [{ modality: 'DOCUMENT', tokenCount: 5 }] }),
      { input_text: 5 },
      [],
    ],
    [
      'the Interactions API',
      {
        model: 'gemini-3-flash-preview',
        usage: {
          total_input_tokens: 11,
          total_cached_tokens: 1,
          total_output_tokens: 90,
          total_thought_tokens: 245,
          total_tool_use_tokens: 0,
          total_tokens: 346,
          output_tokens_by_modality: [{ modality: 'text', tokens: 90 }],
          grounding_tool_count: [{ type: 'google_search', count: 3 }],
        },
      },
      { input_text: 10, cache_read_text: 1, output_text: 90, output_reasoning: 245, grounding_queries: 3 },
      [],
    ],
    ['a failed request', { error: { code: 400, status: 'INVALID_ARGUMENT' } }, {}, ['not_billed']],
    ['a line of a batch', { key: 'a', response: meta({ promptTokenCount: 3 }) }, { input_text: 3 }, []],
    [
      'Vertex predictions',
      {
        predictions: [
          { embeddings: { statistics: { token_count: 3 } } },
          { embeddings: { statistics: { token_count: 4 } } },
        ],
      },
      { embedding_input: 7 },
      [],
    ],
    ['characters alone', { metadata: { billableCharacterCount: 40 } }, null, ['usage_missing']],
  ])('reads %s', (_name, raw, vector, flags) => {
    const metered = meterUsage(raw, generate);
    expect(metered.vector).toEqual(vector);
    expect(metered.flags).toEqual(flags);
  });

  it.each([
    ['gemini-3-flash-preview', { grounding_queries: 2 }],
    ['gemini-2.5-flash', { grounding_prompts: 1 }],
  ])('charges grounding by the rule of %s', (modelVersion, fee) => {
    const groundingMetadata = { webSearchQueries: ['a', 'b', 'a', ' '] };
    const raw = meta(
      { promptTokenCount: 1, toolUsePromptTokenCount: 9 },
      { modelVersion, candidates: [{ groundingMetadata }] },
    );
    const metered = meterUsage(raw, generate);
    expect(metered.vector).toEqual({ input_text: 1, input_tool: 9, ...fee });
    expect(metered.flags).toEqual(['free:input_tool']);
    expect(metered.promptTotal).toBe(1);
  });

  it.each([
    [{ serviceTier: 'flex' }, {}, 'flex'],
    [{ trafficType: 'ON_DEMAND_PRIORITY' }, {}, 'priority'],
    [{ trafficType: 'PROVISIONED_THROUGHPUT' }, {}, 'provisioned'],
    [{ trafficType: 'ON_DEMAND' }, { servedTier: 'priority' }, 'standard'],
    [{}, { responseHeaders: { 'X-Gemini-Service-Tier': 'priority' } }, 'priority'],
    [{ serviceTier: 'SERVICE_TIER_STANDARD' }, { batch: true }, 'batch'],
    [{}, {}, 'standard'],
  ])('says by %j and %j that it was served as %s', (usage, context, tier) => {
    expect(meterUsage(meta({ promptTokenCount: 1, ...usage }), { ...generate, ...context }).served.tier).toBe(
      tier,
    );
  });

  it.each([
    [
      { createTime: '2026-11-01T00:00:00Z', expireTime: '2026-11-01T00:30:00Z' },
      { cache_storage_token_hours: 500 },
      'estimated',
    ],
    [
      { createTime: '2026-11-01T00:00:00Z', deleteTime: '2026-11-01T00:00:01Z' },
      { cache_storage_token_hours: 0.277777777 },
      'exact',
    ],
    [{ createTime: '2026-11-01T00:00:00Z' }, null, 'missing'],
  ])('meters the storage of a cache that lived %j', (times, vector, quality) => {
    const raw = meta({ totalTokenCount: 1000 }, times);
    expect(meterUsage(raw, { ...generate, api: 'cachedContents' })).toMatchObject({ vector, quality });
  });
});

describe('folding a Google stream', () => {
  const chunk = (output: number, more: object = {}) => ({
    candidates: [{ content: {}, ...more }],
    usageMetadata: { promptTokenCount: 4, candidatesTokenCount: output, totalTokenCount: 4 + output },
    modelVersion: 'gemini-3.1-pro-preview',
  });

  it('takes the last running totals and the tools of any chunk', () => {
    const grounding = { groundingMetadata: { webSearchQueries: ['a'] } };
    expect(
      meterUsage([chunk(1, grounding), chunk(5), chunk(9, { finishReason: 'STOP' })], generate),
    ).toMatchObject({
      vector: { input_text: 4, output_text: 9, grounding_queries: 1 },
      quality: 'exact',
      flags: [],
    });
  });

  it('calls the totals of a cut stream a lower bound', () => {
    expect(meterUsage([chunk(1), chunk(5)], generate)).toMatchObject({
      vector: { input_text: 4, output_text: 5 },
      quality: 'lower_bound',
    });
  });

  it('knows nothing of a stream without totals', () => {
    expect(meterUsage([{ candidates: [] }, { candidates: [] }], generate).vector).toBeNull();
  });
});
