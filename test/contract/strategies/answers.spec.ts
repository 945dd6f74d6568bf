import { type ResponseFormat } from '../../../src/providers/contract/completion';
import { assistantTurn, Stage, VENDORS } from './harness';

const WEATHER = {
  name: 'get_weather',
  description: 'The weather in a city.',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' }, days: { type: 'integer' } },
    required: ['city'],
    additionalProperties: false,
  },
};
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe.each(VENDORS)('$id answers', (vendor) => {
  let stage: Stage;
  beforeAll(async () => (stage = await Stage.open(vendor)));
  afterEach(() => stage.simulator.reset());
  afterAll(() => stage.close());

  it('a plain prompt, with its usage and ids', async () => {
    const result = await stage.both(
      stage.scripted({ text: 'Grüß Gott 👋', usage: { input: 12, output: 7 } }),
    );
    expect(result).toMatchObject({
      vendorModel: vendor.model,
      content: 'Grüß Gott 👋',
      reasoning: [],
      toolCalls: [],
      finishReason: { unified: 'stop' },
      metered: { vector: { input_text: 12, output_text: 7 }, quality: 'exact' },
    });
    expect(result.vendorResponseId).toEqual(expect.any(String));
    expect(result.vendorRequestId).toMatch(/^req_/);
    expect(result.rawUsage).toEqual(expect.any(Object));
  });

  it('a stream cut into single bytes', async () => {
    const request = stage.scripted({ text: 'äöü € 👩‍👩‍👧 日本語', splitBytes: true, chunks: 5 });
    expect((await stage.stream(request)).result.content).toBe('äöü € 👩‍👩‍👧 日本語');
  });

  it('with several system prompts and turns', async () => {
    const result = await stage.both(
      stage.request({
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'system', content: [{ type: 'text', text: 'Be kind.' }] },
          { role: 'user', content: 'One' },
          { role: 'assistant', content: 'Two' },
          { role: 'user', content: [{ type: 'text', text: 'Three' }] },
        ],
      }),
    );
    expect(result.content).toBe('You said: Three');
    const sent = JSON.stringify(stage.sentBody());
    for (const text of ['Be brief.', 'Be kind.', 'One', 'Two', 'Three']) expect(sent).toContain(text);
  });

  it('images by their bytes, by a data URL and by a URL', async () => {
    const result = await stage.both(
      stage.request({
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'Look' },
              { type: 'image', mediaType: 'image/png', data: PIXEL },
              { type: 'image', url: `data:image/png;base64,${PIXEL}` },
              { type: 'image', url: 'https://example.com/cat.png' },
            ],
          },
        ],
      }),
    );
    expect(result.content).toBe('You said: Look (with 3 images)');
  });

  it('cached input and thinking tokens in classes of their own', async () => {
    const usage = { input: 1000, cached: 600, output: 90, reasoning: 40 };
    const { metered } = await stage.both(stage.scripted({ text: 'ok', usage }));
    expect(metered.vector).toEqual({
      input_text: 400,
      cache_read_text: 600,
      output_text: 50,
      output_reasoning: 40,
    });
    expect(metered.promptTotal).toBe(1000);
  });

  it('with the model that answered', async () => {
    const result = await stage.both(stage.scripted({ text: 'ok', responseModel: `${vendor.model}-dated` }));
    expect(result.vendorModel).toBe(`${vendor.model}-dated`);
    expect(result.metered.lines[0]?.model).toBe(`${vendor.model}-dated`);
  });

  it.each([
    ['length', 'length'],
    ['content_filter', 'content_filter'],
    ['refusal', 'content_filter'],
    ['stop', 'stop'],
  ] as const)('with the finish %s as %s', async (finish, unified) => {
    const result = await stage.both(stage.scripted({ text: 'Some text', finish }));
    expect(result.finishReason.unified).toBe(unified);
    expect(result.finishReason.raw).toEqual(expect.any(String));
  });

  it('up to a stop sequence', async () => {
    const result = await stage.both(
      stage.scripted({ text: 'one END two' }, { parameters: { maxTokens: 100, stop: ['END'] } }),
    );
    expect(result).toMatchObject({ content: 'one ', finishReason: { unified: 'stop' } });
  });

  it('in the form of a JSON schema', async () => {
    const schema = { type: 'object', properties: { total: { type: 'integer' } }, required: ['total'] };
    const responseFormat: ResponseFormat = {
      type: 'json_schema',
      name: 'sum',
      schema: { ...schema, additionalProperties: false },
    };
    const result = await stage.both(stage.request({ responseFormat }));
    expect(JSON.parse(result.content)).toEqual({ total: expect.any(Number) as number });
  });

  it('with calls of tools, and goes on with their results', async () => {
    const calls = [
      { name: 'get_weather', arguments: { city: 'Köln', days: 2 } },
      { name: 'get_weather', arguments: { city: 'Bonn' } },
    ];
    for (const streamed of [false, true]) {
      const ask = stage.scripted({ toolCalls: calls }, { tools: [WEATHER], toolChoice: 'auto' });
      const first = streamed ? (await stage.stream(ask)).result : await stage.generate(ask);
      expect(first.finishReason.unified).toBe('tool_calls');
      expect(first.toolCalls.map(({ name, arguments: input }) => ({ name, arguments: input }))).toEqual(
        calls,
      );
      expect(new Set(first.toolCalls.map(({ id }) => id)).size).toBe(2);
      const [one, two] = first.toolCalls;
      const next = stage.request({
        tools: [WEATHER],
        messages: [
          ...ask.messages,
          assistantTurn(first),
          { role: 'tool', toolCallId: one?.id ?? '', content: 'sunny' },
          { role: 'tool', toolCallId: two?.id ?? '', content: [{ type: 'text', text: 'rainy' }] },
        ],
      });
      expect((await stage.both(next)).content).toMatch(/^The tool said: .*rainy$/);
      expect(JSON.stringify(stage.sentBody())).toContain('sunny');
    }
  });

  it('with tool calls piece by piece', async () => {
    const ask = stage.scripted(
      {
        text: 'Let me look.',
        toolCalls: [{ name: 'get_weather', arguments: { city: 'Ulm' } }],
        splitBytes: true,
      },
      { tools: [WEATHER] },
    );
    const { parts, result } = await stage.stream(ask);
    const pieces = parts.filter((part) => part.type === 'tool_call_delta');
    expect(pieces[0]).toMatchObject({ index: 0, id: result.toolCalls[0]?.id, name: 'get_weather' });
    expect(JSON.parse(pieces.map((piece) => piece.arguments).join(''))).toEqual({ city: 'Ulm' });
    expect(parts.filter((part) => part.type === 'tool_call')).toEqual([
      { type: 'tool_call', index: 0, toolCall: result.toolCalls[0] },
    ]);
  });

  it.each([['required' as const], [{ name: 'get_weather' }]])(
    'with the tool that %j insists on',
    async (toolChoice) => {
      const result = await stage.both(stage.request({ tools: [WEATHER], toolChoice }));
      expect(result.toolCalls).toMatchObject([
        { name: 'get_weather', arguments: { city: expect.any(String) as string } },
      ]);
      expect(result.finishReason.unified).toBe('tool_calls');
    },
  );

  it('without tools when they are forbidden', async () => {
    const result = await stage.both(stage.request({ tools: [WEATHER], toolChoice: 'none' }));
    expect(result).toMatchObject({ toolCalls: [], finishReason: { unified: 'stop' } });
  });

  it('with usage unknown, not zero, when the vendor reports none', async () => {
    const result = await stage.both(stage.scripted({ text: 'ok', fault: 'no_usage' }));
    expect(result).toMatchObject({
      content: 'ok',
      rawUsage: null,
      metered: { vector: null, quality: 'missing' },
    });
  });

  it('lists the models of the account', async () => {
    const models = await stage.strategy.listModels(stage.options());
    expect(models.length).toBeGreaterThan(2);
    expect(models.every(({ id }) => id !== '' && !id.startsWith('models/'))).toBe(true);
  });
});

describe.each(VENDORS.filter(({ id }) => id === 'anthropic' || id === 'google'))('$id thinks', (vendor) => {
  let stage: Stage;
  beforeAll(async () => (stage = await Stage.open(vendor)));
  afterAll(() => stage.close());

  it('apart from its text', async () => {
    const result = await stage.both(
      stage.scripted(
        { text: 'Forty-two.', thinking: 'Six times nine?' },
        { model: vendor.thinkingModel, parameters: { maxTokens: 4000, reasoning: { effort: 'high' } } },
      ),
    );
    expect(result.content).toBe('Forty-two.');
    expect(result.reasoning.map(({ text }) => text).join('')).toBe('Six times nine?');
  });

  it('within a budget', async () => {
    const parameters = { maxTokens: 4000, reasoning: { budgetTokens: 2048 } };
    // Newer models of Anthropic's take no budget.
    const model = vendor.id === 'anthropic' ? 'claude-sonnet-4-6' : vendor.model;
    const result = await stage.both(stage.request({ model, parameters }));
    expect(result.reasoning).toHaveLength(1);
    expect(JSON.stringify(stage.sentBody())).toContain('2048');
  });

  it('and takes its signed thoughts back in a tool loop', async () => {
    const change = {
      model: vendor.thinkingModel,
      tools: [WEATHER],
      parameters: { maxTokens: 4000, reasoning: { effort: 'medium' as const } },
    };
    const ask = stage.scripted({ toolCalls: [{ name: 'get_weather', arguments: { city: 'Jena' } }] }, change);
    for (const first of [await stage.generate(ask), (await stage.stream(ask)).result]) {
      const call = first.toolCalls[0];
      expect(first.reasoning[0]?.signature ?? call?.signature).toEqual(expect.any(String));
      const result = await stage.both({
        ...ask,
        messages: [
          ...ask.messages,
          assistantTurn(first),
          { role: 'tool', toolCallId: call?.id ?? '', content: 'windy' },
        ],
      });
      expect(result.content).toBe('The tool said: windy');
    }
  });

  it("goes on with a call that another vendor's model made", async () => {
    const result = await stage.both(
      stage.request({
        model: vendor.thinkingModel,
        tools: [WEATHER],
        messages: [
          { role: 'user', content: 'The weather?' },
          {
            role: 'assistant',
            content: null,
            reasoning: [{ text: 'Unsigned.' }],
            toolCalls: [{ id: 'call_abc', name: 'get_weather', arguments: { city: 'Trier' } }],
          },
          { role: 'tool', toolCallId: 'call_abc', content: '{"sky":"blue"}' },
        ],
      }),
    );
    expect(result.content).toContain('blue');
  });
});

describe('openai', () => {
  it('sends the output limit by the name that the vendor takes', async () => {
    for (const vendor of VENDORS.filter(({ protocol }) => protocol === 'openai')) {
      const stage = await Stage.open(vendor);
      await stage.both(stage.request({ model: vendor.thinkingModel, parameters: { maxTokens: 77 } }));
      const name = vendor.id === 'openai' ? 'max_completion_tokens' : 'max_tokens';
      expect(stage.sentBody()).toMatchObject({ [name]: 77, stream_options: { include_usage: true } });
      await stage.close();
    }
  });
});
