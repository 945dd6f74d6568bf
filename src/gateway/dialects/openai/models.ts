import { type JsonBody } from '../codec';
import { toSeconds } from './time';

/** A model of the caller's, as OpenAI lists it. */
export interface OwnedModel {
  /** The name that calls use. */
  readonly id: string;
  readonly createdAt: Date;
  /** Whose model it is: the provider's name. */
  readonly ownedBy: string;
}

/** `Model` of openai 7.57.0 (2026-11). */
export function encodeOpenAiModel({ id, createdAt, ownedBy }: OwnedModel): JsonBody {
  return { id, object: 'model', created: toSeconds(createdAt.getTime()), owned_by: ownedBy };
}

export function encodeOpenAiModels(models: readonly OwnedModel[]): JsonBody {
  return { object: 'list', data: models.map(encodeOpenAiModel) };
}
