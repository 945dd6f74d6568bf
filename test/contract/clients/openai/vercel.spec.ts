import { createOpenAI, type OpenAIProvider } from '@ai-sdk/openai';
import {
  APICallError,
  embedMany,
  generateObject,
  generateText,
  isStepCount,
  type LanguageModel,
  type ModelMessage,
  Output,
  streamText,
  tool,
} from 'ai';
import { z } from 'zod';
import { directed, type VendorName } from '../../../support/configure';
import { until } from '../../../support/until';
import { type ClientStage, openStage, VENDORS } from '../harness';
import { failureOf, ONE_CALL, PDF, PNG, TWO_CALLS } from './examples';

const tools = {
  get_weather: tool({
    description: 'The weather of a city',
    inputSchema: z.object({ city: z.string() }),
    execute: ({ city }) => Promise.resolve(`rain in ${city}`),
  }),
};
const CITY = z.object({ city: z.string() });
const USAGE = { input: 1000, cached: 300, output: 200, reasoning: 50 };
const quiet = { maxRetries: 0 };

let stage: ClientStage;
beforeAll(async () => (stage = await openStage()));
beforeEach(() => stage.simulator.reset());
afterAll(() => stage.close());

function provider(): OpenAIProvider {
  return createOpenAI({ apiKey: stage.key, baseURL: `${stage.url}/v1` });
}

const APIS = {
  'Chat Completions': (name: string) => provider().chat(name),
  Responses: (name: string) => provider()(name),
};
type Api = keyof typeof APIS;
const PAIRS = (Object.keys(APIS) as Api[]).flatMap((api) => VENDORS.map((vendor) => ({ api, vendor })));

describe.each(PAIRS)("Vercel's AI SDK with OpenAI's $api and a model of $vendor", ({ api, vendor }) => {
  const model = (): LanguageModel => APIS[api](stage.models[vendor]);
  const thinker = (): LanguageModel => APIS[api](stage.thinkingModels[vendor]);

  it('answers, with the right usage', async () => {
    const prompt = directed({ text: 'Good day.', usage: USAGE });
    const answer = await generateText({ ...quiet, model: model(), prompt });
    expect(answer.text).toBe('Good day.');
    expect(answer.finishReason).toBe('stop');
    expect(answer.usage).toMatchObject({
      inputTokens: 1000,
      outputTokens: 200,
      inputTokenDetails: { cacheReadTokens: 300 },
      outputTokenDetails: { reasoningTokens: 50 },
    });
    expect(await stage.eventOf(answer.response.headers?.['x-request-id'] ?? '')).toMatchObject({
      status: 'succeeded',
      usage: { inputTokens: 1000, outputTokens: 200 },
    });
  });

  it('streams, and ends with the right usage', async () => {
    const prompt = directed({ text: 'Grüße aus 日本 🙂', chunks: 4, usage: USAGE });
    const answer = streamText({ ...quiet, model: model(), prompt });
    const texts: string[] = [];
    for await (const text of answer.textStream) texts.push(text);
    expect(texts.join('')).toBe('Grüße aus 日本 🙂');
    expect(texts.length).toBeGreaterThan(1);
    expect(await answer.finishReason).toBe('stop');
    expect(await answer.usage).toMatchObject({ inputTokens: 1000, outputTokens: 200 });
  });

  it.each([true, false])('goes through a loop of parallel calls (streamed: %s)', async (streamed) => {
    const asked = { ...quiet, model: model(), tools, stopWhen: isStepCount(3), prompt: directed(TWO_CALLS) };
    const answer = streamed ? streamText(asked) : await generateText(asked);
    expect(await answer.text).toContain('rain in Rome');
    expect(await answer.steps).toHaveLength(2);
    expect(JSON.stringify(stage.simulator.requests().at(-1)?.body)).toContain('rain in Köln');
  });

  it.each([true, false])('goes on with what was answered (streamed: %s)', async (streamed) => {
    const messages: ModelMessage[] = [{ role: 'user', content: directed(TWO_CALLS) }];
    const asked = { ...quiet, model: model(), tools, stopWhen: isStepCount(3), messages };
    const answer = streamed ? streamText(asked) : await generateText(asked);
    const { messages: answered } = await answer.response;
    const next: ModelMessage[] = [...messages, ...answered, { role: 'user', content: 'And tomorrow?' }];
    const { text } = await generateText({ ...quiet, model: model(), tools, messages: next });
    expect(text).toBe('You said: And tomorrow?');
  });

  // The SDK takes only models of OpenAI's names for ones that think, unless it is told.
  it.each([
    [true, true],
    [false, true],
    [true, false],
    [false, false],
  ])('thinks through a tool loop (streamed: %s, store: %s)', async (streamed, store) => {
    const asked = {
      ...quiet,
      model: thinker(),
      tools,
      stopWhen: isStepCount(3),
      prompt: directed({ ...ONE_CALL, thinking: 'Let me look.' }),
      providerOptions: {
        openai: {
          forceReasoning: true,
          reasoningEffort: 'high',
          ...(api === 'Responses' && { reasoningSummary: 'auto' }),
          ...(!store && { store, include: ['reasoning.encrypted_content'] }),
        },
      },
    };
    const answer = streamed ? streamText(asked) : await generateText(asked);
    expect(await answer.text).toBe('The tool said: rain in Jena');
    const [first] = await answer.steps;
    if (api === 'Responses') expect(first?.reasoningText).toBe('Let me look.');
    const sent = JSON.stringify(stage.simulator.requests().at(-1)?.body);
    if (store) expect(sent).not.toContain('skip_thought_signature_validator');
    if (store && vendor === 'anthropic') expect(sent).toContain('"type":"thinking"');
  });

  it('sends images and documents', async () => {
    const content = [
      { type: 'text' as const, text: 'Look.' },
      { type: 'image' as const, image: Buffer.from(PNG, 'base64'), mediaType: 'image/png' },
      { type: 'image' as const, image: new URL('https://e.test/a.png') },
      { type: 'file' as const, data: PDF, mediaType: 'application/pdf', filename: 'a.pdf' },
    ];
    const { text } = await generateText({ ...quiet, model: model(), messages: [{ role: 'user', content }] });
    expect(text).toMatch(/^You said: Look.*images/);
    const sent = JSON.stringify(stage.simulator.requests().at(-1)?.body);
    for (const data of [PNG, PDF, 'https://e.test/a.png']) expect(sent).toContain(data);
  });

  it('makes objects by a schema', async () => {
    const prompt = 'Which city?';
    const object = await generateObject({ ...quiet, model: model(), schema: CITY, prompt });
    expect(object.object).toEqual({ city: expect.any(String) as string });
    const output = Output.object({ schema: CITY });
    const text = await generateText({ ...quiet, model: model(), output, prompt });
    expect(text.output).toEqual({ city: expect.any(String) as string });
    const streamed = streamText({ ...quiet, model: model(), output, prompt });
    expect(await streamed.output).toEqual({ city: expect.any(String) as string });
  });

  it('leaves in the middle', async () => {
    const leaving = new AbortController();
    const prompt = directed({ chunks: 1000, chunkDelayMs: 5 });
    const answer = streamText({ ...quiet, model: model(), prompt, abortSignal: leaving.signal });
    for await (const text of answer.textStream) if (text !== '') leaving.abort();
    await until(() => stage.simulator.activeStreams() === 0);
  });

  it.each(['cut', 'stall', 'error_event'])(
    'tells of a stream that the vendor ends with %s',
    async (fault) => {
      const errors: unknown[] = [];
      const prompt = directed({ text: 'One two three', chunks: 3, fault, after: 2 });
      const answer = streamText({
        ...quiet,
        model: model(),
        prompt,
        onError: ({ error }) => void errors.push(error),
      });
      const finishes: string[] = [];
      for await (const part of answer.fullStream)
        if (part.type === 'finish') finishes.push(part.finishReason);
      expect(errors.length).toBeGreaterThan(0);
      expect(finishes.filter((reason) => reason !== 'error')).toEqual([]);
    },
  );

  it('throws what the API answers', async () => {
    const unknown = generateText({ ...quiet, model: APIS[api]('no-such-model'), prompt: 'Hi' });
    const error = await failureOf(unknown);
    expect(APICallError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ statusCode: 404, isRetryable: false });
    expect((error as Error).message).toContain('no-such-model');
    const limited = directed({ status: 429 });
    expect(await failureOf(generateText({ ...quiet, model: model(), prompt: limited }))).toMatchObject({
      statusCode: 429,
      isRetryable: true,
    });
  });
});

describe("Vercel's AI SDK with OpenAI's embeddings", () => {
  const embed = (name: string, dimensions?: number) =>
    embedMany({
      ...quiet,
      model: provider().embedding(name),
      values: ['One', 'Two'],
      ...(dimensions !== undefined && { providerOptions: { openai: { dimensions } } }),
    });

  it.each(['openai', 'google'] as const)('makes vectors with a model of %s', async (vendor) => {
    const { embeddings, usage } = await embed(stage.embeddingModels[vendor]);
    expect(embeddings).toHaveLength(2);
    expect(embeddings[0]).not.toEqual(embeddings[1]);
    expect(usage.tokens).toBeGreaterThan(0);
    const small = await embed(stage.embeddingModels[vendor], 256);
    expect(small.embeddings.map((vector) => vector.length)).toEqual([256, 256]);
  });

  it('says that Anthropic makes none', async () => {
    const vendor: VendorName = 'anthropic';
    expect(await failureOf(embed(stage.models[vendor]))).toMatchObject({
      statusCode: 400,
      message: expect.stringContaining('Anthropic') as string,
    });
  });
});
