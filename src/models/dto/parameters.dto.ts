import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsString,
  Length,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { Optional } from '../../common/validation/optional';
import { Nested } from '../../common/validation/shape';
import { type CompletionParameters, type ReasoningEffort } from '../../providers/contract/completion';

const EFFORTS: readonly ReasoningEffort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

export class ReasoningInput {
  @Optional()
  @IsIn(EFFORTS)
  effort?: ReasoningEffort;

  /** Most tokens for thinking. */
  @Optional()
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  budgetTokens?: number;
}

/** Generation parameters; a call's win over its model's, and those over its provider's. */
export class ParametersInput {
  /** Most output tokens. */
  @Optional()
  @IsInt()
  @Min(1)
  @Max(100_000)
  maxTokens?: number;

  @Optional()
  @IsNumber()
  @Min(0)
  @Max(2)
  temperature?: number;

  @Optional()
  @IsNumber()
  @Min(0)
  @Max(1)
  topP?: number;

  @Optional()
  @IsInt()
  @Min(1)
  @Max(1000)
  topK?: number;

  @Optional()
  @IsNumber()
  @Min(-2)
  @Max(2)
  frequencyPenalty?: number;

  @Optional()
  @IsNumber()
  @Min(-2)
  @Max(2)
  presencePenalty?: number;

  @Optional()
  @IsInt()
  @Min(-2_147_483_648)
  @Max(2_147_483_647)
  seed?: number;

  /** Texts at which the answer ends. */
  @Optional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? [value] : value))
  @IsArray()
  @ArrayMaxSize(16)
  @IsString({ each: true })
  @Length(1, 200, { each: true })
  stop?: string[];

  @Optional()
  @IsObject()
  @ValidateNested()
  @Nested(() => ReasoningInput)
  reasoning?: ReasoningInput;

  @Optional()
  @IsBoolean()
  parallelToolCalls?: boolean;

  /** The vendor's service tier to ask for, such as flex; what is billed is the tier that was served. */
  @Optional()
  @IsString()
  @Length(1, 32)
  serviceTier?: string;
}

/** The parameters as plain data, without what was left out. */
export function toParameters(input: ParametersInput | undefined): CompletionParameters {
  return JSON.parse(JSON.stringify(input ?? {})) as CompletionParameters;
}
