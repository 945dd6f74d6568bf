import { type JsonBody } from '../codec';
import { type ListedModel } from '../listed-model';

/** `ModelInfo` of @anthropic-ai/sdk 1.12.0 (2026-11). */
export function encodeAnthropicModel(model: ListedModel): JsonBody {
  return {
    type: 'model',
    id: model.id,
    display_name: model.displayName,
    created_at: model.createdAt.toISOString(),
    max_input_tokens: model.inputTokenLimit,
    max_tokens: model.outputTokenLimit,
    capabilities: null,
    lifecycle: 'active',
    line: null,
    deprecated_at: null,
    retires_at: null,
  };
}

/** One page that holds them all. */
export function encodeAnthropicModels(models: readonly ListedModel[]): JsonBody {
  return {
    data: models.map(encodeAnthropicModel),
    has_more: false,
    first_id: models[0]?.id ?? null,
    last_id: models.at(-1)?.id ?? null,
  };
}
