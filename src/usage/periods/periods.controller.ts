import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RequiresAccess } from '../../auth/access.decorator';
import { Caller, Scope } from '../../auth/caller.decorator';
import { type Principal } from '../../auth/principal';
import { type TeamScope } from '../../common/tenancy/team-scope';
import { PeriodPage, PeriodsQuery, PeriodView, ReopenPeriodInput } from './dto/period.dto';
import { PeriodsService } from './periods.service';

const DEFAULT_LIMIT = 100;

@ApiTags('Costs')
@Controller('api/v1/periods')
export class PeriodsController {
  constructor(private readonly periods: PeriodsService) {}

  /** Lists the months that were closed at least once. */
  @Get()
  @RequiresAccess('read')
  async list(@Scope() scope: TeamScope, @Query() query: PeriodsQuery): Promise<PeriodPage> {
    return this.periods.list(scope, query.limit ?? DEFAULT_LIMIT, query.cursor);
  }

  /** Shows a month (YYYY-MM, in the team's zone), and what was done to it. */
  @Get(':month')
  @RequiresAccess('read')
  async get(@Scope() scope: TeamScope, @Param('month') month: string): Promise<PeriodView> {
    return this.periods.get(scope, month);
  }

  /**
   * Closes a month that is over: freezes its report with its hash. What is corrected or reported for it afterwards
   * counts in the open month.
   */
  @Post(':month/close')
  @RequiresAccess('manage')
  @HttpCode(200)
  async close(@Caller() principal: Principal, @Param('month') month: string): Promise<PeriodView> {
    return this.periods.close(principal, month);
  }

  /** Opens a closed month again, for a reason that is kept. */
  @Post(':month/reopen')
  @RequiresAccess('platform')
  @HttpCode(200)
  async reopen(
    @Caller() principal: Principal,
    @Param('month') month: string,
    @Body() input: ReopenPeriodInput,
  ): Promise<PeriodView> {
    return this.periods.reopen(principal, month, input.reason);
  }
}
