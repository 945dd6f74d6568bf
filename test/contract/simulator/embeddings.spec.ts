import { GoogleGenerativeAIFetchError } from '@google/generative-ai';
import OpenAI from 'openai';
import { type Simulator, startSimulator } from '../../support/simulator/server';
import { errorOf, googleModel, openaiClient, sim } from './clients';

describe('embeddings of the simulator', () => {
  let simulator: Simulator;
  let client: OpenAI;
  beforeAll(async () => {
    simulator = await startSimulator();
    client = openaiClient(simulator);
  });
  afterAll(() => simulator.close());

  const model = 'text-embedding-3-small';

  it('are the same as floats and as base64, and of length one', async () => {
    const asFloats = await client.embeddings.create({ model, input: 'Hello', encoding_format: 'float' });
    const asBase64 = await client.embeddings.create({ model, input: 'Hello' });
    const [floats] = asFloats.data;
    expect(floats?.embedding).toHaveLength(1536);
    expect(Array.from(asBase64.data[0]?.embedding ?? [])).toEqual(floats?.embedding);
    expect(Math.hypot(...(floats?.embedding ?? []))).toBeCloseTo(1, 5);
    expect(asFloats.usage).toEqual({ prompt_tokens: 2, total_tokens: 2 });
  });

  it('take lists, tokens and dimensions, and directed usage', async () => {
    const several = await client.embeddings.create({ model, input: ['a', 'b', 'a'], dimensions: 8 });
    const [a, b, again] = several.data.map(({ embedding }) => Array.from(embedding));
    expect(a).toHaveLength(8);
    expect(a).toEqual(again);
    expect(a).not.toEqual(b);
    expect((await client.embeddings.create({ model, input: [1, 2, 3] })).usage.prompt_tokens).toBe(3);
    const directed = await client.embeddings.create({ model, input: `Hi ${sim({ usage: { input: 77 } })}` });
    expect(directed.usage).toEqual({ prompt_tokens: 77, total_tokens: 77 });
  });

  it('refuse an empty input and a missing model', async () => {
    expect(await errorOf(client.embeddings.create({ model, input: '' }))).toBeInstanceOf(
      OpenAI.BadRequestError,
    );
    const missing = client.embeddings.create({ model: 'missing-model', input: 'x' });
    expect(await errorOf(missing)).toBeInstanceOf(OpenAI.NotFoundError);
  });

  it('come singly and in batches from Google', async () => {
    const google = googleModel(simulator, { model: 'gemini-embedding-001' });
    const single = await google.embedContent('Hello');
    expect(single.embedding.values).toHaveLength(3072);
    expect(single).toMatchObject({ usageMetadata: { promptTokenCount: 2 } });
    const content = (text: string) => ({ content: { role: 'user', parts: [{ text }] } });
    const batch = await google.batchEmbedContents({ requests: [content('Hello'), content('Bye')] });
    expect(batch.embeddings).toHaveLength(2);
    expect(batch.embeddings[0]).toEqual(single.embedding);
    const missing = googleModel(simulator, { model: 'missing-model' }).embedContent('Hello');
    expect(await errorOf(missing)).toBeInstanceOf(GoogleGenerativeAIFetchError);
  });
});
