import OpenAI from 'openai';
import { type ClientStage } from '../harness';

/** Files that are as small as their kinds allow, in base64. */
export const PNG = 'iVBORw0KGgo=';
export const PDF = 'JVBERi0xLjQK';

export const WEATHER_SCHEMA = {
  type: 'object' as const,
  properties: { city: { type: 'string' as const } },
  required: ['city'],
  additionalProperties: false,
};

export const TWO_CALLS = {
  toolCalls: [
    { name: 'get_weather', arguments: { city: 'Köln' } },
    { name: 'get_weather', arguments: { city: 'Rome' } },
  ],
};

export const ONE_CALL = { toolCalls: [{ name: 'get_weather', arguments: { city: 'Jena' } }] };

export const CITY_FORMAT = {
  name: 'city',
  strict: true,
  schema: WEATHER_SCHEMA,
};

/** OpenAI's SDK as its users make it: another base URL, and a key of the studio. */
export function openClient(
  { url, key }: ClientStage,
  options: ConstructorParameters<typeof OpenAI>[0] = {},
): OpenAI {
  return new OpenAI({ apiKey: key, baseURL: `${url}/v1`, maxRetries: 0, ...options });
}

/** The error that a call ends with. */
export async function failureOf(call: PromiseLike<unknown>): Promise<unknown> {
  return Promise.resolve(call).then(
    (answer) => {
      throw new Error(`It did not fail: ${JSON.stringify(answer)}`);
    },
    (error: unknown) => error,
  );
}
