import { asList, asObject, type JsonObject } from '../../contract/usage-builder';
import { VendorError } from '../../contract/vendor-error';

/**
 * The vectors of a `batchEmbedContents` answer.
 * @throws VendorError `bad_response` when there is not one for each text
 */
export function readVectors(answer: JsonObject, count: number): number[][] {
  const vectors = asList(answer.embeddings).map((entry) => asObject(entry)?.values);
  if (vectors.length === count && vectors.every(isVector)) return vectors;
  throw new VendorError('bad_response', `Google did not answer with ${count} vectors, one for each text.`);
}

function isVector(values: unknown): values is number[] {
  return Array.isArray(values) && values.length > 0 && values.every((value) => typeof value === 'number');
}
