import type OpenAI from 'openai';
import { type EmbeddingRequest, type EmbeddingResult } from '../../contract/completion';
import { type Metered } from '../../contract/usage';
import { asList, asObject, type JsonObject, readText } from '../../contract/usage-builder';
import { VendorError } from '../../contract/vendor-error';
import { toUser } from './request-user';

/** Fields of embeddings that only Google has. */
const FOREIGN = ['taskType', 'title'] as const;

/**
 * A body of `POST /embeddings` (types of openai 7.57.0, 2026-11). Vectors are asked for as numbers, which
 * every server that speaks the protocol has.
 * @throws VendorError `invalid_request` that names the field which the protocol cannot express
 */
export function toEmbeddingBody(request: EmbeddingRequest, vendor: string): OpenAI.EmbeddingCreateParams {
  for (const field of FOREIGN) {
    if (request[field] === undefined) continue;
    throw VendorError.unsupported(field, `The embeddings of ${vendor} have no such field. Leave it out.`);
  }
  return {
    model: request.model,
    input: [...request.inputs],
    encoding_format: 'float',
    ...(request.dimensions !== undefined && { dimensions: request.dimensions }),
    ...(request.user !== undefined && { user: toUser(request.user) }),
  };
}

/** @throws VendorError `bad_response` unless there is one vector for each input */
export function toEmbeddingResult(
  answer: JsonObject,
  { model, inputs }: EmbeddingRequest,
  metered: Metered,
  vendorRequestId: string | null,
): EmbeddingResult {
  const rawUsage = answer.usage ?? null;
  const vectors: (readonly number[] | undefined)[] = inputs.map(() => undefined);
  asList(answer.data).forEach((entry, position) => {
    const item = asObject(entry);
    const index = typeof item?.index === 'number' ? item.index : position;
    if (index in vectors) vectors[index] = readVector(item?.embedding);
  });
  const complete = vectors.filter((vector) => vector !== undefined);
  if (complete.length !== inputs.length) {
    const message = 'The vendor did not answer with one vector of numbers for each input.';
    throw new VendorError('bad_response', message, { metered, rawUsage, vendorRequestId });
  }
  return {
    vendorModel: readText(answer, 'model') ?? model,
    vectors: complete,
    metered,
    rawUsage,
    vendorRequestId,
  };
}

function readVector(value: unknown): readonly number[] | undefined {
  const list = asList(value);
  return list.length > 0 && list.every((entry) => typeof entry === 'number') ? list : undefined;
}
