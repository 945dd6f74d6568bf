import { ChatAnthropic } from '@langchain/anthropic';
import { AIMessageChunk, HumanMessage, ToolMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { z } from 'zod';
import { directed, type VendorName } from '../../../support/configure';
import { until } from '../../../support/until';
import { type ClientStage, openStage, VENDORS } from '../harness';

const PNG = 'iVBORw0KGgo=';
const TWO_CALLS = [
  { name: 'get_weather', arguments: { city: 'Köln' } },
  { name: 'get_weather', arguments: { city: 'Rome' } },
];
const weather = tool(({ city }: { city: string }) => `rain in ${city}`, {
  name: 'get_weather',
  description: 'The weather of a city',
  schema: z.object({ city: z.string() }),
});

let stage: ClientStage;
beforeAll(async () => (stage = await openStage()));
beforeEach(() => stage.simulator.reset());
afterAll(() => stage.close());

type Fields = ConstructorParameters<typeof ChatAnthropic>[0];

function chat(model: string, fields: Fields = {}): ChatAnthropic {
  return new ChatAnthropic({
    model,
    apiKey: stage.key,
    anthropicApiUrl: stage.url,
    maxRetries: 0,
    maxTokens: 2000,
    ...(fields as object),
  });
}

function sentBody(): string {
  return JSON.stringify(stage.simulator.requests().at(-1)?.body);
}

async function gather(stream: AsyncIterable<AIMessageChunk>): Promise<AIMessageChunk> {
  let whole: AIMessageChunk | undefined;
  for await (const chunk of stream) whole = whole ? whole.concat(chunk) : chunk;
  return whole ?? new AIMessageChunk('');
}

describe.each(VENDORS)('ChatAnthropic of LangChain with a model of %s', (vendor: VendorName) => {
  const model = (fields?: Fields): ChatAnthropic => chat(stage.models[vendor], fields);

  it('answers', async () => {
    const usage = { input: 1000, cached: 300, output: 200 };
    const answer = await model().invoke(directed({ text: 'Good day.', usage }));
    expect(answer.text).toBe('Good day.');
    expect(answer.usage_metadata).toMatchObject({
      output_tokens: 200,
      input_token_details: { cache_read: 300 },
    });
    expect(answer.response_metadata).toMatchObject({ stop_reason: 'end_turn' });
  });

  it('streams; it reads what the input counts from the first event, where only Anthropic knows it', async () => {
    const prompt = directed({ text: 'Grüße aus 日本 🙂', chunks: 4, usage: { input: 1000, output: 200 } });
    const whole = await gather(await model().stream(prompt));
    expect(whole.text).toBe('Grüße aus 日本 🙂');
    expect(whole.usage_metadata?.output_tokens).toBeGreaterThanOrEqual(200);
    expect(whole.usage_metadata?.input_tokens).toBe(vendor === 'anthropic' ? 1000 : 0);
  });

  it.each([true, false])('goes through a loop of parallel calls (streamed: %s)', async (streamed) => {
    const bound = model().bindTools([weather]);
    const question = new HumanMessage(directed({ toolCalls: TWO_CALLS }));
    const ask = async (messages: Parameters<typeof bound.invoke>[0]) =>
      streamed ? gather(await bound.stream(messages)) : bound.invoke(messages);
    const first = await ask([question]);
    expect(first.tool_calls?.map(({ args }) => args)).toEqual([{ city: 'Köln' }, { city: 'Rome' }]);
    const results = await Promise.all(
      (first.tool_calls ?? []).map(async (call) => await weather.invoke(call)),
    );
    const second = await ask([question, first, ...results]);
    expect(second.text).toContain('rain in Rome');
    expect(sentBody()).toContain('rain in Köln');
  });

  it.each([true, false])('thinks, also within a loop of tools (streamed: %s)', async (streamed) => {
    const thinker = chat(stage.thinkingModels[vendor], {
      thinking: { type: 'adaptive', display: 'summarized' },
      maxTokens: 4000,
    }).bindTools([weather]);
    const question = new HumanMessage(
      directed({ thinking: 'Let me see.', toolCalls: TWO_CALLS.slice(0, 1) }),
    );
    const ask = async (messages: Parameters<typeof thinker.invoke>[0]) =>
      streamed ? gather(await thinker.stream(messages)) : thinker.invoke(messages);
    const first = await ask([question]);
    if (vendor !== 'openai') expect(JSON.stringify(first.content)).toContain('Let me see.');
    const call = first.tool_calls?.[0];
    const result = new ToolMessage({ content: 'rain', tool_call_id: call?.id ?? '' });
    expect((await ask([question, first, result])).text).toContain('rain');
    expect(sentBody()).not.toContain('skip_thought_signature_validator');
  });

  it('shows a picture', async () => {
    const content = [
      { type: 'text', text: 'Look' },
      { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
    ];
    await model().invoke([new HumanMessage({ content })]);
    expect(sentBody()).toContain(PNG);
  });

  it('keeps the answer to a schema', async () => {
    const asked = model().withStructuredOutput(z.object({ name: z.string() }));
    expect(await asked.invoke('Who?')).toHaveProperty('name');
  });

  it('closes the vendor when the client leaves', async () => {
    const leaving = new AbortController();
    const stream = await model().stream(directed({ chunks: 1000, chunkDelayMs: 5 }), {
      signal: leaving.signal,
    });
    const read = async (): Promise<void> => {
      for await (const chunk of stream) {
        void chunk;
        leaving.abort();
      }
    };
    await read().catch(() => undefined);
    await until(() => stage.simulator.activeStreams() === 0);
  });

  it.each(['cut', 'stall', 'error_event'] as const)(
    'throws for a stream with the fault %s',
    async (fault) => {
      const stream = await model().stream(
        directed({ text: 'a b c d', chunks: 4, fault, after: 2, chunkDelayMs: 20 }),
      );
      await expect(gather(stream)).rejects.toThrow();
    },
  );

  it.each([400, 429])("throws for the vendor's %i", async (status) => {
    await expect(model().invoke(directed({ status, retryAfter: 7 }))).rejects.toMatchObject({ status });
  });
});
