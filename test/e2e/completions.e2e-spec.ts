import { type CompletionView } from '../../src/completions/dto/completion-view.dto';
import { type EventDetailView, type EventPage, type EventView } from '../../src/usage/dto/event.dto';
import { type StatsView } from '../../src/usage/dto/stats.dto';
import { createModel, directed, type VendorName } from '../support/configure';
import { engines } from '../support/engines';
import { readEvents } from '../support/event-stream';
import { type Simulator, startSimulator } from '../support/simulator/server';
import { startStudio, type Studio } from '../support/studio';

const USAGE = { input: 1200, cached: 800, output: 300, reasoning: 120 };

/** By hand, in dollars per million: 400 and 800 cached in, 180 and 120 reasoning out. */
const EXPECTED: Readonly<Record<VendorName, { model: string; cost: string }>> = {
  // 400 × 0.15 + 800 × 0.075 + 300 × 0.60
  openai: { model: 'gpt-4o-mini', cost: '0.000300000000' },
  // 400 × 5 + 800 × 0.50 + 300 × 25
  anthropic: { model: 'claude-opus-5', cost: '0.009900000000' },
  // 400 × 0.30 + 800 × 0.03 + 300 × 2.50
  google: { model: 'gemini-2.5-flash', cost: '0.000894000000' },
};

describe.each(engines)('Completions on $name', (engine) => {
  let studio: Studio;
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await startSimulator();
    studio = await startStudio(engine);
  });
  afterAll(async () => {
    await studio.close();
    await simulator.close();
  });

  async function eventOf(completionId: string): Promise<EventView | undefined> {
    const { body } = await studio.request<EventPage>('GET', '/api/v1/usage/events?limit=1000');
    return body.data.find((event) => event.completionId === completionId);
  }

  describe.each(['openai', 'anthropic', 'google'] as const)('at %s', (vendor) => {
    it('answers with the text, the usage vector and the cost to the last pico-dollar', async () => {
      const model = await createModel(studio, simulator, vendor);
      const { status, body } = await studio.request<CompletionView>('POST', '/api/v1/completions', {
        model: model.name,
        prompt: directed({ text: 'Grüße, 日本 🙂', usage: USAGE }),
      });
      expect(status).toBe(200);
      expect(body).toMatchObject({
        model: { id: model.id, name: model.name },
        provider: { id: model.providerId, type: vendor },
        content: 'Grüße, 日本 🙂',
        finishReason: { unified: 'stop' },
        usage: {
          inputTokens: 1200,
          outputTokens: 300,
          totalTokens: 1500,
          vector: { input_text: 400, cache_read_text: 800, output_text: 180, output_reasoning: 120 },
        },
        cost: { amount: EXPECTED[vendor].cost, currency: 'USD', status: 'priced' },
      });
      expect(body.performance.latencyMs).toBeGreaterThan(0);
    });

    it('streams the same, and records it as one settled event', async () => {
      const model = await createModel(studio, simulator, vendor);
      const response = await studio.fetch('POST', '/api/v1/completions', {
        model: model.name,
        prompt: directed({ text: 'one two three', usage: USAGE, chunks: 3 }),
        stream: true,
      });
      const events = await readEvents(response);
      const text = events
        .filter(({ event }) => event === 'delta')
        .map(({ data }) => (data as { content?: string }).content ?? '');
      const done = events.at(-1);
      expect(text.join('')).toBe('one two three');
      expect(done?.event).toBe('done');
      const completion = done?.data as CompletionView;
      expect(completion).toMatchObject({ content: 'one two three', cost: { amount: EXPECTED[vendor].cost } });
      expect(await eventOf(completion.id)).toMatchObject({
        status: 'succeeded',
        streamed: true,
        attempt: 1,
        cost: { amount: EXPECTED[vendor].cost, status: 'priced' },
      });
    });

    it('passes images, and the thinking apart from the text', async () => {
      const model = await createModel(studio, simulator, vendor);
      const { status, body } = await studio.request<CompletionView>('POST', '/api/v1/completions', {
        model: model.name,
        parameters: {
          maxTokens: 4000,
          ...(vendor === 'openai' ? {} : { reasoning: { budgetTokens: 1024 } }),
        },
        messages: [
          { role: 'system', content: 'Be brief.' },
          {
            role: 'user',
            content: [
              {
                type: 'text',
                text: directed({
                  text: 'A cat.',
                  ...(vendor === 'openai' ? {} : { thinking: 'I see fur.' }),
                }),
              },
              { type: 'image', mediaType: 'image/png', data: 'iVBORw0KGgo=' },
            ],
          },
        ],
      });
      expect(body).toMatchObject({ content: 'A cat.', reasoning: vendor === 'openai' ? null : 'I see fur.' });
      expect(status).toBe(200);
    });

    it('carries a tool loop to its end', async () => {
      const model = await createModel(studio, simulator, vendor);
      const tools = [
        {
          name: 'get_weather',
          description: 'The weather',
          parameters: { type: 'object', properties: { city: { type: 'string' } } },
        },
      ];
      const question = {
        role: 'user',
        content: directed({ toolCalls: [{ name: 'get_weather', arguments: { city: 'Paris' } }] }),
      };
      const first = await studio.request<CompletionView>('POST', '/api/v1/completions', {
        model: model.name,
        messages: [question],
        tools,
      });
      expect(first.body).toMatchObject({
        finishReason: { unified: 'tool_calls' },
        toolCalls: [{ name: 'get_weather', arguments: { city: 'Paris' } }],
      });
      const [call] = first.body.toolCalls;
      const second = await studio.request<CompletionView>('POST', '/api/v1/completions', {
        model: model.name,
        messages: [
          question,
          { role: 'assistant', content: first.body.content || null, toolCalls: first.body.toolCalls },
          { role: 'tool', toolCallId: call?.id, content: '{"celsius":21}' },
        ],
        tools,
      });
      expect(second.status).toBe(200);
      expect(second.body.content).toContain('21');
    });
  });

  it('prices nothing for a model that the book does not know, and says so', async () => {
    const model = await createModel(studio, simulator, 'openai', { modelId: 'a-model-of-tomorrow' });
    const { body } = await studio.request<CompletionView>('POST', '/api/v1/completions', {
      model: model.id,
      prompt: 'Hi',
    });
    expect(body.cost).toEqual({ amount: null, currency: 'USD', status: 'unpriced', priceVersionId: null });
  });

  it('keeps the raw usage and the cost line by line', async () => {
    const model = await createModel(studio, simulator);
    const { body } = await studio.request<CompletionView>('POST', '/api/v1/completions', {
      model: model.name,
      prompt: directed({ usage: USAGE }),
      tags: ['blue', 'alpha'],
      metadata: { ticket: 7 },
      user: 'ada',
    });
    const listed = await eventOf(body.id);
    const { body: event } = await studio.request<EventDetailView>(
      'GET',
      `/api/v1/usage/events/${listed?.id}`,
    );
    expect(event).toMatchObject({
      completionId: body.id,
      tags: ['alpha', 'blue'],
      metadata: { ticket: 7 },
      user: 'ada',
      rawUsage: { prompt_tokens: 1200, prompt_tokens_details: { cached_tokens: 800 } },
    });
    expect(event.costLines).toContainEqual(
      expect.objectContaining({
        usageClass: 'cache_read_text',
        count: 800,
        unitPrice: '0.075',
        amount: '0.000060000000',
      }),
    );
  });

  it('lets the call win over the model, and the model over the provider', async () => {
    const model = await createModel(studio, simulator, 'openai', {
      parameters: { temperature: 0.5, topP: 0.9 },
      provider: { configuration: { temperature: 0.1, maxTokens: 77 } },
    });
    simulator.reset();
    await studio.request('POST', '/api/v1/completions', {
      model: model.name,
      prompt: 'Hi',
      parameters: { topP: 0.3 },
    });
    expect(simulator.requests().at(-1)?.body).toMatchObject({
      temperature: 0.5,
      top_p: 0.3,
      max_completion_tokens: 77,
    });
  });

  it('makes each retry an attempt of its own, and counts the call once', async () => {
    const model = await createModel(studio, simulator, 'openai', {
      provider: { configuration: { maxRetries: 2 } },
    });
    simulator.enqueue({ status: 500 }, { vendor: 'openai' });
    const { status, body } = await studio.request<CompletionView>('POST', '/api/v1/completions', {
      model: model.name,
      prompt: 'Hi',
    });
    expect(status).toBe(200);
    const page = await studio.request<EventPage>('GET', '/api/v1/usage/events?limit=1000');
    const attempts = page.body.data.filter(({ completionId }) => completionId === body.id);
    expect(attempts.map(({ attempt, status: state, endsCall }) => [attempt, state, endsCall])).toEqual([
      [2, 'succeeded', true],
      [1, 'failed', false],
    ]);
  });

  it('tests a model with a real small call: its answer, or the verdict', async () => {
    const good = await createModel(studio, simulator);
    expect(await studio.request('POST', `/api/v1/models/${good.id}/test`)).toMatchObject({
      status: 200,
      body: {
        valid: true,
        verdict: 'ok',
        cost: { status: 'priced' },
        usage: { vector: expect.anything() as unknown },
      },
    });
    const bad = await createModel(studio, simulator, 'openai', { provider: { apiKey: 'bad-key-of-a-test' } });
    expect(await studio.request('POST', `/api/v1/models/${bad.id}/test`)).toMatchObject({
      status: 200,
      body: { valid: false, verdict: 'bad_key' },
    });
  });

  it('shows what was called in the statistics after a rollup', async () => {
    const model = await createModel(studio, simulator);
    for (let index = 0; index < 3; index += 1) {
      await studio.request('POST', '/api/v1/completions', {
        model: model.name,
        prompt: directed({ usage: USAGE }),
      });
    }
    await studio.runJob('usage-rollup');
    const { body } = await studio.request<StatsView>('GET', '/api/v1/usage/stats?groupBy=model');
    expect(body.series.find(({ group }) => group?.id === model.id)).toMatchObject({
      requests: 3,
      totalTokens: 4500,
      cost: '0.000900000000',
      coverage: 1,
    });
    expect(body.daily).toHaveLength(30);
    const list = await studio.request<{ data: { id: string; monthlyUsage: unknown }[] }>(
      'GET',
      '/api/v1/models?include=monthlyUsage&limit=1000',
    );
    expect(list.body.data.find(({ id }) => id === model.id)?.monthlyUsage).toEqual({
      requests: 3,
      tokens: 4500,
      cost: '0.000900000000',
      changePercent: null,
    });
  });
});
