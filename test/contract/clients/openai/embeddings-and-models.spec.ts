import type OpenAI from 'openai';
import { createKey, VENDOR_KEY } from '../../../support/configure';
import { type ClientStage, openStage, VENDORS } from '../harness';
import { failureOf, openClient } from './examples';

let stage: ClientStage;
beforeAll(async () => (stage = await openStage()));
beforeEach(() => stage.simulator.reset());
afterAll(() => stage.close());

const embed = (
  model: string,
  more: Partial<OpenAI.EmbeddingCreateParams> = {},
): ReturnType<OpenAI['embeddings']['create']> =>
  openClient(stage).embeddings.create({ model, input: ['One', 'Two'], ...more });

describe.each(['openai', 'google'] as const)("OpenAI's SDK with embeddings of %s", (vendor) => {
  const model = (): string => stage.embeddingModels[vendor];

  it('gives the same vectors in either encoding, and in the one that the SDK chooses', async () => {
    const numbers = await embed(model(), { encoding_format: 'float' });
    expect(numbers.data).toHaveLength(2);
    const packed = await embed(model(), { encoding_format: 'base64' });
    const chosen = await embed(model());
    numbers.data.forEach(({ embedding, index }, n) => {
      expect(index).toBe(n);
      const bytes = Buffer.from(String(packed.data[n]?.embedding), 'base64');
      expect(bytes.length).toBe(embedding.length * 4);
      embedding.forEach((value, at) => expect(bytes.readFloatLE(at * 4)).toBeCloseTo(value, 5));
      expect(chosen.data[n]?.embedding).toHaveLength(embedding.length);
    });
  });

  it('takes one text, and as many dimensions as are asked for', async () => {
    const { data, usage } = await embed(model(), { input: 'One', dimensions: 256 });
    expect(data.map(({ embedding }) => embedding.length)).toEqual([256]);
    expect(usage.prompt_tokens).toBeGreaterThan(0);
  });

  it('meters what it tells', async () => {
    const { data, request_id } = await embed(model()).withResponse();
    expect(await stage.eventOf(request_id ?? '')).toMatchObject({
      status: 'succeeded',
      usage: { inputTokens: data.usage.prompt_tokens, outputTokens: 0 },
      cost: { status: 'priced' },
    });
  });

  it('names what is wrong', async () => {
    expect(await failureOf(embed(model(), { dimensions: 0 }))).toMatchObject({
      status: 400,
      param: 'dimensions',
    });
    expect(await failureOf(embed('no-such-model'))).toMatchObject({ status: 404 });
  });
});

describe("OpenAI's SDK", () => {
  it('is told that Anthropic has no embeddings', async () => {
    expect(await failureOf(embed(stage.models.anthropic))).toMatchObject({
      status: 400,
      message: expect.stringContaining('Anthropic') as string,
    });
  });

  it('lists the models that a key may use, and no others', async () => {
    const names = async (client: OpenAI): Promise<string[]> => {
      const found: string[] = [];
      for await (const { id, object } of client.models.list()) {
        expect(object).toBe('model');
        found.push(id);
      }
      return found;
    };
    expect(await names(openClient(stage))).toEqual(expect.arrayContaining(Object.values(stage.models)));
    const { key } = await createKey(stage.studio, 'member', { allowedModels: [stage.models.google] });
    expect(await names(openClient(stage, { apiKey: key }))).toEqual([stage.models.google]);
  });

  it.each(VENDORS)('retrieves a model of %s', async (vendor) => {
    const { models } = openClient(stage);
    expect(await models.retrieve(stage.models[vendor])).toMatchObject({
      id: stage.models[vendor],
      object: 'model',
      created: expect.any(Number) as number,
      owned_by: vendor,
    });
  });

  it('throws NotFoundError for a model that is not there', async () => {
    expect(await failureOf(openClient(stage).models.retrieve('no-such-model'))).toMatchObject({
      status: 404,
    });
  });

  it('never shows the key of a provider', async () => {
    const answer = await openClient(stage).models.list();
    expect(JSON.stringify(answer)).not.toContain(VENDOR_KEY);
  });
});
