import { type MeterContext } from '../../contract/usage';
import { foldStreamUsage, meterUsage } from './usage';

const messages: MeterContext = { api: 'messages', model: 'claude-opus-5' };
const tokens = (input: number, output: number, more: object = {}) => ({
  input_tokens: input,
  output_tokens: output,
  ...more,
});

describe('metering Anthropic', () => {
  it.each<[string, unknown, object | null, string[]]>([
    ['an explicit zero', tokens(0, 0), {}, []],
    ['nulls everywhere', { input_tokens: null, output_tokens: null }, null, ['usage_missing']],
    ['nothing', null, null, ['usage_missing']],
    ['a message without usage', { type: 'message', content: [] }, null, ['usage_missing']],
    [
      'cache tokens beside the input',
      tokens(3, 5, { cache_creation_input_tokens: 10, cache_creation: null, cache_read_input_tokens: 20 }),
      { input_text: 3, cache_write_5m: 10, cache_read_text: 20, output_text: 5 },
      [],
    ],
    [
      'a split without a total',
      tokens(0, 1, { cache_creation: { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 3 } }),
      { cache_write_5m: 2, cache_write_1h: 3, output_text: 1 },
      [],
    ],
    [
      'a split larger than its total, by the total',
      tokens(0, 1, { cache_creation_input_tokens: 4, cache_creation: { ephemeral_1h_input_tokens: 9 } }),
      { cache_write_1h: 4, output_text: 1 },
      ['cache_write_split_mismatch'],
    ],
    [
      'more thinking than output',
      tokens(1, 5, { output_tokens_details: { thinking_tokens: 9 } }),
      { input_text: 1, output_reasoning: 5 },
      ['reasoning_exceeds_output'],
    ],
    ['a negative count', tokens(-1, 5), { output_text: 5 }, ['negative_count']],
    [
      'a line of a batch',
      { custom_id: 'a', result: { type: 'succeeded', message: { usage: tokens(1, 2) } } },
      { input_text: 1, output_text: 2 },
      [],
    ],
    ['an expired batch item', { custom_id: 'a', result: { type: 'expired' } }, {}, ['not_billed']],
    [
      'an error instead of a message',
      { type: 'error', error: { type: 'overloaded_error' } },
      {},
      ['not_billed'],
    ],
    [
      'a refusal before any output',
      { content: [], stop_reason: 'refusal', usage: tokens(106, 1) },
      {},
      ['not_billed'],
    ],
    [
      'a refusal in the middle',
      { content: [{ type: 'text' }], stop_reason: 'refusal', usage: tokens(106, 40) },
      { input_text: 106, output_text: 40 },
      [],
    ],
  ])('reads %s', (_name, raw, vector, flags) => {
    const metered = meterUsage(raw, messages);
    expect(metered.vector).toEqual(vector);
    expect(metered.flags).toEqual(flags);
  });

  it.each([
    [{ service_tier: 'standard' }, messages, 'standard', null],
    [{ service_tier: 'batch', inference_geo: 'us' }, messages, 'batch', 'us'],
    [{ speed: 'fast', inference_geo: 'global' }, messages, 'fast', null],
    [{ speed: 'standard' }, { ...messages, speed: 'fast' }, 'standard', null],
    [{ speed: 'fast' }, { ...messages, batch: true }, 'batch', null],
    [{}, { ...messages, geo: 'us' }, 'standard', 'us'],
    [{}, { ...messages, baseUrl: 'https://europe-west1-aiplatform.googleapis.com' }, 'standard', 'regional'],
  ])('says by %j and %j how it was served', (usage, context, tier, region) => {
    expect(meterUsage({ usage: tokens(1, 1, usage) }, context).served).toEqual({ tier, region });
  });

  it('adds compaction, which the top level leaves out, as a line of its own', () => {
    const iterations = [
      { type: 'compaction', ...tokens(180, 4) },
      { type: 'message', model: 'claude-opus-5', ...tokens(20, 10) },
    ];
    expect(meterUsage({ usage: tokens(20, 10, { iterations }) }, messages)).toMatchObject({
      vector: { input_text: 200, output_text: 14 },
      lines: [
        { model: 'claude-opus-5', promptTotal: 20 },
        { model: 'claude-opus-5', promptTotal: 180 },
      ],
      flags: [],
    });
  });

  it('counts the turns of a tool loop once: the top level is their sum', () => {
    const iterations = [
      { type: 'message', ...tokens(20, 10) },
      { type: 'message', ...tokens(50, 5) },
    ];
    const metered = meterUsage({ usage: tokens(70, 15, { iterations }) }, messages);
    expect(metered).toMatchObject({ vector: { input_text: 70, output_text: 15 }, flags: [] });
    expect(metered.lines).toHaveLength(1);
  });

  it('bills an attempt that spoke before it fell back', () => {
    const iterations = [
      { type: 'message', model: 'claude-fable-5-1', ...tokens(50, 7) },
      { type: 'fallback_message', model: 'claude-opus-4-8', ...tokens(50, 20) },
    ];
    expect(
      meterUsage({ model: 'claude-fable-5-1', usage: tokens(50, 20, { iterations }) }, messages).lines,
    ).toEqual([
      { model: 'claude-opus-4-8', vector: { input_text: 50, output_text: 20 }, promptTotal: 50 },
      { model: 'claude-fable-5-1', vector: { input_text: 50, output_text: 7 }, promptTotal: 50 },
    ]);
  });
});

describe('folding an Anthropic stream', () => {
  const fold = (...events: unknown[]) => meterUsage(events, messages);
  const start = (usage: object) => ({ type: 'message_start', message: { model: 'claude-opus-5', usage } });
  const block = { type: 'content_block_start', index: 0 };
  const delta = (stop: string | null, usage: object) => ({
    type: 'message_delta',
    delta: { stop_reason: stop },
    usage,
  });

  it('takes cumulative totals, not their sum, and keeps what a delta does not report', () => {
    const first = start(tokens(25, 1, { cache_read_input_tokens: 5, service_tier: 'standard' }));
    const more = { input_tokens: null, cache_read_input_tokens: null, output_tokens: 10 };
    const last = { ...more, output_tokens: 90, server_tool_use: { web_search_requests: 2 } };
    expect(
      fold(first, block, delta(null, more), delta('end_turn', last), { type: 'message_stop' }),
    ).toMatchObject({
      vector: { input_text: 25, cache_read_text: 5, output_text: 90, web_search_requests: 2 },
      quality: 'exact',
      flags: [],
    });
  });

  it('does not let a zero of a gateway erase the input', () => {
    expect(fold(start(tokens(9, 0)), block, delta('end_turn', tokens(0, 16))).vector).toEqual({
      input_text: 9,
      output_text: 16,
    });
  });

  it('does not bill a refusal before any output, and bills one after', () => {
    const refused = delta('refusal', { output_tokens: 1 });
    expect(fold(start(tokens(9, 1)), refused).flags).toEqual(['not_billed']);
    expect(fold(start(tokens(9, 1)), block, refused).vector).toEqual({ input_text: 9, output_text: 1 });
  });

  it('calls what a broken stream reported a lower bound', () => {
    const cut = fold(start(tokens(9, 1)), block, { type: 'error', error: { type: 'overloaded_error' } });
    expect(cut).toMatchObject({ vector: { input_text: 9, output_text: 1 }, quality: 'lower_bound' });
  });

  it('costs no object for a piece of text', () => {
    const state = foldStreamUsage(undefined, start(tokens(1, 1)));
    expect(foldStreamUsage(state, { type: 'content_block_delta', delta: {} })).toBe(state);
  });
});
