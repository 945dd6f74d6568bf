import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DEFAULT_PAGE_SIZE, PageQuery } from '../common/validation/page.query.dto';
import { RequiresAccess } from './access.decorator';
import { CreateTeamInput, TeamPage, TeamView, toTeamView, UpdateTeamInput } from './dto/team.dto';
import { TeamsService } from './teams.service';

@ApiTags('Teams and keys')
@Controller('api/v1/teams')
@RequiresAccess('platform')
export class TeamsController {
  constructor(private readonly teams: TeamsService) {}

  /** Makes a team. */
  @Post()
  async create(@Body() input: CreateTeamInput): Promise<TeamView> {
    return toTeamView(await this.teams.create(input));
  }

  /** Lists the teams. */
  @Get()
  async list(@Query() query: PageQuery): Promise<TeamPage> {
    const page = await this.teams.list(query.limit ?? DEFAULT_PAGE_SIZE, query.cursor);
    return { data: page.data.map(toTeamView), nextCursor: page.nextCursor };
  }

  /** Changes a team's name, time zone or policy. */
  @Patch(':id')
  async update(@Param('id') id: string, @Body() input: UpdateTeamInput): Promise<TeamView> {
    return toTeamView(await this.teams.update(id, input));
  }
}
