import { type GenerateContentStreamResult, GenerativeModel } from '@google/generative-ai';
import { AIMessageChunk, HumanMessage, ToolMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatGoogleGenerativeAI } from '@langchain/google-genai';
import { z } from 'zod';
import { createModel, directed, type VendorName } from '../../../support/configure';
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

/** LangChain leaves the second promise of a stream without a handler: it is rejected with the first. */
function handleSecondPromises(): void {
  const { prototype } = GenerativeModel;
  const open = Reflect.get(prototype, 'generateContentStream') as (
    this: GenerativeModel,
    ...asked: unknown[]
  ) => Promise<GenerateContentStreamResult>;
  jest.spyOn(prototype, 'generateContentStream').mockImplementation(async function (
    this: GenerativeModel,
    ...asked: unknown[]
  ) {
    const result = await open.apply(this, asked);
    result.response.catch(() => undefined);
    return result;
  });
}

let stage: ClientStage;
beforeAll(async () => {
  stage = await openStage();
  handleSecondPromises();
});
beforeEach(() => stage.simulator.reset());
afterAll(async () => {
  jest.restoreAllMocks();
  await stage.close();
});

type Fields = Partial<ConstructorParameters<typeof ChatGoogleGenerativeAI>[0] & object>;

function chat(model: string, fields: Fields = {}): ChatGoogleGenerativeAI {
  return new ChatGoogleGenerativeAI({
    model,
    apiKey: stage.key,
    baseUrl: stage.url,
    maxRetries: 0,
    ...fields,
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

describe.each(VENDORS)('ChatGoogleGenerativeAI of LangChain with a model of %s', (vendor: VendorName) => {
  const model = (fields?: Fields): ChatGoogleGenerativeAI => chat(stage.models[vendor], fields);

  it('answers', async () => {
    const usage = { input: 1000, cached: 300, output: 200 };
    const answer = await model().invoke(directed({ text: 'Good day.', usage }));
    expect(answer.text).toBe('Good day.');
    expect(answer.usage_metadata).toMatchObject({
      input_tokens: 1000,
      output_tokens: 200,
      total_tokens: 1200,
    });
  });

  it('streams, and ends with the right usage', async () => {
    const prompt = directed({ text: 'Grüße aus 日本 🙂', chunks: 4, usage: { input: 1000, output: 200 } });
    const whole = await gather(await model().stream(prompt));
    expect(whole.text).toBe('Grüße aus 日本 🙂');
    expect(whole.usage_metadata).toMatchObject({ input_tokens: 1000, output_tokens: 200 });
  });

  it.each([true, false])('goes through a loop of parallel calls (streamed: %s)', async (streamed) => {
    const bound = model().bindTools([weather]);
    // It sends each result as a turn of its own, which Google itself does not take.
    const toolCalls = vendor === 'google' ? TWO_CALLS.slice(1) : TWO_CALLS;
    const question = new HumanMessage(directed({ toolCalls }));
    const ask = async (messages: Parameters<typeof bound.invoke>[0]) =>
      streamed ? gather(await bound.stream(messages)) : bound.invoke(messages);
    const first = await ask([question]);
    expect(first.tool_calls?.map(({ args }) => args)).toEqual(toolCalls.map((call) => call.arguments));
    const results: ToolMessage[] = [];
    for (const call of first.tool_calls ?? []) results.push(await weather.invoke(call));
    const second = await ask([question, first, ...results]);
    expect(second.text).toContain('rain in Rome');
    for (const { arguments: asked } of toolCalls) expect(sentBody()).toContain(`rain in ${asked.city}`);
  });

  it.each([true, false])(
    'goes through a loop of tools with a model that thinks (streamed: %s)',
    async (streamed) => {
      const thinker = chat(stage.thinkingModels[vendor], {
        thinkingConfig: { includeThoughts: true },
        maxOutputTokens: 4000,
      }).bindTools([weather]);
      const question = new HumanMessage(
        directed({ thinking: 'Let me see.', toolCalls: TWO_CALLS.slice(0, 1) }),
      );
      const ask = async (messages: Parameters<typeof thinker.invoke>[0]) =>
        streamed ? gather(await thinker.stream(messages)) : thinker.invoke(messages);
      const first = await ask([question]);
      if (vendor !== 'openai') expect(JSON.stringify(first.content)).toMatch(/Let.* me.* see\./);
      const result = new ToolMessage({
        content: 'rain',
        tool_call_id: first.tool_calls?.[0]?.id ?? '',
        name: 'get_weather',
      });
      expect((await ask([question, first, result])).text).toContain('rain');
    },
  );

  it('shows a picture', async () => {
    const content = [
      { type: 'text', text: 'Look' },
      { type: 'image_url', image_url: `data:image/png;base64,${PNG}` },
    ];
    // It knows by a model's name whether it takes pictures.
    const { name } = await createModel(stage.studio, stage.simulator, vendor, {
      name: `gemini-2.5-${vendor}`,
    });
    await chat(name).invoke([new HumanMessage({ content })]);
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
    await expect(model().invoke(directed({ status, errorMessage: 'Why so.' }))).rejects.toThrow('Why so.');
  });
});
