import {
  IsBoolean,
  IsInt,
  IsNumber,
  IsObject,
  IsString,
  IsUrl,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { Optional, OptionalOrNull } from '../../common/validation/optional';
import { Nested } from '../../common/validation/shape';
import { TrimmedText } from '../../common/validation/trimmed-text';
import { type ProviderConfiguration } from '../provider-account';
import { type Provider } from '../provider.entity';

export class ProviderConfigurationInput {
  /** The vendor's model that people and clients start from; the server decides nothing by it. */
  @OptionalOrNull()
  @TrimmedText(1, 100)
  defaultModel?: string | null;

  /** Most output tokens, when neither the call nor the model says. */
  @OptionalOrNull()
  @IsInt()
  @Min(1)
  @Max(100_000)
  maxTokens?: number | null;

  @OptionalOrNull()
  @IsNumber()
  @Min(0)
  @Max(2)
  temperature?: number | null;

  @OptionalOrNull()
  @IsNumber()
  @Min(0)
  @Max(1)
  topP?: number | null;

  /** What the vendor's SDK takes: OpenAI's ends in /v1, Anthropic's and Google's are the root. */
  @OptionalOrNull()
  @IsString()
  @Length(1, 500)
  @IsUrl(
    { protocols: ['http', 'https'], require_protocol: true, require_tld: false, disallow_auth: true },
    { message: 'must be a URL such as https://api.openai.com/v1, without credentials' },
  )
  @Matches(/^[^?#]*$/, { message: 'must have no query (?) and no fragment (#): paths are added to its end' })
  baseUrl?: string | null;

  /** How often a failed attempt is tried again; each is an attempt of its own in the ledger. Default 0. */
  @OptionalOrNull()
  @IsInt()
  @Min(0)
  @Max(10)
  maxRetries?: number | null;

  /** The longest a whole call may take. */
  @OptionalOrNull()
  @IsInt()
  @Min(1)
  @Max(3600)
  timeoutSeconds?: number | null;
}

const KEY_MESSAGE = 'must be the vendor key itself, without spaces or line breaks';

export class CreateProviderInput {
  @TrimmedText(1, 100)
  name: string;

  /** openai, anthropic, google, or another registered vendor. */
  @IsString()
  @Length(1, 32)
  type: string;

  /** The vendor's API key. It is encrypted and never shown again. */
  @IsString()
  @Length(1, 1000)
  @Matches(/^[\x21-\x7e]+$/, { message: KEY_MESSAGE })
  apiKey: string;

  @Optional()
  @IsObject()
  @ValidateNested()
  @Nested(() => ProviderConfigurationInput)
  configuration?: ProviderConfigurationInput;
}

export class UpdateProviderInput {
  @Optional()
  @TrimmedText(1, 100)
  name?: string;

  @Optional()
  @IsString()
  @Length(1, 1000)
  @Matches(/^[\x21-\x7e]+$/, { message: KEY_MESSAGE })
  apiKey?: string;

  /** Merged into what is there; null takes a field away. */
  @Optional()
  @IsObject()
  @ValidateNested()
  @Nested(() => ProviderConfigurationInput)
  configuration?: ProviderConfigurationInput;

  @Optional()
  @IsBoolean()
  isActive?: boolean;
}

export class ProviderConfigurationView {
  defaultModel?: string;
  maxTokens?: number;
  temperature?: number;
  topP?: number;
  baseUrl?: string;
  maxRetries?: number;
  timeoutSeconds?: number;
}

export class VerificationView {
  valid: boolean;
  verdict: 'ok' | 'bad_key' | 'no_access' | 'rate_limited' | 'unreachable' | 'bad_response';
  message: string;
  latencyMs: number;
  checkedAt: string;
}

export class ProviderView {
  id: string;
  teamId: string;
  name: string;
  type: string;
  /** The vendor key's last four characters. */
  keyHint: string;
  configuration: ProviderConfigurationView;
  isActive: boolean;
  lastVerification: VerificationView | null;
  createdAt: string;
  updatedAt: string;
}

export class ProviderPage {
  data: ProviderView[];
  nextCursor: string | null;
}

export class VendorModelView {
  id: string;
  displayName: string | null;
  createdAt: string | null;
}

export class VendorModelList {
  data: VendorModelView[];
}

/** Merges configuration fields over what is there; null takes one away. */
export function mergeConfiguration(
  current: ProviderConfiguration,
  changes: ProviderConfigurationInput | undefined,
): ProviderConfiguration {
  const merged = Object.entries({ ...current, ...changes }).filter(
    ([, value]) => value !== null && value !== undefined,
  );
  return Object.fromEntries(merged);
}

export function toProviderView(provider: Provider): ProviderView {
  return {
    id: provider.id,
    teamId: provider.teamId,
    name: provider.name,
    type: provider.type,
    keyHint: provider.keyHint,
    configuration: provider.configuration,
    isActive: provider.isActive,
    lastVerification: provider.lastVerification,
    createdAt: provider.createdAt.toISOString(),
    updatedAt: provider.updatedAt.toISOString(),
  };
}
