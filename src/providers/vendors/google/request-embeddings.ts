import { type EmbeddingRequest } from '../../contract/completion';
import { type JsonObject } from '../../contract/usage-builder';
import { toModelPath } from './request-path';

/** A body of `batchEmbedContents`. The API has no field for the caller's end user. */
export function toEmbeddingsBody({
  model,
  inputs,
  dimensions,
  taskType,
  title,
}: EmbeddingRequest): JsonObject {
  return {
    requests: inputs.map((text) => ({
      model: toModelPath(model),
      content: { parts: [{ text }] },
      ...(dimensions !== undefined && { outputDimensionality: dimensions }),
      ...(taskType !== undefined && { taskType }),
      ...(title !== undefined && { title }),
    })),
  };
}
