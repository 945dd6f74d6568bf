import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { RequiresAccess } from '../auth/access.decorator';
import { Caller, Scope } from '../auth/caller.decorator';
import { type Principal } from '../auth/principal';
import { type TeamScope } from '../common/tenancy/team-scope';
import { EventDetailView, EventPage, EventsQuery } from './dto/event.dto';
import { SelfCheckView } from './dto/self-check.dto';
import { StatsQuery, StatsView } from './dto/stats.dto';
import { TrackBatchInput, TrackEventInput, TrackResultView } from './dto/track.dto';
import { SelfChecks } from './self-check/self-checks';
import { UsageService } from './usage.service';

@ApiTags('Usage')
@ApiExtraModels(TrackEventInput, TrackBatchInput)
@Controller('api/v1/usage')
export class UsageController {
  constructor(
    private readonly usage: UsageService,
    private readonly checks: SelfChecks,
  ) {}

  /** Records usage that was metered elsewhere: one event, or up to 1,000 as `events`. */
  @Post()
  @RequiresAccess('use')
  @HttpCode(201)
  @ApiBody({
    schema: { oneOf: [{ $ref: getSchemaPath(TrackEventInput) }, { $ref: getSchemaPath(TrackBatchInput) }] },
  })
  async track(@Caller() principal: Principal, @Body() input: unknown): Promise<TrackResultView> {
    return this.usage.track(principal, input);
  }

  /** Lists the usage events, the newest first. */
  @Get('events')
  @RequiresAccess('read')
  async events(@Scope() scope: TeamScope, @Query() query: EventsQuery): Promise<EventPage> {
    return this.usage.listEvents(scope, query);
  }

  /** Shows an event with its raw usage and its cost line by line. */
  @Get('events/:id')
  @RequiresAccess('read')
  async event(@Scope() scope: TeamScope, @Param('id') id: string): Promise<EventDetailView> {
    return this.usage.getEvent(scope, id);
  }

  /** Compares ledger, rollups, budgets and closed months with each other, now and to the last digit. */
  @Get('self-check')
  @RequiresAccess('read')
  async selfCheck(@Scope() scope: TeamScope): Promise<SelfCheckView> {
    return this.checks.run(scope.teamId);
  }

  /** Usage, cost and latency of a time, cut in days of a time zone. */
  @Get('stats')
  @RequiresAccess('read')
  async stats(@Scope() scope: TeamScope, @Query() query: StatsQuery): Promise<StatsView> {
    return this.usage.getStats(scope, query);
  }
}
