import {
  FunctionCallingMode,
  type FunctionDeclaration,
  type GenerateContentStreamResult,
  type GenerativeModel,
  GoogleGenerativeAI,
  GoogleGenerativeAIFetchError,
  type Part,
  SchemaType,
} from '@google/generative-ai';
import { createProvider, directed, type VendorName } from '../../../support/configure';
import { until } from '../../../support/until';
import { type ClientStage, openStage, VENDORS } from '../harness';

const WEATHER: FunctionDeclaration = {
  name: 'get_weather',
  description: 'The weather of a city',
  parameters: {
    type: SchemaType.OBJECT,
    properties: { city: { type: SchemaType.STRING } },
    required: ['city'],
  },
};
const TWO_CALLS = [
  { name: 'get_weather', arguments: { city: 'Köln' } },
  { name: 'get_weather', arguments: { city: 'Rome' } },
];
const PNG = 'iVBORw0KGgo=';
const PDF = 'JVBERi0xLjQK';

let stage: ClientStage;
beforeAll(async () => (stage = await openStage()));
beforeEach(() => stage.simulator.reset());
afterAll(() => stage.close());

type Settings = Omit<Parameters<GoogleGenerativeAI['getGenerativeModel']>[0], 'model'>;

function open(model: string, settings: Settings = {}, key = stage.key): GenerativeModel {
  return new GoogleGenerativeAI(key).getGenerativeModel({ model, ...settings }, { baseUrl: stage.url });
}

function sentBody(): string {
  return JSON.stringify(stage.simulator.requests().at(-1)?.body);
}

/** The texts of a stream; its second promise fails with the first. */
async function readTexts({ stream, response }: GenerateContentStreamResult, texts: string[]): Promise<void> {
  response.catch(() => undefined);
  for await (const chunk of stream) texts.push(chunk.text());
}

/** The events of the team, the newest first. */
async function lastEvent(): Promise<unknown> {
  let event: { status: string } | undefined;
  await until(async () => {
    const { body } = await stage.studio.request<{ data: { status: string }[] }>(
      'GET',
      '/api/v1/usage/events?limit=1',
    );
    event = body.data[0];
    return event !== undefined && event.status !== 'pending';
  });
  return event;
}

describe.each(VENDORS)('@google/generative-ai with a model of %s', (vendor: VendorName) => {
  const model = (settings?: Settings): GenerativeModel => open(stage.models[vendor], settings);

  it('answers with a model that is named by its provider', async () => {
    const { name } = await createProvider(stage.studio, stage.simulator, vendor);
    const named = open(`${name}/gemini-2.5-flash`);
    const { response } = await named.generateContent(directed({ text: 'Good day.' }));
    expect(response.text()).toBe('Good day.');
    const { stream } = await named.generateContentStream(directed({ text: 'Good night.' }));
    let text = '';
    for await (const chunk of stream) text += chunk.text();
    expect(text).toBe('Good night.');
  });

  it('answers', async () => {
    const usage = { input: 1000, cached: 300, output: 200 };
    const { response } = await model({
      systemInstruction: 'Be kind',
      generationConfig: { temperature: 0.5, maxOutputTokens: 500 },
    }).generateContent(directed({ text: 'Good day.', usage }));
    expect(response.text()).toBe('Good day.');
    expect(response.usageMetadata).toMatchObject({
      promptTokenCount: 1000,
      cachedContentTokenCount: 300,
      candidatesTokenCount: 200,
      totalTokenCount: 1200,
    });
    expect(sentBody()).toContain('Be kind');
    expect(await lastEvent()).toMatchObject({
      status: 'succeeded',
      usage: { inputTokens: 1000, outputTokens: 200 },
    });
  });

  it('streams', async () => {
    const usage = { input: 1000, output: 200 };
    const result = await model().generateContentStream(
      directed({ text: 'Grüße aus 日本 🙂', chunks: 4, usage }),
    );
    const texts: string[] = [];
    await readTexts(result, texts);
    expect(texts.join('')).toBe('Grüße aus 日本 🙂');
    expect(texts.length).toBeGreaterThan(2);
    const whole = await result.response;
    expect(whole.text()).toBe('Grüße aus 日本 🙂');
    expect(whole.usageMetadata).toMatchObject({ promptTokenCount: 1000, totalTokenCount: 1200 });
  });

  // Of Google's own streams, which may end with an empty text, this client forgets the turn.
  const ways = vendor === 'google' ? [false] : [true, false];
  it.each(ways)('chats, with a loop of parallel calls (streamed: %s)', async (streamed) => {
    const chat = model({ tools: [{ functionDeclarations: [WEATHER] }] }).startChat();
    const send = async (message: string | Part[]) => {
      if (!streamed) return (await chat.sendMessage(message)).response;
      const result = await chat.sendMessageStream(message);
      await readTexts(result, []);
      return result.response;
    };
    const first = await send(directed({ toolCalls: TWO_CALLS }));
    const calls = first.functionCalls() ?? [];
    expect(calls.map(({ args }) => args)).toEqual([{ city: 'Köln' }, { city: 'Rome' }]);
    // It knows no ids: results belong to calls by their names and order.
    const second = await send([
      { functionResponse: { name: 'get_weather', response: { output: 'rain' } } },
      { functionResponse: { name: 'get_weather', response: { output: 'sun' } } },
    ]);
    expect(second.text()).toContain('sun');
    expect(sentBody()).toContain('rain');
    expect((await send(directed({ text: 'Bye.' }))).text()).toBe('Bye.');
    expect(await chat.getHistory()).toHaveLength(6);
  });

  it('goes through a loop of tools with a model that thinks', async () => {
    const generationConfig = { maxOutputTokens: 40_000, thinkingConfig: { includeThoughts: true } };
    const chat = open(stage.thinkingModels[vendor], {
      tools: [{ functionDeclarations: [WEATHER] }],
      generationConfig,
    }).startChat();
    const first = await chat.sendMessage(
      directed({ thinking: 'Let me see.', toolCalls: TWO_CALLS.slice(0, 1) }),
    );
    expect(first.response.functionCalls()).toHaveLength(1);
    const second = await chat.sendMessage([
      { functionResponse: { name: 'get_weather', response: { output: 'rain' } } },
    ]);
    expect(second.response.text()).toContain('rain');
    expect(sentBody()).not.toContain('skip_thought_signature_validator');
  });

  it('insists on a call where it is told to', async () => {
    const { response } = await model({
      tools: [{ functionDeclarations: [WEATHER] }],
      toolConfig: { functionCallingConfig: { mode: FunctionCallingMode.ANY } },
    }).generateContent('Hi');
    expect(response.functionCalls()).toMatchObject([{ name: 'get_weather' }]);
  });

  it.each<[string, Part]>([
    ['a picture', { inlineData: { mimeType: 'image/png', data: PNG } }],
    ['a PDF', { inlineData: { mimeType: 'application/pdf', data: PDF } }],
  ])('shows %s', async (_name, part) => {
    await model().generateContent(['Look', part]);
    expect(sentBody()).toMatch(/iVBORw0KGgo=|JVBERi0xLjQK/);
  });

  it('keeps the answer to a schema', async () => {
    const { response } = await model({
      generationConfig: {
        responseMimeType: 'application/json',
        responseSchema: {
          type: SchemaType.OBJECT,
          properties: { name: { type: SchemaType.STRING, nullable: true } },
          required: ['name'],
        },
      },
    }).generateContent('Who?');
    expect(JSON.parse(response.text())).toHaveProperty('name');
  });

  it('counts tokens, of a whole request too', async () => {
    expect((await model().countTokens('Hello there')).totalTokens).toBeGreaterThan(0);
    const counted = await model({ systemInstruction: 'Be kind' }).countTokens({
      generateContentRequest: { contents: [{ role: 'user', parts: [{ text: 'Hello there' }] }] },
    });
    expect(counted.totalTokens).toBeGreaterThan(0);
  });

  it('closes the vendor when the client leaves', async () => {
    const leaving = new AbortController();
    const result = await model().generateContentStream(directed({ chunks: 1000, chunkDelayMs: 5 }), {
      signal: leaving.signal,
    });
    setTimeout(() => leaving.abort(), 30);
    await expect(readTexts(result, [])).rejects.toThrow();
    await until(() => stage.simulator.activeStreams() === 0);
    expect(await lastEvent()).toMatchObject({ status: 'aborted', origin: 'client' });
  });

  it.each(['cut', 'stall', 'error_event'] as const)(
    'throws for a stream with the fault %s',
    async (fault) => {
      const result = await model().generateContentStream(
        directed({ text: 'a b c d', chunks: 4, fault, after: 2, chunkDelayMs: 20 }),
      );
      const texts: string[] = [];
      await expect(readTexts(result, texts)).rejects.toThrow();
      await expect(result.response).rejects.toThrow();
      expect(texts.length).toBeGreaterThan(0);
      expect(await lastEvent()).toMatchObject({ status: 'failed' });
    },
  );

  it.each([400, 429, 500, 503])("throws its own error for the vendor's %i", async (status) => {
    const failing = model().generateContent(directed({ status, retryAfter: 7, errorMessage: 'Why so.' }));
    const error = await failing.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(GoogleGenerativeAIFetchError);
    const { status: seen, message, errorDetails } = error as GoogleGenerativeAIFetchError;
    expect([status, vendor === 'google' ? status : 502]).toContain(seen);
    expect(message).toContain('Why so.');
    if (status === 429) {
      expect(errorDetails).toContainEqual({
        '@type': 'type.googleapis.com/google.rpc.RetryInfo',
        retryDelay: '7s',
      });
    }
  });

  it("tells of the provider's bad key as 424", async () => {
    await expect(open(stage.badKeyModels[vendor]).generateContent('Hi')).rejects.toMatchObject({
      status: 424,
    });
  });
});

describe('@google/generative-ai', () => {
  it.each(['openai', 'google'] as const)('makes vectors with a model of %s', async (vendor) => {
    const model = open(stage.embeddingModels[vendor]);
    const { embedding } = await model.embedContent('One');
    expect(embedding.values.length).toBeGreaterThan(0);
    const request = (text: string) => ({ content: { role: 'user', parts: [{ text }] } });
    const { embeddings } = await model.batchEmbedContents({ requests: [request('One'), request('Two')] });
    expect(embeddings).toHaveLength(2);
    expect(embeddings[0]?.values).toEqual(embedding.values);
    expect(await lastEvent()).toMatchObject({ status: 'succeeded', cost: { status: 'priced' } });
  });

  it('is refused with a wrong key and for an unknown model', async () => {
    await expect(open(stage.models.openai, {}, 'wrong').generateContent('Hi')).rejects.toMatchObject({
      status: 401,
    });
    await expect(open('nobody').generateContent('Hi')).rejects.toMatchObject({ status: 404 });
  });

  it('is told of its rate limit', async () => {
    const limited = open(stage.models.openai, {}, await stage.limitedKey(1));
    await limited.generateContent('Hi');
    await expect(limited.generateContent('Hi')).rejects.toMatchObject({ status: 429 });
  });
});
