import OpenAI from 'openai';
import { type Simulator, startSimulator } from '../../support/simulator/server';
import { anthropicClient, collect, errorOf, KEY, openaiClient } from './clients';

describe('model lists of the simulator', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator();
  });
  afterAll(() => simulator.close());

  it('are OpenAI’s for a bearer key', async () => {
    const client = openaiClient(simulator);
    const models = await collect(client.models.list());
    expect(models[0]).toMatchObject({ object: 'model', owned_by: 'system' });
    expect((await client.models.retrieve('gpt-4o')).id).toBe('gpt-4o');
    expect(await errorOf(client.models.retrieve('missing-model'))).toBeInstanceOf(OpenAI.NotFoundError);
  });

  it('are Anthropic’s, page by page, for its version header', async () => {
    const client = anthropicClient(simulator);
    const models = await collect(client.models.list({ limit: 1 }));
    expect(models.length).toBeGreaterThan(2);
    expect(new Set(models.map((model) => model.id)).size).toBe(models.length);
    expect(models[0]).toMatchObject({ type: 'model', lifecycle: 'active' });
    expect((await client.models.retrieve('claude-opus-5')).id).toBe('claude-opus-5');
  });

  it('are Google’s, page by page, under its path or with its key', async () => {
    const headers = { 'x-goog-api-key': KEY };
    const names: string[] = [];
    let pageToken = '';
    do {
      const url = `${simulator.url}/v1beta/models?pageSize=2&pageToken=${pageToken}`;
      const page = (await (await fetch(url, { headers })).json()) as {
        models: { name: string }[];
        nextPageToken?: string;
      };
      names.push(...page.models.map(({ name }) => name));
      pageToken = page.nextPageToken ?? '';
    } while (pageToken !== '');
    expect(names).toContain('models/gemini-2.5-flash');
    expect(new Set(names).size).toBe(names.length);
    const one = await fetch(`${simulator.url}/v1/models/gemini-2.5-flash?key=${KEY}`);
    expect(await one.json()).toMatchObject({ name: 'models/gemini-2.5-flash', inputTokenLimit: 1_048_576 });
  });

  it('fail when they are told to', async () => {
    simulator.enqueue({ status: 500 }, { path: '/models' });
    expect(await errorOf(openaiClient(simulator).models.list())).toBeInstanceOf(OpenAI.InternalServerError);
  });
});
