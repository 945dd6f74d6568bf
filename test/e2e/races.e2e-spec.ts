import { type ModelPage, type ModelView } from '../../src/models/dto/model.dto';
import { type ProviderView } from '../../src/providers/dto/provider.dto';
import { createModel, createProvider } from '../support/configure';
import { engines } from '../support/engines';
import { type Simulator, startSimulator } from '../support/simulator/server';
import { startStudio, type Studio } from '../support/studio';

const ROUNDS = 15;

describe.each(engines)('Concurrent changes on $name', (engine) => {
  let studio: Studio;
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await startSimulator();
    studio = await startStudio(engine);
  });
  afterAll(async () => {
    await studio.close();
    await simulator.close();
  });

  async function listModels(): Promise<ModelView[]> {
    return (await studio.request<ModelPage>('GET', '/api/v1/models?limit=1000')).body.data;
  }

  it('do not bring a deleted provider or model back', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const provider = await createProvider(studio, simulator);
      const path = `/api/v1/providers/${provider.id}`;
      await Promise.all([
        studio.request('PATCH', path, { isActive: false }),
        studio.request('POST', `${path}/verify`),
        studio.request('DELETE', path),
      ]);
      expect((await studio.request('GET', path)).status).toBe(404);
      const model = await createModel(studio, simulator);
      const modelPath = `/api/v1/models/${model.id}`;
      await Promise.all([
        studio.request('PATCH', modelPath, { isActive: false }),
        studio.request('DELETE', modelPath),
      ]);
      expect((await studio.request('GET', modelPath)).status).toBe(404);
    }
  });

  it('of different fields all stay', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const provider = await createProvider(studio, simulator);
      const path = `/api/v1/providers/${provider.id}`;
      const answers = await Promise.all([
        studio.request('PATCH', path, { apiKey: 'sk-test-another-key9' }),
        studio.request('PATCH', path, { isActive: false }),
        studio.request('PATCH', path, { configuration: { temperature: 0.5 } }),
        studio.request('PATCH', path, { configuration: { maxTokens: 7 } }),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      const { body } = await studio.request<ProviderView>('GET', path);
      expect(body).toMatchObject({
        keyHint: 'key9',
        isActive: false,
        configuration: { temperature: 0.5, maxTokens: 7, baseUrl: simulator.openai.baseUrl },
      });
    }
  });

  it('leave exactly one default model', async () => {
    const provider = await createProvider(studio, simulator);
    const made = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        studio.request('POST', '/api/v1/models', {
          providerId: provider.id,
          name: `default-${index}`,
          modelId: 'gpt-4o-mini',
          isDefault: true,
        }),
      ),
    );
    expect(made.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 201));
    expect((await listModels()).filter(({ isDefault }) => isDefault)).toHaveLength(1);
  });

  it('of the default model do not undo each other', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const first = await createModel(studio, simulator, 'openai', { isDefault: true });
      const second = await createModel(studio, simulator);
      await Promise.all([
        studio.request('PATCH', `/api/v1/models/${first.id}`, { parameters: { temperature: 0.1 } }),
        studio.request('PATCH', `/api/v1/models/${second.id}`, { isDefault: true }),
      ]);
      const defaults = (await listModels()).filter(({ isDefault }) => isDefault);
      expect(defaults.map(({ id }) => id)).toEqual([second.id]);
    }
  });

  it('of one name make one, and tell the others', async () => {
    const provider = await createProvider(studio, simulator);
    const body = { providerId: provider.id, name: 'the-one', modelId: 'gpt-4o-mini' };
    const made = await Promise.all(
      Array.from({ length: 8 }, () => studio.request('POST', '/api/v1/models', body)),
    );
    expect(made.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409, 409, 409]);
  });
});
