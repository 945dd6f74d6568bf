import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsString,
  Length,
  Matches,
  ValidateNested,
} from 'class-validator';
import { Optional, OptionalOrNull } from '../../common/validation/optional';
import { Obeys, refuseMetadata } from '../../common/validation/rules';
import { FreeForm, Nested } from '../../common/validation/shape';
import { Trimmed } from '../../common/validation/trimmed-text';
import { ParametersInput } from '../../models/dto/parameters.dto';
import { refuseContent, refuseToolChoice } from './content.validator';

export class ToolCallInput {
  @IsString()
  @Length(1, 200)
  id: string;

  @IsString()
  @Length(1, 128)
  name: string;

  @IsObject()
  @FreeForm()
  arguments: Record<string, unknown>;

  /** As it came with the call; some vendors need it back. */
  @Optional()
  @IsString()
  signature?: string;
}

export class ReasoningPartInput {
  @IsString()
  text: string;

  @Optional()
  @IsString()
  signature?: string;

  @Optional()
  @IsString()
  redacted?: string;
}

export class MessageInput {
  @IsIn(['system', 'user', 'assistant', 'tool'])
  role: 'system' | 'user' | 'assistant' | 'tool';

  /** A text, or parts: { type: text, text } | { type: image, url | { mediaType, data } }. */
  @ApiProperty({
    nullable: true,
    oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'object', additionalProperties: true } }],
  })
  @OptionalOrNull()
  @Obeys(refuseContent)
  @FreeForm()
  content?: unknown;

  /** Of an assistant message: the calls that the model made. */
  @Optional()
  @IsArray()
  @ArrayMaxSize(256)
  @ValidateNested({ each: true })
  @Nested(() => ToolCallInput)
  toolCalls?: ToolCallInput[];

  /** Of a tool message: the id of the call that it answers. */
  @Optional()
  @IsString()
  @Length(1, 200)
  toolCallId?: string;

  /** Of an assistant message: the thinking as the answer gave it (`reasoningDetails`), to be sent back. */
  @Optional()
  @IsArray()
  @ArrayMaxSize(256)
  @ValidateNested({ each: true })
  @Nested(() => ReasoningPartInput)
  reasoningDetails?: ReasoningPartInput[];
}

export class ToolInput {
  @Matches(/^[A-Za-z0-9_.-]{1,128}$/, { message: 'must be 1 to 128 letters, digits, _, . or -' })
  name: string;

  @Optional()
  @IsString()
  @Length(0, 10_000)
  description?: string;

  /** JSON Schema of the arguments. */
  @IsObject()
  @FreeForm()
  parameters: Record<string, unknown>;
}

export class ResponseFormatInput {
  @IsIn(['text', 'json_object', 'json_schema'])
  type: 'text' | 'json_object' | 'json_schema';

  @Optional()
  @Matches(/^[A-Za-z0-9_-]{1,64}$/, { message: 'must be 1 to 64 letters, digits, _ or -' })
  name?: string;

  /** JSON Schema of the answer; needed with json_schema. */
  @Optional()
  @IsObject()
  @FreeForm()
  schema?: Record<string, unknown>;

  @Optional()
  @IsBoolean()
  strict?: boolean;
}

export class CompletionInput {
  /** Name or id of a model, or `<provider name>/<vendor model id>`; absent: the team's default. */
  @Optional()
  @IsString()
  @Length(1, 200)
  @Matches(/^\P{Cc}*$/u, { message: 'must not have control characters' })
  model?: string;

  /** A single user message; either this or `messages`. */
  @Optional()
  @IsString()
  @Length(1, 10_000_000)
  prompt?: string;

  @Optional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(10_000)
  @ValidateNested({ each: true })
  @Nested(() => MessageInput)
  messages?: MessageInput[];

  @Optional()
  @IsObject()
  @ValidateNested()
  @Nested(() => ParametersInput)
  parameters?: ParametersInput;

  @Optional()
  @IsArray()
  @ArrayMaxSize(256)
  @ValidateNested({ each: true })
  @Nested(() => ToolInput)
  tools?: ToolInput[];

  /** auto, none, required, or { name }. */
  @ApiProperty({
    required: false,
    oneOf: [
      { type: 'string', enum: ['auto', 'none', 'required'] },
      { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
    ],
  })
  @Optional()
  @Obeys(refuseToolChoice)
  @FreeForm()
  toolChoice?: unknown;

  @Optional()
  @IsObject()
  @ValidateNested()
  @Nested(() => ResponseFormatInput)
  responseFormat?: ResponseFormatInput;

  /** Answers with server-sent events: `delta`, then `done` or `error`. */
  @Optional()
  @IsBoolean()
  stream?: boolean;

  /** What the usage is attributed to. */
  @Optional()
  @Trimmed()
  @IsArray()
  @ArrayMaxSize(20)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, 64, { each: true })
  tags?: string[];

  /** Kept with the usage event; at most 8 KiB. */
  @Optional()
  @Obeys(refuseMetadata)
  @FreeForm()
  metadata?: Record<string, unknown>;

  /** The end user on whose behalf the call is made. */
  @Optional()
  @Trimmed()
  @IsString()
  @Length(1, 200)
  user?: string;
}
