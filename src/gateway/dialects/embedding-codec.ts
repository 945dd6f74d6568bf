import { type EmbeddingRequest, type EmbeddingResult } from '../../providers/contract/completion';
import { type JsonBody, type Target } from './codec';

/** What a caller asks, before a model is resolved. */
export type AskedEmbedding = Omit<EmbeddingRequest, 'model'>;

export interface DecodedEmbedding {
  readonly asked: AskedEmbedding;
  /** As in `DecodedCompletion`. */
  readonly ignored: readonly string[];
}

/** A dialect's format of one embeddings API: pure functions between its JSON and the contract. */
export interface EmbeddingCodec {
  /** @throws InvalidInput that names the caller's field, and the vendor where that is what cannot take it */
  decode(body: JsonBody, target: Target): DecodedEmbedding;
  /** @param model as the caller named it */
  encode(model: string, result: EmbeddingResult, body: JsonBody): JsonBody;
  /** A field as the contract names it (`dimensions`, `inputs[2]`) in the caller's words. */
  fieldName(field: string, body: JsonBody): string;
}
