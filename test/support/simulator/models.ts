import { type Exchange } from './exchange';
import { unknownModel as unknownGoogleModel } from './google-errors';
import { type JsonObject } from './json';
import { unknownModel as unknownOpenaiModel } from './openai-errors';
import { Refusal } from './refusal';

const OPENAI = [
  'gpt-4o',
  'gpt-4o-mini',
  'gpt-5.6-sol',
  'gpt-6.2-sol',
  'text-embedding-3-small',
  'text-embedding-3-large',
];
const ANTHROPIC = ['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-5-5', 'claude-opus-5'];
const GOOGLE = [
  'gemini-2.5-flash',
  'gemini-2.5-pro',
  'gemini-3.1-pro-preview',
  'gemini-3.8-flash',
  'gemini-embedding-001',
];
const CREATED = Date.UTC(2026, 0, 15);

export async function listOpenaiModels(exchange: Exchange): Promise<void> {
  await exchange.begin('');
  await exchange.sendJson({ object: 'list', data: OPENAI.map(openaiModel) });
}

export async function showOpenaiModel(exchange: Exchange, id: string): Promise<void> {
  await exchange.begin('');
  if (id.startsWith('missing-')) throw unknownOpenaiModel(id);
  await exchange.sendJson(openaiModel(id));
}

export async function listAnthropicModels(exchange: Exchange): Promise<void> {
  await exchange.begin('');
  const { searchParams } = exchange.url;
  const after = ANTHROPIC.indexOf(searchParams.get('after_id') ?? '') + 1;
  const limit = Math.max(1, Number(searchParams.get('limit') ?? 20) || 20);
  const page = ANTHROPIC.slice(after, after + limit);
  await exchange.sendJson({
    data: page.map(anthropicModel),
    has_more: after + limit < ANTHROPIC.length,
    first_id: page[0] ?? null,
    last_id: page.at(-1) ?? null,
  });
}

export async function showAnthropicModel(exchange: Exchange, id: string): Promise<void> {
  await exchange.begin('');
  if (id.startsWith('missing-')) throw new Refusal(404, `model: ${id}`);
  await exchange.sendJson(anthropicModel(id));
}

export async function listGoogleModels(exchange: Exchange): Promise<void> {
  await exchange.begin('');
  const { searchParams } = exchange.url;
  const from = Number(searchParams.get('pageToken') ?? 0);
  if (!Number.isInteger(from) || from < 0) throw new Refusal(400, 'Invalid page token.');
  const size = Math.max(1, Number(searchParams.get('pageSize') ?? 50) || 50);
  await exchange.sendJson({
    models: GOOGLE.slice(from, from + size).map(googleModel),
    ...(from + size < GOOGLE.length ? { nextPageToken: String(from + size) } : {}),
  });
}

export async function showGoogleModel(exchange: Exchange, id: string, version: string): Promise<void> {
  await exchange.begin('');
  if (id.startsWith('missing-')) throw unknownGoogleModel(id, version, 'getModel');
  await exchange.sendJson(googleModel(id));
}

function openaiModel(id: string): JsonObject {
  return { id, object: 'model', created: CREATED / 1000, owned_by: 'system' };
}

function anthropicModel(id: string): JsonObject {
  return {
    type: 'model',
    id,
    display_name: id.replace(/-/g, ' '),
    created_at: new Date(CREATED).toISOString(),
    lifecycle: 'active',
    deprecated_at: null,
    retires_at: null,
    line: /haiku|sonnet|opus/.exec(id)?.[0] ?? null,
    max_input_tokens: 200_000,
    max_tokens: 64_000,
    capabilities: null,
  };
}

function googleModel(id: string): JsonObject {
  const embeds = id.includes('embedding');
  return {
    name: `models/${id}`,
    version: '001',
    displayName: id.replace(/-/g, ' '),
    description: `Simulated ${id}`,
    inputTokenLimit: embeds ? 2048 : 1_048_576,
    outputTokenLimit: embeds ? 1 : 65_536,
    supportedGenerationMethods: embeds
      ? ['embedContent', 'countTokens', 'batchEmbedContents']
      : ['generateContent', 'countTokens', 'createCachedContent', 'batchGenerateContent'],
    temperature: 1,
    topP: 0.95,
    topK: 64,
    maxTemperature: 2,
  };
}
