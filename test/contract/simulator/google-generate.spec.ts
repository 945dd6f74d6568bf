import {
  type Content,
  FunctionCallingMode,
  type FunctionDeclaration,
  type GenerateContentRequest,
  GoogleGenerativeAIFetchError,
  SchemaType,
} from '@google/generative-ai';
import { type Simulator, startSimulator } from '../../support/simulator/server';
import { collect, errorOf, googleModel, KEY, sim, until } from './clients';

describe('the simulator as Google, generateContent', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator();
  });
  afterAll(() => simulator.close());

  const request = (text: string, more: object = {}): GenerateContentRequest => ({
    contents: [{ role: 'user', parts: [{ text }] }],
    ...more,
  });
  const ask = async (text: string, more: object = {}) =>
    (await googleModel(simulator).generateContent(request(text, more))).response;
  const stream = async (text: string, more: object = {}) => {
    const result = await googleModel(simulator).generateContentStream(request(text, more));
    result.response.catch(() => undefined);
    return collect(result.stream);
  };
  const weather: FunctionDeclaration = {
    name: 'get_weather',
    parameters: {
      type: SchemaType.OBJECT,
      properties: { city: { type: SchemaType.STRING } },
      required: ['city'],
    },
  };
  const tools = [{ functionDeclarations: [weather] }];

  it('echoes a prompt and derives its usage', async () => {
    const answer = await ask('Good morning, 日本 🙂');
    expect(answer.text()).toBe('You said: Good morning, 日本 🙂');
    expect(answer.candidates?.[0]).toMatchObject({
      finishReason: 'STOP',
      index: 0,
      content: { role: 'model' },
    });
    expect(answer.usageMetadata).toMatchObject({
      promptTokenCount: 5,
      candidatesTokenCount: 7,
      totalTokenCount: 12,
    });
    expect(answer).toMatchObject({ modelVersion: 'gemini-2.5-flash' });
  });

  it('reports directed usage with thoughts and tool use beside the candidates and the prompt', async () => {
    const usage = { input: 1200, cached: 800, output: 300, reasoning: 120, toolUse: 40 };
    const expected = {
      promptTokenCount: 1200,
      cachedContentTokenCount: 800,
      candidatesTokenCount: 180,
      thoughtsTokenCount: 120,
      toolUsePromptTokenCount: 40,
      totalTokenCount: 1540,
    };
    const answer = await ask(sim({ text: 'Hello', usage, servedTier: 'flex' }));
    expect(answer.usageMetadata).toMatchObject({ ...expected, serviceTier: 'flex' });
    const chunks = await stream(sim({ text: 'Hello', usage }));
    expect(chunks.at(-1)?.usageMetadata).toMatchObject(expected);
  });

  it('streams parts with counts that only grow', async () => {
    const chunks = await stream(sim({ text: 'Grüße aus 日本 🙂', chunks: 4, usage: { output: 40 } }));
    expect(chunks.map((chunk) => chunk.text()).join('')).toBe('Grüße aus 日本 🙂');
    expect(chunks.map((chunk) => chunk.usageMetadata?.candidatesTokenCount)).toEqual([10, 20, 30, 40, 40]);
    expect(chunks.map((chunk) => chunk.candidates?.[0]?.finishReason)).toEqual([
      ...Array<undefined>(4).fill(undefined),
      'STOP',
    ]);
  });

  it('streams a JSON array to a client that does not ask for events, also under /v1', async () => {
    for (const version of ['v1beta', 'v1']) {
      const response = await fetch(
        `${simulator.url}/${version}/models/gemini-2.5-flash:streamGenerateContent?key=${KEY}`,
        { method: 'POST', body: JSON.stringify(request(sim({ text: 'one two', chunks: 2 }))) },
      );
      const chunks = (await response.json()) as { candidates: { content: Content }[] }[];
      const texts = chunks.map((chunk) => chunk.candidates[0]?.content.parts[0]?.text);
      expect(texts).toEqual(['one', ' two', '']);
    }
  });

  it('survives being sent byte by byte', async () => {
    const chunks = await stream(sim({ text: 'é 日本 🙂', splitBytes: true }));
    expect(chunks.map((chunk) => chunk.text()).join('')).toBe('é 日本 🙂');
  });

  it('carries a whole tool loop, and Gemini 3 wants its signature back', async () => {
    const toolConfig = { functionCallingConfig: { mode: FunctionCallingMode.ANY } };
    const model = googleModel(simulator, { model: 'gemini-3.8-flash', tools });
    const question: Content = { role: 'user', parts: [{ text: 'Weather?' }] };
    const { response } = await model.generateContent({ contents: [question], toolConfig });
    expect(response.functionCalls()).toMatchObject([{ name: 'get_weather', args: { city: 'text' } }]);
    const turn = response.candidates?.[0]?.content ?? { role: 'model', parts: [] };
    const result: Content = {
      role: 'user',
      parts: [{ functionResponse: { name: 'get_weather', response: { result: '21 degrees' } } }],
    };
    const second = await model.generateContent({ contents: [question, turn, result] });
    expect(second.response.text()).toBe('The tool said: 21 degrees');
    const unsigned: Content = {
      role: 'model',
      parts: [{ functionCall: { name: 'get_weather', args: {} } }],
    };
    await expect(model.generateContent({ contents: [question, unsigned, result] })).rejects.toThrow(
      'thought_signature',
    );
  });

  it('shows its thoughts only when asked, and counts them apart', async () => {
    const thinking = (includeThoughts: boolean) => ({
      generationConfig: { thinkingConfig: { thinkingBudget: 512, includeThoughts } },
    });
    const shown = await ask('Why?', thinking(true));
    expect(shown.candidates?.[0]?.content.parts).toMatchObject([
      { text: 'Thinking about: Why?', thought: true },
      { text: 'You said: Why?' },
    ]);
    expect(shown.usageMetadata).toMatchObject({ candidatesTokenCount: 4, thoughtsTokenCount: 5 });
    const hidden = await ask('Why?', thinking(false));
    expect(hidden.text()).toBe('You said: Why?');
    expect(hidden.usageMetadata).toMatchObject({ thoughtsTokenCount: 5 });
  });

  it('answers in the schema that was asked for', async () => {
    const responseSchema = { type: 'OBJECT', properties: { age: { type: 'INTEGER' } }, required: ['age'] };
    const generationConfig = { responseMimeType: 'application/json', responseSchema };
    expect((await ask('A person', { generationConfig })).text()).toBe('{"age":1}');
    const open = { ...responseSchema, additionalProperties: false };
    const refused = ask('A person', { generationConfig: { ...generationConfig, responseSchema: open } });
    await expect(refused).rejects.toThrow('Unknown name "additionalProperties"');
  });

  it('counts images and tokens', async () => {
    const parts = [{ text: 'What is it?' }, { inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } }];
    const contents = [{ role: 'user', parts }];
    const { response } = await googleModel(simulator).generateContent({ contents });
    expect(response.text()).toBe('You said: What is it? (with 1 image)');
    const { totalTokens } = await googleModel(simulator).countTokens({ contents });
    expect(totalTokens).toBe(response.usageMetadata?.promptTokenCount);
  });

  it('gives each reason to finish', async () => {
    const limited = await ask('Tell me all', { generationConfig: { maxOutputTokens: 1 } });
    expect(limited.candidates?.[0]?.finishReason).toBe('MAX_TOKENS');
    const filtered = await ask(sim({ finish: 'content_filter' }));
    expect(() => filtered.text()).toThrow('SAFETY');
    const refused = await ask(sim({ finish: 'refusal' }));
    expect(refused).toMatchObject({ promptFeedback: { blockReason: 'SAFETY' } });
    expect(refused.candidates).toBeUndefined();
  });

  it('refuses what the vendor refuses', async () => {
    const orphan = { role: 'user', parts: [{ functionResponse: { name: 'x', response: {} } }] };
    const refused: [object, string][] = [
      [{ contents: [] }, 'contents is not specified'],
      [{ contents: [{ role: 'assistant', parts: [{ text: 'Hi' }] }] }, 'Please use a valid role'],
      [{ contents: [orphan] }, 'immediately after a function call turn'],
      [{ messages: [] }, 'Unknown name "messages"'],
      [{ generationConfig: { temperature: 3 } }, 'temperature'],
    ];
    for (const [more, message] of refused) {
      const error = await errorOf(ask('Hi', more));
      expect(error).toBeInstanceOf(GoogleGenerativeAIFetchError);
      expect(error).toMatchObject({ status: 400, message: expect.stringContaining(message) as string });
    }
  });

  it('breaks off and garbles a stream, and reports a failure in it', async () => {
    await expect(stream(sim({ text: 'a b c', fault: 'cut', after: 2 }))).rejects.toThrow();
    await expect(stream(sim({ fault: 'malformed' }))).rejects.toThrow('Error parsing JSON');
    const chunks = await stream(sim({ text: 'a b c', fault: 'error_event', after: 2 }));
    expect(chunks.at(-1)).toMatchObject({ error: { code: 503, status: 'UNAVAILABLE' } });
    expect((await ask(sim({ fault: 'no_usage' }))).usageMetadata).toBeUndefined();
  });

  it('notices a client that leaves', async () => {
    simulator.reset();
    const leaving = new AbortController();
    const { stream: run, response } = await googleModel(simulator).generateContentStream(
      request(sim({ chunks: 1000, chunkDelayMs: 5 })),
      { signal: leaving.signal },
    );
    response.catch(() => undefined);
    await run.next();
    leaving.abort();
    await run.next().catch(() => undefined);
    await until(() => simulator.requests()[0]?.abortedByClient === true);
  });
});
