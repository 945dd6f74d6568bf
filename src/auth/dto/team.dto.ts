import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, IsString, IsTimeZone, Length, Max, Min } from 'class-validator';
import { Optional, OptionalOrNull } from '../../common/validation/optional';
import { TrimmedText } from '../../common/validation/trimmed-text';
import { type Team } from '../team.entity';

export class CreateTeamInput {
  @TrimmedText(1, 100)
  name: string;

  /** IANA time zone, such as Europe/Berlin. */
  @Optional()
  @IsString()
  @Length(1, 64)
  @IsTimeZone({ message: 'must be an IANA time zone such as Europe/Berlin' })
  timezone?: string;
}

export class UpdateTeamInput {
  @Optional()
  @TrimmedText(1, 100)
  name?: string;

  /** IANA time zone, such as Europe/Berlin. */
  @Optional()
  @IsString()
  @Length(1, 64)
  @IsTimeZone({ message: 'must be an IANA time zone such as Europe/Berlin' })
  timezone?: string;

  /** Whether `<provider name>/<vendor model id>` works for models that are not configured. */
  @Optional()
  @IsBoolean()
  allowUnlistedModels?: boolean;

  /**
   * What becomes of a call whose client leaves: `abort` ends it at the vendor at once and estimates what was not
   * reported; `drain` listens on, within limits, for the exact usage. Null: the server's own setting.
   */
  @ApiProperty({ type: 'string', enum: ['abort', 'drain'], nullable: true })
  @OptionalOrNull()
  @IsIn(['abort', 'drain'])
  onClientGone?: 'abort' | 'drain' | null;

  /** Requests a minute of all the team's keys together; null for no limit. */
  @OptionalOrNull()
  @IsInt()
  @Min(1)
  @Max(1_000_000_000)
  requestsPerMinute?: number | null;

  /** Tokens a minute, input and output, of all the team's keys together; null for no limit. */
  @OptionalOrNull()
  @IsInt()
  @Min(1)
  @Max(2_000_000_000)
  tokensPerMinute?: number | null;
}

export class TeamView {
  id: string;
  name: string;
  timezone: string;
  allowUnlistedModels: boolean;
  @ApiProperty({ type: 'string', enum: ['abort', 'drain'], nullable: true })
  onClientGone: 'abort' | 'drain' | null;
  requestsPerMinute: number | null;
  tokensPerMinute: number | null;
  createdAt: string;
  updatedAt: string;
}

export class TeamPage {
  data: TeamView[];
  nextCursor: string | null;
}

export function toTeamView(team: Team): TeamView {
  return {
    id: team.id,
    name: team.name,
    timezone: team.timezone,
    allowUnlistedModels: team.allowUnlistedModels,
    onClientGone: team.onClientGone,
    requestsPerMinute: team.requestsPerMinute,
    tokensPerMinute: team.tokensPerMinute,
    createdAt: team.createdAt.toISOString(),
    updatedAt: team.updatedAt.toISOString(),
  };
}
