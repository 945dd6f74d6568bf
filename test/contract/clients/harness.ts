import { type EventDetailView, type EventPage } from '../../../src/usage/dto/event.dto';
import { createKey, createModel, type VendorName } from '../../support/configure';
import { engines } from '../../support/engines';
import { type Simulator, startSimulator } from '../../support/simulator/server';
import { ADMIN_KEY, startStudio, type Studio } from '../../support/studio';
import { until } from '../../support/until';

export const VENDORS: readonly VendorName[] = ['openai', 'anthropic', 'google'];

const THINKING_MODELS: Readonly<Record<VendorName, string>> = {
  openai: 'gpt-6.2-sol',
  anthropic: 'claude-opus-5',
  google: 'gemini-3.8-flash',
};

/** A running server whose models are at the simulated vendors; what clients are tested against. */
export interface ClientStage {
  /** The root; OpenAI's clients take `/v1` below it. */
  readonly url: string;
  /** A key of the studio that may do everything. */
  readonly key: string;
  readonly simulator: Simulator;
  readonly studio: Studio;
  /** Names of models, by vendor. */
  readonly models: Readonly<Record<VendorName, string>>;
  readonly thinkingModels: Readonly<Record<VendorName, string>>;
  /** Models at a provider whose key the vendor refuses. */
  readonly badKeyModels: Readonly<Record<VendorName, string>>;
  readonly embeddingModels: Readonly<Record<'openai' | 'google', string>>;
  /** The event of the call with this request id, once it is final. */
  eventOf(requestId: string): Promise<EventDetailView>;
  /** A key that may ask so often. */
  limitedKey(requestsPerMinute: number): Promise<string>;
  close(): Promise<void>;
}

export async function openStage(): Promise<ClientStage> {
  const simulator = await startSimulator();
  const [engine] = engines;
  if (!engine) throw new Error('There is no engine to test on.');
  const studio = await startStudio(engine, {
    settings: { timeouts: { firstByte: 5_000, idle: 400, total: 20_000 } },
  });
  const modelsOf = async (
    fieldsOf: (vendor: VendorName) => Parameters<typeof createModel>[3],
  ): Promise<Record<VendorName, string>> => {
    const names = {} as Record<VendorName, string>;
    for (const vendor of VENDORS) {
      names[vendor] = (await createModel(studio, simulator, vendor, fieldsOf(vendor))).name;
    }
    return names;
  };
  const embeddings = async (vendor: VendorName, modelId: string): Promise<string> =>
    (await createModel(studio, simulator, vendor, { modelId })).name;

  return {
    url: studio.url,
    key: ADMIN_KEY,
    simulator,
    studio,
    models: await modelsOf(() => ({})),
    thinkingModels: await modelsOf((vendor) => ({ modelId: THINKING_MODELS[vendor] })),
    badKeyModels: await modelsOf(() => ({ provider: { apiKey: 'bad-key-of-nobody' } })),
    embeddingModels: {
      openai: await embeddings('openai', 'text-embedding-3-small'),
      google: await embeddings('google', 'gemini-embedding-001'),
    },
    eventOf: (requestId) => eventOf(studio, requestId),
    limitedKey: async (requestsPerMinute) => (await createKey(studio, 'member', { requestsPerMinute })).key,
    async close() {
      await studio.close();
      await simulator.close();
    },
  };
}

async function eventOf(studio: Studio, requestId: string): Promise<EventDetailView> {
  let id: string | undefined;
  await until(async () => {
    const { body } = await studio.request<EventPage>('GET', '/api/v1/usage/events?limit=20');
    id = body.data.find((event) => event.requestId === requestId && event.status !== 'pending')?.id;
    return id !== undefined;
  });
  return (await studio.request<EventDetailView>('GET', `/api/v1/usage/events/${id}`)).body;
}
