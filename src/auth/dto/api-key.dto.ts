import { ArrayMaxSize, IsArray, IsIn, IsInt, IsString, Max, Min } from 'class-validator';
import { IsMoment } from '../../common/validation/moment';
import { Optional } from '../../common/validation/optional';
import { TrimmedText } from '../../common/validation/trimmed-text';
import { type ApiKey } from '../api-key.entity';
import { ROLES, type Role } from '../principal';

export class CreateApiKeyInput {
  @TrimmedText(1, 100)
  name: string;

  /** admin: all of the team; member: use models and read usage; viewer: read. */
  @IsIn(ROLES)
  role: Role;

  /** ISO 8601; the key stops working then. */
  @Optional()
  @IsMoment()
  expiresAt?: string;

  /** Names or ids of the models that the key may use; absent for all. */
  @Optional()
  @IsArray()
  @ArrayMaxSize(1000)
  @IsString({ each: true })
  allowedModels?: string[];

  @Optional()
  @IsInt()
  @Min(1)
  @Max(1_000_000_000)
  requestsPerMinute?: number;

  @Optional()
  @IsInt()
  @Min(1)
  @Max(2_000_000_000)
  tokensPerMinute?: number;
}

export class ApiKeyView {
  id: string;
  teamId: string;
  name: string;
  role: Role;
  /** The key's last four characters. */
  keyHint: string;
  allowedModels: string[] | null;
  requestsPerMinute: number | null;
  tokensPerMinute: number | null;
  expiresAt: string | null;
  createdAt: string;
}

export class CreatedApiKeyView extends ApiKeyView {
  /** The key itself, shown this once. */
  key: string;
}

export class ApiKeyPage {
  data: ApiKeyView[];
  nextCursor: string | null;
}

export function toApiKeyView(key: ApiKey): ApiKeyView {
  return {
    id: key.id,
    teamId: key.teamId,
    name: key.name,
    role: key.role,
    keyHint: key.keyHint,
    allowedModels: key.allowedModels,
    requestsPerMinute: key.requestsPerMinute,
    tokensPerMinute: key.tokensPerMinute,
    expiresAt: key.expiresAt?.toISOString() ?? null,
    createdAt: key.createdAt.toISOString(),
  };
}
