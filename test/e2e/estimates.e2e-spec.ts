import { type EstimateView } from '../../src/completions/dto/estimate-view.dto';
import { type CompletionView } from '../../src/completions/dto/completion-view.dto';
import { createModel, type VendorName } from '../support/configure';
import { engines } from '../support/engines';
import { type Simulator, startSimulator } from '../support/simulator/server';
import { type Answer, startStudio, type Studio } from '../support/studio';

const VENDORS: readonly VendorName[] = ['openai', 'anthropic', 'google'];

describe.each(engines)('Estimates on $name', (engine) => {
  let studio: Studio;
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await startSimulator();
    studio = await startStudio(engine);
    for (const vendor of VENDORS) await createModel(studio, simulator, vendor, { name: vendor });
  });
  afterAll(async () => {
    await studio.close();
    await simulator.close();
  });

  const estimate = (body: object): Promise<Answer<EstimateView>> =>
    studio.request<EstimateView>('POST', '/api/v1/completions/estimate', body);

  it.each(VENDORS)('bound what a call of %s then costs, without asking the vendor', async (model) => {
    const before = simulator.requests().length;
    const call = { model, prompt: 'Tell me of Paris. '.repeat(20), parameters: { maxTokens: 500 } };
    const { status, body } = await estimate(call);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      currency: 'USD',
      basis: 'tokenizer',
      maxOutputTokens: 500,
      unpricedClasses: [],
      assumed: [],
      unbounded: [],
    });
    expect(simulator.requests()).toHaveLength(before);
    const [low, expected, high] = [body.low, body.expected, body.high].map(Number);
    expect(low).toBeLessThan(expected ?? 0);
    expect(expected).toBeLessThan(high ?? 0);

    const answer = await studio.request<CompletionView>('POST', '/api/v1/completions', call);
    expect(Number(answer.body.cost.amount)).toBeGreaterThan(0);
    expect(Number(answer.body.cost.amount)).toBeLessThanOrEqual(high ?? 0);
    expect(answer.body.usage.inputTokens).toBeLessThanOrEqual(body.inputTokens.high);
  });

  it.each(VENDORS)('let %s count where that is asked for', async (model) => {
    const call = { model, prompt: 'Tell me of Paris.', parameters: { maxTokens: 500 } };
    const local = await estimate(call);
    const before = simulator.requests().length;
    const { body } = await estimate({ ...call, count: 'api' });
    expect(body.basis).toBe('api_count');
    expect(simulator.requests()).toHaveLength(before + 1);
    expect(body.inputTokens.low).toBeGreaterThan(0);
    expect(body.high).toBe(local.body.high);
  });

  it('end for a run without a break', async () => {
    const { body } = await estimate({ model: 'openai', prompt: 'a'.repeat(200_000) });
    expect(body.inputTokens.low).toBe(25_000);
    expect(body.inputTokens.high).toBeGreaterThanOrEqual(200_000);
  });

  it('know no amounts for a model without prices, and say which default stands for its limit', async () => {
    await createModel(studio, simulator, 'openai', { name: 'unheard-of', modelId: 'gpt-unheard-of' });
    const { body } = await estimate({ model: 'unheard-of', prompt: 'Hello' });
    expect(body).toMatchObject({
      low: null,
      expected: null,
      high: null,
      unpricedClasses: ['input_text', 'output_text'],
      maxOutputTokens: 128_000,
      assumed: ['output_limit'],
    });
  });

  it('refuse another way to count, by name', async () => {
    const { status, body } = await estimate({ model: 'openai', prompt: 'Hello', count: 'guess' });
    expect(status).toBe(400);
    expect(body).toMatchObject({ errors: [{ field: 'count' }] });
  });
});
