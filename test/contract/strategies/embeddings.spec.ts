import { type EmbeddingRequest, type EmbeddingResult } from '../../../src/providers/contract/completion';
import { failureOf, Stage, VENDORS } from './harness';

/** The vendors with embeddings, and a model of theirs. */
const MODELS: Readonly<Record<string, string>> = {
  openai: 'text-embedding-3-small',
  'openai-compatible': 'text-embedding-3-small',
};

describe.each(VENDORS.filter(({ id }) => id in MODELS))('$id embeds', (vendor) => {
  let stage: Stage;
  beforeAll(async () => (stage = await Stage.open(vendor)));
  afterEach(() => stage.simulator.reset());
  afterAll(() => stage.close());

  const embed = (change: Partial<EmbeddingRequest>): Promise<EmbeddingResult> => {
    const { strategy } = stage;
    if (!strategy.embed) throw new Error('The vendor has no embeddings.');
    const request = { model: MODELS[vendor.id] ?? '', inputs: ['One'], ...change };
    return strategy.embed(request, stage.options());
  };

  it('several texts, in their order, with their usage', async () => {
    const result = await embed({ inputs: ['One', 'Two', 'One'], dimensions: 8 });
    expect(result.vectors.map((vector) => vector.length)).toEqual([8, 8, 8]);
    expect(result.vectors[0]).toEqual(result.vectors[2]);
    expect(result.vectors[0]).not.toEqual(result.vectors[1]);
    expect(result.metered).toMatchObject({ quality: 'exact', vector: { embedding_input: 3 } });
    expect(result.vendorModel).toBe(MODELS[vendor.id]);
    expect(result.vendorRequestId).toMatch(/^req_/);
  });

  it('a single text with the vector as long as the model makes it', async () => {
    const { vectors } = await embed({ inputs: ['One'] });
    expect(vectors).toHaveLength(1);
    expect(vectors[0]?.length).toBeGreaterThan(256);
  });

  it('with the usage unknown where the vendor does not say', async () => {
    const { metered } = await embed({ inputs: ['One sim:{"fault":"no_usage"}'] });
    expect(metered.vector).toBeNull();
  });

  it.each([
    [429, 'rate_limited'],
    [401, 'bad_key'],
    [500, 'vendor_error'],
  ])('with the status %i as %s', async (status, kind) => {
    const error = await failureOf(embed({ inputs: [`One sim:{"status":${status}}`] }));
    expect(error.kind).toBe(kind);
  });
});

describe('OpenAI', () => {
  let stage: Stage;
  beforeAll(async () => {
    const [openai] = VENDORS;
    if (!openai) throw new Error('No vendors.');
    stage = await Stage.open(openai);
  });
  afterAll(() => stage.close());

  it.each(['taskType', 'title'] as const)('refuses %s of an embedding by name', async (field) => {
    const request = { model: 'text-embedding-3-small', inputs: ['One'], [field]: 'X' };
    const embedding = stage.strategy.embed?.(request, stage.options());
    const error = await failureOf(embedding ?? Promise.resolve());
    expect(error).toMatchObject({ kind: 'invalid_request', field });
    expect(stage.simulator.requests()).toEqual([]);
  });
});
