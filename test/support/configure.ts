import { type ProviderView } from '../../src/providers/dto/provider.dto';
import { type ModelView } from '../../src/models/dto/model.dto';
import { type CreatedApiKeyView } from '../../src/auth/dto/api-key.dto';
import { type TeamView } from '../../src/auth/dto/team.dto';
import { type Simulator } from './simulator/server';
import { type RequestOptions, type Studio } from './studio';

export type VendorName = 'openai' | 'anthropic' | 'google';

const VENDOR_MODELS: Readonly<Record<VendorName, string>> = {
  openai: 'gpt-4o-mini',
  anthropic: 'claude-opus-5',
  google: 'gemini-2.5-flash',
};

export const VENDOR_KEY = 'sk-test-not-a-real-key';

let count = 0;

/** Creates what a path makes, or fails with the answer. */
async function create<T>(studio: Studio, path: string, body: unknown, options?: RequestOptions): Promise<T> {
  const answer = await studio.request<T>('POST', path, body, options);
  if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

export async function createProvider(
  studio: Studio,
  simulator: Simulator,
  vendor: VendorName = 'openai',
  fields: { name?: string; apiKey?: string; configuration?: object } = {},
  options?: RequestOptions,
): Promise<ProviderView> {
  count += 1;
  return create(
    studio,
    '/api/v1/providers',
    {
      name: fields.name ?? `${vendor}-${count}`,
      type: vendor,
      apiKey: fields.apiKey ?? VENDOR_KEY,
      configuration: { baseUrl: simulator[vendor].baseUrl, ...fields.configuration },
    },
    options,
  );
}

/** A model at a provider of its own. */
export async function createModel(
  studio: Studio,
  simulator: Simulator,
  vendor: VendorName = 'openai',
  fields: {
    name?: string;
    modelId?: string;
    parameters?: object;
    isDefault?: boolean;
    provider?: object;
  } = {},
  options?: RequestOptions,
): Promise<ModelView> {
  const provider = await createProvider(studio, simulator, vendor, fields.provider, options);
  count += 1;
  return create(
    studio,
    '/api/v1/models',
    {
      providerId: provider.id,
      name: fields.name ?? `${vendor}-model-${count}`,
      modelId: fields.modelId ?? VENDOR_MODELS[vendor],
      ...(fields.parameters ? { parameters: fields.parameters } : {}),
      ...(fields.isDefault === undefined ? {} : { isDefault: fields.isDefault }),
    },
    options,
  );
}

export function createTeam(studio: Studio, name: string, timezone?: string): Promise<TeamView> {
  return create(studio, '/api/v1/teams', { name, ...(timezone ? { timezone } : {}) });
}

export async function createKey(
  studio: Studio,
  role: 'admin' | 'member' | 'viewer',
  fields: object = {},
  options?: RequestOptions,
): Promise<CreatedApiKeyView> {
  count += 1;
  return create(studio, '/api/v1/api-keys', { name: `key-${count}`, role, ...fields }, options);
}

/** A prompt that tells the simulator how to answer. */
export function directed(directive: object, text = 'Hello'): string {
  return `${text} sim:${JSON.stringify(directive)}`;
}
