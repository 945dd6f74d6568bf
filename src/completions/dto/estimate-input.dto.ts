import { IsIn } from 'class-validator';
import { Optional } from '../../common/validation/optional';
import { CompletionInput } from './completion-input.dto';

export const COUNTS = ['local', 'api'] as const;
export type Count = (typeof COUNTS)[number];

/** A completion whose cost is asked for. */
export class EstimateInput extends CompletionInput {
  /**
   * Who counts the input: `local`, a tokeniser of our own (the default), or `api`, the model's vendor, which
   * costs nothing but takes a request to it.
   */
  @Optional()
  @IsIn(COUNTS)
  count?: Count;
}
