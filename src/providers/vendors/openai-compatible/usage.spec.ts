import { type MeterContext } from '../../contract/usage';
import { foldStreamUsage, meterUsage } from './usage';

const chat: MeterContext = { api: 'chat.completions', model: 'gpt-5.4' };
const responses: MeterContext = { api: 'responses', model: 'gpt-5.4' };

describe('metering OpenAI', () => {
  it.each<[string, unknown, MeterContext, object | null, string[]]>([
    ['an explicit zero', { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }, chat, {}, []],
    ['a null usage', { choices: [], usage: null }, chat, null, ['usage_missing']],
    [
      'nulls everywhere',
      { prompt_tokens: null, completion_tokens: null, total_tokens: null },
      chat,
      null,
      ['usage_missing'],
    ],
    ['nothing', undefined, chat, null, ['usage_missing']],
    [
      'counts as text',
      { prompt_tokens: '12', completion_tokens: '3' },
      chat,
      { input_text: 12, output_text: 3 },
      [],
    ],
    [
      'a negative count',
      { prompt_tokens: 5, completion_tokens: -3 },
      chat,
      { input_text: 5 },
      ['negative_count'],
    ],
    [
      'an output that only the total tells',
      { prompt_tokens: 10, total_tokens: 15 },
      chat,
      { input_text: 10, output_text: 5 },
      ['total_derived'],
    ],
    [
      'totals that disagree',
      { prompt_tokens: 10, completion_tokens: 5, total_tokens: 99 },
      chat,
      { input_text: 10, output_text: 5 },
      ['total_mismatch'],
    ],
    [
      'Gemini behind the OpenAI protocol, whose thoughts hide in the total',
      { model: 'gemini-2.5-pro', usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 99 } },
      chat,
      { input_text: 10, output_text: 5, output_reasoning: 84 },
      ['hidden_reasoning'],
    ],
    [
      'a look-alike that states reasoning beside the output',
      {
        prompt_tokens: 10,
        completion_tokens: 5,
        total_tokens: 35,
        completion_tokens_details: { reasoning_tokens: 20 },
      },
      chat,
      { input_text: 10, output_text: 5, output_reasoning: 20 },
      ['hidden_reasoning'],
    ],
    [
      'a cache hit as DeepSeek counts it',
      { prompt_tokens: 10, completion_tokens: 1, prompt_cache_hit_tokens: 8 },
      chat,
      { input_text: 2, cache_read_text: 8, output_text: 1 },
      [],
    ],
    [
      'audio and cached tokens without a modality',
      {
        prompt_tokens: 100,
        completion_tokens: 0,
        prompt_tokens_details: { audio_tokens: 90, cached_tokens: 30 },
      },
      chat,
      { input_audio: 70, cache_read_text: 10, cache_read_audio: 20 },
      ['cached_modality_unknown'],
    ],
    [
      'writes of two lifetimes',
      {
        input_tokens: 20,
        output_tokens: 0,
        input_tokens_details: {
          cache_write_tokens: 9,
          cache_write_tokens_details: { ttl_30m_tokens: 4, ttl_12h_tokens: 5 },
        },
      },
      responses,
      { input_text: 11, cache_write_30m: 4, cache_write_12h: 5 },
      [],
    ],
    [
      'reasoning nested in realtime text, once',
      {
        response: {
          usage: {
            input_tokens: 0,
            output_tokens: 50,
            output_token_details: { text_tokens: 30, audio_tokens: 20, reasoning_tokens: 10 },
          },
        },
      },
      { api: 'realtime response.done', model: 'gpt-realtime' },
      { output_text: 20, output_audio: 20, output_reasoning: 10 },
      [],
    ],
    [
      'a transcription by time',
      { text: 'hi', usage: { type: 'duration', seconds: 2.5 } },
      { api: 'audio.transcriptions', model: 'whisper-1' },
      { audio_input_seconds: 2.5 },
      [],
    ],
    [
      'an embedding',
      { object: 'list', data: [{ object: 'embedding' }], usage: { prompt_tokens: 8, total_tokens: 8 } },
      { api: 'x', model: 'm' },
      { embedding_input: 8 },
      [],
    ],
    [
      'a refused request',
      { http_status: 429, error: { code: 'resource_unavailable' } },
      chat,
      {},
      ['not_billed'],
    ],
    [
      'a failed answer of unknown billing',
      { object: 'response', status: 'failed', error: { code: 'x' }, usage: null },
      responses,
      null,
      ['usage_missing'],
    ],
    [
      "Azure's content filter, which is charged",
      { http_status: 400, error: {} },
      { ...chat, baseUrl: 'https://x.openai.azure.com' },
      null,
      ['usage_missing'],
    ],
    [
      'a line of a batch that failed',
      { custom_id: 'a', response: { status_code: 500, body: { error: {} } } },
      chat,
      {},
      ['not_billed'],
    ],
  ])('reads %s', (_name, raw, context, vector, flags) => {
    const metered = meterUsage(raw, context);
    expect(metered.vector).toEqual(vector);
    expect(metered.flags).toEqual(flags);
  });

  it('prices images that a tool made as a line of the image model', () => {
    const raw = {
      model: 'gpt-6-sol',
      tools: [{ type: 'image_generation', model: 'gpt-image-2' }],
      usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
      tool_usage: {
        web_search: { num_requests: 0 },
        image_gen: {
          input_tokens: 50,
          input_tokens_details: { text_tokens: 20, image_tokens: 30 },
          cached_tokens: 12,
          cached_tokens_details: { cached_text_tokens: 2, cached_image_tokens: 10 },
          output_tokens: 100,
          total_tokens: 150,
        },
      },
    };
    expect(meterUsage(raw, responses).lines).toEqual([
      { model: 'gpt-6-sol', vector: { input_text: 10, output_text: 5 }, promptTotal: 10 },
      {
        model: 'gpt-image-2',
        vector: {
          input_text: 18,
          input_image: 20,
          cache_read_text: 2,
          cache_read_image: 10,
          output_image: 100,
        },
        promptTotal: 50,
      },
    ]);
  });

  it('counts SVG authoring at the model that wrote it', () => {
    const svg = {
      model: 'gpt-6-luna',
      input_tokens: 4,
      output_tokens: 6,
      reasoning_tokens: 2,
      total_tokens: 10,
    };
    const raw = { usage: { input_tokens: 1, output_tokens: 2 }, svg_usage: svg };
    const { lines } = meterUsage(raw, { api: 'images', model: 'gpt-image-2' });
    expect(lines[1]).toMatchObject({
      model: 'gpt-6-luna',
      vector: { input_text: 4, output_text: 4, output_reasoning: 2 },
    });
  });

  it.each([
    [{ service_tier: 'default' }, chat, 'standard'],
    [{ service_tier: 'priority' }, { ...chat, servedTier: 'default' }, 'priority'],
    [{}, { ...chat, servedTier: 'fast' }, 'priority'],
    [{ service_tier: 'flex' }, chat, 'flex'],
    [{ service_tier: 'default' }, { ...chat, batch: true }, 'batch'],
    [{}, chat, 'standard'],
  ])('says by %j and %j that it was served as %s', (answer, context, tier) => {
    const usage = { prompt_tokens: 1, completion_tokens: 1 };
    expect(meterUsage({ ...answer, usage }, context).served.tier).toBe(tier);
  });

  it.each([
    ['https://eu.api.openai.com/v1', 'regional'],
    ['https://api.openai.com/v1', null],
    ['https://evilapi.openai.com.example', null],
    ['not a url', null],
  ])('tells the region of %s', (baseUrl, region) => {
    expect(meterUsage({ prompt_tokens: 1 }, { ...chat, baseUrl }).served.region).toBe(region);
  });
});

describe('folding an OpenAI stream', () => {
  const fold = (events: unknown[]) =>
    events.reduce((state: unknown, event) => foldStreamUsage(state, event), undefined);
  const delta = {
    model: 'gpt-5.4-2026-03-05',
    choices: [{ delta: { content: 'a' }, finish_reason: null }],
    usage: null,
  };

  it('takes the usage of the last chat chunk', () => {
    const end = { ...delta, choices: [{ delta: {}, finish_reason: 'stop' }], service_tier: 'default' };
    const usage = { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 };
    const metered = meterUsage(fold([delta, delta, end, { ...delta, choices: [], usage }]), chat);
    expect(metered).toMatchObject({ vector: { input_text: 9, output_text: 2 }, quality: 'exact', flags: [] });
    expect(metered.lines[0]?.model).toBe('gpt-5.4-2026-03-05');
  });

  it('calls running totals of a stream that was cut a lower bound', () => {
    const usage = { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 };
    expect(meterUsage(fold([{ ...delta, usage }]), chat)).toMatchObject({
      quality: 'lower_bound',
      flags: ['partial_stream', 'lower_bound'],
    });
  });

  it('does not know the usage of a stream without any', () => {
    expect(meterUsage(fold([delta, delta]), chat)).toMatchObject({ vector: null, quality: 'missing' });
  });

  it('costs no object for a chunk that tells nothing', () => {
    const state = foldStreamUsage(undefined, delta);
    expect(foldStreamUsage(state, delta)).toBe(state);
  });

  it.each(['response.completed', 'response.incomplete', 'response.failed', 'response.done'])(
    'takes the usage nested in %s',
    (type) => {
      const response = {
        model: 'gpt-6-sol',
        service_tier: 'priority',
        usage: { input_tokens: 3, output_tokens: 4, total_tokens: 7 },
        tool_usage: { web_search: { num_requests: 2 } },
        output: [],
      };
      const started = {
        type: 'response.created',
        response: { model: 'gpt-6-sol', usage: null, service_tier: 'auto' },
      };
      const text = { type: 'response.output_text.delta', delta: 'Hi' };
      const metered = meterUsage(fold([started, text, text, { type, response }]), responses);
      expect(metered).toMatchObject({
        vector: { input_text: 3, output_text: 4, web_search_requests: 2 },
        served: { tier: 'priority' },
        quality: 'exact',
      });
    },
  );
});
