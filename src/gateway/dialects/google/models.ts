import { type JsonBody } from '../codec';
import { type ListedModel } from '../listed-model';

const COMPLETES = ['generateContent', 'countTokens'];
const EMBEDS = ['embedContent', 'batchEmbedContents'];

/** `Model` of the Gemini API (https://ai.google.dev/api/models, 2026-11). */
export function encodeGoogleModel(model: ListedModel): JsonBody {
  return {
    name: `models/${model.id}`,
    displayName: model.displayName,
    ...(model.inputTokenLimit !== null && { inputTokenLimit: model.inputTokenLimit }),
    ...(model.outputTokenLimit !== null && { outputTokenLimit: model.outputTokenLimit }),
    supportedGenerationMethods: model.embeds ? EMBEDS : COMPLETES,
  };
}

/** One page that holds them all. */
export function encodeGoogleModels(models: readonly ListedModel[]): JsonBody {
  return { models: models.map(encodeGoogleModel) };
}
