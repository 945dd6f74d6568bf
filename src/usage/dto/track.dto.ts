import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsString,
  Length,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { FieldErrorView } from '../../common/http/problem.dto';
import { IsMoment } from '../../common/validation/moment';
import { Optional } from '../../common/validation/optional';
import { Obeys, refuseMetadata, refuseTexts } from '../../common/validation/rules';
import { FreeForm, Nested } from '../../common/validation/shape';
import { Trimmed } from '../../common/validation/trimmed-text';

/** What is known beside the vendor's own usage object. */
export class TrackContextInput {
  @Optional()
  @IsBoolean()
  batch?: boolean;

  @Optional()
  @IsString()
  @Length(1, 64)
  servedTier?: string;

  @Optional()
  @IsString()
  @Length(1, 64)
  speed?: string;

  @Optional()
  @IsString()
  @Length(1, 64)
  geo?: string;

  @Optional()
  @IsString()
  @Length(1, 500)
  baseUrl?: string;

  @Optional()
  @Obeys(refuseTexts)
  @FreeForm()
  responseHeaders?: Record<string, string>;
}

export class TrackEventInput {
  /** The caller's own id of the event; the same id twice is counted once. */
  @Optional()
  @Trimmed()
  @IsString()
  @Length(1, 200)
  id?: string;

  /** ISO 8601; default: now. */
  @Optional()
  @IsMoment()
  occurredAt?: string;

  /** One of the team's models; or `vendor` and `vendorModel`. */
  @Optional()
  @IsString()
  @Length(1, 100)
  modelId?: string;

  @Optional()
  @IsString()
  @Length(1, 32)
  vendor?: string;

  @Optional()
  @IsString()
  @Length(1, 100)
  vendorModel?: string;

  /** The vendor's own usage object or answer, or { inputTokens, outputTokens, cachedTokens?, reasoningTokens? }. */
  @ApiProperty({
    oneOf: [
      { type: 'object', additionalProperties: true },
      { type: 'array', items: {} },
    ],
  })
  @Obeys((value) => (typeof value === 'object' && value !== null ? null : 'must be a usage object'))
  @FreeForm()
  usage: unknown;

  /** The vendor's API that was called, such as chat.completions, responses, messages, generateContent. */
  @Optional()
  @IsString()
  @Length(1, 64)
  api?: string;

  @Optional()
  @IsObject()
  @ValidateNested()
  @Nested(() => TrackContextInput)
  context?: TrackContextInput;

  @Optional()
  @IsIn(['succeeded', 'failed', 'aborted'])
  status?: 'succeeded' | 'failed' | 'aborted';

  @Optional()
  @IsInt()
  @Min(0)
  @Max(86_400_000)
  latencyMs?: number;

  @Optional()
  @IsInt()
  @Min(0)
  @Max(86_400_000)
  timeToFirstTokenMs?: number;

  @Optional()
  @Trimmed()
  @IsArray()
  @ArrayMaxSize(20)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, 64, { each: true })
  tags?: string[];

  @Optional()
  @Obeys(refuseMetadata)
  @FreeForm()
  metadata?: Record<string, unknown>;

  @Optional()
  @Trimmed()
  @IsString()
  @Length(1, 200)
  user?: string;
}

export class TrackBatchInput {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1000)
  @IsObject({ each: true })
  @ApiProperty({ type: [TrackEventInput] })
  @FreeForm()
  events: Record<string, unknown>[];
}

export class RejectedEventView {
  index: number;
  code: string;
  message: string;
  errors?: FieldErrorView[];
}

export class TrackResultView {
  accepted: number;
  duplicates: number;
  rejected: RejectedEventView[];
}
