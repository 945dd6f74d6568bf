import { createGoogleGenerativeAI, type GoogleGenerativeAIProvider } from '@ai-sdk/google';
import { APICallError, embedMany, generateText, isStepCount, Output, streamText, tool } from 'ai';
import { z } from 'zod';
import { createProvider, directed, type VendorName } from '../../../support/configure';
import { until } from '../../../support/until';
import { type ClientStage, openStage, VENDORS } from '../harness';

const PDF = 'JVBERi0xLjQK';
const PNG = 'iVBORw0KGgo=';
const TWO_CALLS = [
  { name: 'get_weather', arguments: { city: 'Köln' } },
  { name: 'get_weather', arguments: { city: 'Rome' } },
];
const tools = {
  get_weather: tool({
    description: 'The weather of a city',
    inputSchema: z.object({ city: z.string() }),
    execute: ({ city }) => Promise.resolve(`rain in ${city}`),
  }),
};

let stage: ClientStage;
beforeAll(async () => (stage = await openStage()));
beforeEach(() => stage.simulator.reset());
afterAll(() => stage.close());

function provider(apiKey = stage.key): GoogleGenerativeAIProvider {
  return createGoogleGenerativeAI({ apiKey, baseURL: `${stage.url}/v1beta` });
}

function sentBody(): string {
  return JSON.stringify(stage.simulator.requests().at(-1)?.body);
}

const quiet = { maxRetries: 0, maxOutputTokens: 40_000 };

describe.each(VENDORS)("Vercel's AI SDK, for Google, with a model of %s", (vendor: VendorName) => {
  const model = () => provider()(stage.models[vendor]);
  const thinker = () => provider()(stage.thinkingModels[vendor]);

  it('answers with a model that is named by its provider', async () => {
    const { name } = await createProvider(stage.studio, stage.simulator, vendor);
    const named = provider()(`${name}/gemini-2.5-flash`);
    const answer = await generateText({ ...quiet, model: named, prompt: directed({ text: 'Good day.' }) });
    expect(answer.text).toBe('Good day.');
  });

  it('answers', async () => {
    const usage = { input: 1000, cached: 300, output: 200 };
    const answer = await generateText({
      ...quiet,
      model: model(),
      prompt: directed({ text: 'Good day.', usage }),
    });
    expect(answer.text).toBe('Good day.');
    expect(answer.finishReason).toBe('stop');
    expect(answer.usage).toMatchObject({
      inputTokens: 1000,
      outputTokens: 200,
      inputTokenDetails: { cacheReadTokens: 300 },
    });
    expect(await stage.eventOf(answer.response.headers?.['x-goog-request-id'] ?? '')).toMatchObject({
      status: 'succeeded',
      usage: { inputTokens: 1000, outputTokens: 200 },
    });
  });

  it('streams, and ends with the right usage', async () => {
    const usage = { input: 1000, output: 200 };
    const prompt = directed({ text: 'Grüße aus 日本 🙂', chunks: 4, usage });
    const answer = streamText({ ...quiet, model: model(), prompt });
    const texts: string[] = [];
    for await (const text of answer.textStream) texts.push(text);
    expect(texts.join('')).toBe('Grüße aus 日本 🙂');
    expect(texts.length).toBeGreaterThan(1);
    expect(await answer.finishReason).toBe('stop');
    expect(await answer.usage).toMatchObject({ inputTokens: 1000, outputTokens: 200 });
  });

  it.each([true, false])('goes through a loop of parallel calls (streamed: %s)', async (streamed) => {
    const asked = {
      ...quiet,
      model: model(),
      tools,
      stopWhen: isStepCount(3),
      prompt: directed({ toolCalls: TWO_CALLS }),
    };
    const answer = streamed ? streamText(asked) : await generateText(asked);
    expect(await answer.text).toContain('rain in Rome');
    expect(await answer.steps).toHaveLength(2);
    expect(sentBody()).toContain('rain in Köln');
  });

  it.each([true, false])('thinks, also within a loop of tools (streamed: %s)', async (streamed) => {
    const asked = {
      ...quiet,
      model: thinker(),
      tools,
      stopWhen: isStepCount(3),
      prompt: directed({ thinking: 'Let me see.', toolCalls: TWO_CALLS.slice(0, 1) }),
      providerOptions: { google: { thinkingConfig: { includeThoughts: true } } },
    };
    const answer = streamed ? streamText(asked) : await generateText(asked);
    expect(await answer.text).toContain('rain in Köln');
    const [first] = await answer.steps;
    if (vendor !== 'openai') expect(first?.reasoningText).toBe('Let me see.');
    if (vendor === 'anthropic') expect(sentBody()).toContain('"signature":"SimSig');
    expect(sentBody()).not.toContain('skip_thought_signature_validator');
  });

  it('keeps the answer to a schema', async () => {
    const { output } = await generateText({
      ...quiet,
      model: model(),
      prompt: 'Who?',
      output: Output.object({ schema: z.object({ name: z.string() }) }),
    });
    expect(output).toHaveProperty('name');
  });

  it.each([
    ['a picture', PNG, 'image/png'],
    ['a PDF', PDF, 'application/pdf'],
  ])('shows %s', async (_name, data, mediaType) => {
    const content = [
      { type: 'text' as const, text: 'Look' },
      { type: 'file' as const, data, mediaType },
    ];
    await generateText({ ...quiet, model: model(), messages: [{ role: 'user', content }] });
    expect(sentBody()).toContain(data);
  });

  it('closes the vendor when the client leaves', async () => {
    const leaving = new AbortController();
    const answer = streamText({
      ...quiet,
      model: model(),
      prompt: directed({ chunks: 1000, chunkDelayMs: 5 }),
      abortSignal: leaving.signal,
    });
    const types: string[] = [];
    for await (const { type } of answer.fullStream) {
      types.push(type);
      if (type === 'text-delta') leaving.abort();
    }
    expect(types).toContain('abort');
    await until(() => stage.simulator.activeStreams() === 0);
  });

  it.each(['cut', 'stall', 'error_event'] as const)('tells of a stream with the fault %s', async (fault) => {
    const answer = streamText({
      ...quiet,
      model: model(),
      prompt: directed({ text: 'a b c d', chunks: 4, fault, after: 2, chunkDelayMs: 20 }),
      onError: () => undefined,
    });
    const types: string[] = [];
    for await (const { type } of answer.fullStream) types.push(type);
    expect(types).toContain('error');
    expect(await answer.finishReason).not.toBe('stop');
  });

  it.each([400, 429, 500])("throws its own error for the vendor's %i", async (status) => {
    const failing = generateText({
      ...quiet,
      model: model(),
      prompt: directed({ status, retryAfter: 7, errorMessage: 'Why so.' }),
    });
    const error = (await failing.catch((thrown: unknown) => thrown)) as APICallError;
    expect(APICallError.isInstance(error)).toBe(true);
    expect(error.message).toContain('Why so.');
    expect(error.isRetryable).toBe(status !== 400);
  });
});

describe("Vercel's AI SDK, for Google", () => {
  it.each(['openai', 'google'] as const)('makes many vectors with a model of %s', async (vendor) => {
    const model = provider().textEmbeddingModel(stage.embeddingModels[vendor]);
    const { embeddings } = await embedMany({ model, values: ['One', 'Two', 'Three'], maxRetries: 0 });
    expect(embeddings).toHaveLength(3);
    expect(embeddings[0]).not.toEqual(embeddings[1]);
  });

  it('is refused with a wrong key', async () => {
    const failing = generateText({ ...quiet, model: provider('wrong')(stage.models.openai), prompt: 'Hi' });
    await expect(failing).rejects.toMatchObject({ statusCode: 401, isRetryable: false });
  });
});
