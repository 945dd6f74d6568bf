import {
  ApiError,
  FunctionCallingConfigMode,
  GoogleGenAI,
  type GenerateContentResponse,
  type Part,
} from '@google/genai';
import { directed, type VendorName } from '../../../support/configure';
import { until } from '../../../support/until';
import { type ClientStage, openStage, VENDORS } from '../harness';

const PNG = 'iVBORw0KGgo=';
const PDF = 'JVBERi0xLjQK';
const WEATHER = {
  functionDeclarations: [
    {
      name: 'get_weather',
      description: 'The weather of a city',
      parametersJsonSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  ],
};
const TWO_CALLS = [
  { name: 'get_weather', arguments: { city: 'Köln' } },
  { name: 'get_weather', arguments: { city: 'Rome' } },
];

let stage: ClientStage;
beforeAll(async () => {
  stage = await openStage();
  // It warns of each text that is not the whole answer.
  jest.spyOn(console, 'warn').mockImplementation(() => undefined);
});
beforeEach(() => stage.simulator.reset());
afterAll(async () => {
  jest.restoreAllMocks();
  await stage.close();
});

/** The request id of the last answer, which the SDK does not tell. */
let requestId = '';
/** The SDK's own asks Node's global connection pool, which the tests' sandbox does not show it. */
const watchedFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  requestId = response.headers.get('x-goog-request-id') ?? '';
  return response;
};

function client(apiKey = stage.key, headers: Record<string, string> = {}): GoogleGenAI {
  return new GoogleGenAI({ apiKey, httpOptions: { baseUrl: stage.url, fetch: watchedFetch, headers } });
}

type Asked = Parameters<GoogleGenAI['models']['generateContent']>[0];

/** The answer of a stream, put together. */
async function gather(stream: AsyncIterable<GenerateContentResponse>): Promise<{
  parts: Part[];
  last: GenerateContentResponse | undefined;
  chunks: number;
}> {
  const parts: Part[] = [];
  let last: GenerateContentResponse | undefined;
  let chunks = 0;
  for await (const chunk of stream) {
    parts.push(...(chunk.candidates?.[0]?.content?.parts ?? []));
    last = chunk;
    chunks += 1;
  }
  return { parts, last, chunks };
}

async function send(
  streamed: boolean,
  asked: Asked,
): Promise<{ parts: Part[]; last: GenerateContentResponse | undefined }> {
  if (streamed) return gather(await client().models.generateContentStream(asked));
  const answer = await client().models.generateContent(asked);
  return { parts: answer.candidates?.[0]?.content?.parts ?? [], last: answer };
}

function sentBody(): string {
  return JSON.stringify(stage.simulator.requests().at(-1)?.body);
}

describe.each(VENDORS)('@google/genai with a model of %s', (vendor: VendorName) => {
  const model = (): string => stage.models[vendor];

  it('answers, with usage in the words of Google and in the ledger', async () => {
    const usage = { input: 1000, cached: 300, output: 200 };
    const answer = await client().models.generateContent({
      model: model(),
      contents: directed({ text: 'Good day.', usage }),
      config: { systemInstruction: 'Be kind', temperature: 0.5, maxOutputTokens: 500 },
    });
    expect(answer.text).toBe('Good day.');
    expect(answer.candidates?.[0]?.finishReason).toBe('STOP');
    expect(answer.usageMetadata).toMatchObject({
      promptTokenCount: 1000,
      cachedContentTokenCount: 300,
      candidatesTokenCount: 200,
      totalTokenCount: 1200,
    });
    expect(sentBody()).toContain('Be kind');
    expect(await stage.eventOf(requestId)).toMatchObject({
      status: 'succeeded',
      door: 'google',
      usage: { inputTokens: 1000, cachedTokens: 300, outputTokens: 200 },
      cost: { status: 'priced' },
    });
  });

  it('streams', async () => {
    const usage = { input: 1000, output: 200 };
    const { parts, last, chunks } = await gather(
      await client().models.generateContentStream({
        model: model(),
        contents: directed({ text: 'Grüße aus 日本 🙂', chunks: 4, usage }),
      }),
    );
    expect(parts.map(({ text }) => text).join('')).toBe('Grüße aus 日本 🙂');
    expect(chunks).toBeGreaterThan(2);
    expect(last?.candidates?.[0]?.finishReason).toBe('STOP');
    expect(last?.usageMetadata).toMatchObject({
      promptTokenCount: 1000,
      candidatesTokenCount: 200,
      totalTokenCount: 1200,
    });
    expect(await stage.eventOf(requestId)).toMatchObject({
      status: 'succeeded',
      streamed: true,
      usage: { inputTokens: 1000, outputTokens: 200 },
    });
  });

  it.each([true, false])('goes through a loop of parallel calls (streamed: %s)', async (streamed) => {
    const question = { role: 'user', parts: [{ text: directed({ toolCalls: TWO_CALLS }) }] };
    const config = { tools: [WEATHER] };
    const { parts } = await send(streamed, { model: model(), contents: [question], config });
    const calls = parts.flatMap(({ functionCall }) => functionCall ?? []);
    expect(calls.map(({ args }) => args)).toEqual([{ city: 'Köln' }, { city: 'Rome' }]);
    const results = calls.map(({ id, name }, index) => ({
      functionResponse: { id, name, response: { output: index === 0 ? 'rain' : 'sun' } },
    }));
    const second = await send(streamed, {
      model: model(),
      contents: [question, { role: 'model', parts }, { role: 'user', parts: results }],
      config,
    });
    expect(second.parts.map(({ text }) => text).join('')).toContain('sun');
    expect(sentBody()).toContain('rain');
  });

  it.each([true, false])('thinks, also within a loop of tools (streamed: %s)', async (streamed) => {
    const question = {
      role: 'user',
      parts: [{ text: directed({ thinking: 'Let me see.', toolCalls: TWO_CALLS.slice(0, 1) }) }],
    };
    const config = { tools: [WEATHER], thinkingConfig: { includeThoughts: true }, maxOutputTokens: 40_000 };
    const thinker = stage.thinkingModels[vendor];
    const { parts } = await send(streamed, { model: thinker, contents: [question], config });
    const thoughts = parts.filter(({ thought }) => thought).map(({ text }) => text);
    // OpenAI keeps its thoughts to itself in Chat Completions.
    if (vendor !== 'openai') expect(thoughts.join('')).toBe('Let me see.');
    const call = parts.find(({ functionCall }) => functionCall)?.functionCall;
    const result = { functionResponse: { id: call?.id, name: 'get_weather', response: { output: 'rain' } } };
    const second = await send(streamed, {
      model: thinker,
      contents: [question, { role: 'model', parts }, { role: 'user', parts: [result] }],
      config,
    });
    expect(second.parts.map(({ text }) => text).join('')).toContain('rain');
    if (vendor === 'anthropic') expect(sentBody()).toContain('"thinking":"Let me see."');
    expect(sentBody()).not.toContain('skip_thought_signature_validator');
  });

  it('insists on a call where it is told to', async () => {
    const answer = await client().models.generateContent({
      model: model(),
      contents: 'Hi',
      config: {
        tools: [WEATHER],
        toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.ANY } },
      },
    });
    expect(answer.functionCalls).toMatchObject([{ name: 'get_weather' }]);
  });

  it('chats over several turns, streamed and plain', async () => {
    const chat = client().chats.create({ model: model() });
    await chat.sendMessage({ message: directed({ text: 'First.' }) });
    await gather(await chat.sendMessageStream({ message: directed({ text: 'Second.', chunks: 2 }) }));
    await chat.sendMessage({ message: 'Third?' });
    // Each piece of a stream is a content of its own.
    expect(chat.getHistory()).toHaveLength(8);
    expect(sentBody()).toMatch(/First\..*Sec.*ond\..*Third\?/);
  });

  it.each<[string, Part]>([
    ['a picture as bytes', { inlineData: { mimeType: 'image/png', data: PNG } }],
    ['a picture by its URL', { fileData: { mimeType: 'image/png', fileUri: 'https://example.com/a.png' } }],
    ['a PDF as bytes', { inlineData: { mimeType: 'application/pdf', data: PDF } }],
    ['a PDF by its URL', { fileData: { mimeType: 'application/pdf', fileUri: 'https://example.com/a.pdf' } }],
  ])('shows %s', async (name, part) => {
    const sent = client().models.generateContent({ model: model(), contents: [{ text: 'Look' }, part] });
    if (vendor === 'openai' && name === 'a PDF by its URL') {
      await expect(sent).rejects.toMatchObject({ status: 400 });
      return;
    }
    await sent;
    expect(sentBody()).toMatch(/example\.com\/a\.p|iVBORw0KGgo=|JVBERi0xLjQK/);
  });

  it.each(['responseSchema', 'responseJsonSchema'])('keeps the answer to a schema (%s)', async (field) => {
    const upper = field === 'responseSchema';
    const schema = {
      type: upper ? 'OBJECT' : 'object',
      properties: { name: { type: upper ? 'STRING' : 'string' } },
      required: ['name'],
      ...(!upper && { additionalProperties: false }),
    };
    const answer = await client().models.generateContent({
      model: model(),
      contents: 'Who?',
      config: { responseMimeType: 'application/json', [field]: schema },
    });
    expect(JSON.parse(answer.text ?? '')).toHaveProperty('name');
  });

  it('stops at a stop sequence', async () => {
    const answer = await client().models.generateContent({
      model: model(),
      contents: directed({ text: 'one END two' }),
      config: { stopSequences: ['END'] },
    });
    expect(answer.text).toBe('one ');
    expect(answer.candidates?.[0]?.finishReason).toBe('STOP');
  });

  it('counts tokens', async () => {
    const count = await client().models.countTokens({ model: model(), contents: 'Hello there' });
    expect(count.totalTokens).toBeGreaterThan(0);
  });

  it('closes the vendor when the client leaves', async () => {
    const leaving = new AbortController();
    const stream = await client().models.generateContentStream({
      model: model(),
      contents: directed({ chunks: 1000, chunkDelayMs: 5 }),
      config: { abortSignal: leaving.signal },
    });
    const read = async (): Promise<void> => {
      for await (const chunk of stream) {
        void chunk;
        leaving.abort();
      }
    };
    await expect(read()).rejects.toThrow(/abort/i);
    await until(() => stage.simulator.activeStreams() === 0);
    expect(await stage.eventOf(requestId)).toMatchObject({ status: 'aborted', origin: 'client' });
  });

  it.each(['cut', 'stall', 'error_event'] as const)(
    'throws for a stream with the fault %s',
    async (fault) => {
      const stream = await client().models.generateContentStream({
        model: model(),
        contents: directed({ text: 'a b c d', chunks: 4, fault, after: 2, chunkDelayMs: 20 }),
      });
      const texts: unknown[] = [];
      const read = async (): Promise<void> => {
        for await (const { text } of stream) texts.push(text);
      };
      await expect(read()).rejects.toBeInstanceOf(ApiError);
      expect(texts.length).toBeGreaterThan(0);
      expect(await stage.eventOf(requestId)).toMatchObject({ status: 'failed' });
    },
  );

  it.each([400, 429, 500, 503])("throws its own error for the vendor's %i", async (status) => {
    const asked = { model: model(), contents: directed({ status, retryAfter: 7, errorMessage: 'Why so.' }) };
    const error = await client()
      .models.generateContent(asked)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    const { status: seen, message } = error as ApiError;
    expect([status, vendor === 'google' ? status : 502]).toContain(seen);
    expect(message).toContain('Why so.');
    if (status === 429) expect(message).toContain('"retryDelay":"7s"');
  });

  it("tells of the provider's bad key as 424", async () => {
    const failing = client().models.generateContent({ model: stage.badKeyModels[vendor], contents: 'Hi' });
    await expect(failing).rejects.toMatchObject({ name: 'ApiError', status: 424 });
  });

  it('names a field that is wrong', async () => {
    const failing = client().models.generateContent({
      model: model(),
      contents: 'Hi',
      // The simulated vendor reads ranges only.
      config: { temperature: vendor === 'google' ? 5 : ('hot' as never) },
    });
    await expect(failing).rejects.toMatchObject({
      status: 400,
      message: expect.stringMatching(/temperature/) as string,
    });
  });
});

describe('@google/genai', () => {
  it.each(['openai', 'google'] as const)('makes vectors with a model of %s', async (vendor) => {
    const model = stage.embeddingModels[vendor];
    const answer = await client().models.embedContent({
      model,
      contents: ['One', 'Two'],
      config: { outputDimensionality: 8 },
    });
    expect(answer.embeddings).toHaveLength(2);
    expect(answer.embeddings?.[0]?.values).toHaveLength(8);
    expect(answer.embeddings?.[0]?.values).not.toEqual(answer.embeddings?.[1]?.values);
    expect(await stage.eventOf(requestId)).toMatchObject({ status: 'succeeded', cost: { status: 'priced' } });
  });

  it('is refused with a wrong key and for an unknown model', async () => {
    await expect(
      client('wrong').models.generateContent({ model: stage.models.openai, contents: 'Hi' }),
    ).rejects.toMatchObject({ status: 401 });
    await expect(client().models.generateContent({ model: 'nobody', contents: 'Hi' })).rejects.toMatchObject({
      status: 404,
    });
  });

  it('lists the models of the team with what they can, and finds one', async () => {
    const actions = new Map<string | undefined, string[] | undefined>();
    for await (const { name, supportedActions } of await client().models.list())
      actions.set(name, supportedActions);
    for (const name of Object.values(stage.models)) {
      expect(actions.get(`models/${name}`)).toContain('generateContent');
    }
    for (const name of Object.values(stage.embeddingModels)) {
      expect(actions.get(`models/${name}`)).toEqual(['embedContent', 'batchEmbedContents']);
    }
    const found = await client().models.get({ model: stage.models.anthropic });
    expect(found.name).toBe(`models/${stage.models.anthropic}`);
  });

  it('does not try again what another body has under its key', async () => {
    const own = client(stage.key, { 'idempotency-key': 'genai-1' });
    const model = stage.models.anthropic;
    const first = await own.models.generateContent({ model, contents: 'One' });
    const again = await own.models.generateContent({ model, contents: 'One' });
    expect(again.responseId).toBe(first.responseId);
    await expect(own.models.generateContent({ model, contents: 'Two' })).rejects.toMatchObject({
      status: 409,
    });
    expect(stage.simulator.requests()).toHaveLength(1);
  });

  it('is told of its rate limit', async () => {
    const limited = client(await stage.limitedKey(1));
    const asked = { model: stage.models.openai, contents: 'Hi' };
    await limited.models.generateContent(asked);
    await expect(limited.models.generateContent(asked)).rejects.toMatchObject({
      status: 429,
      message: expect.stringMatching(/RESOURCE_EXHAUSTED[\s\S]*RetryInfo/) as string,
    });
  });
});
