import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RequiresAccess } from '../../../auth/access.decorator';
import { Scope } from '../../../auth/caller.decorator';
import { type TeamScope } from '../../../common/tenancy/team-scope';
import { DEFAULT_PAGE_SIZE } from '../../../common/validation/page.query.dto';
import {
  CreateExchangeRateInput,
  ExchangeRatePage,
  ExchangeRatesQuery,
  ExchangeRateView,
  toExchangeRateView,
} from './dto/exchange-rate.dto';
import { ExchangeRatesService } from './exchange-rates.service';

@ApiTags('Costs')
@Controller('api/v1/exchange-rates')
export class ExchangeRatesController {
  constructor(private readonly rates: ExchangeRatesService) {}

  /** Says how many units of a currency one US dollar is from a day on. A second one of the same day replaces the first. */
  @Post()
  @RequiresAccess('manage')
  async create(@Scope() scope: TeamScope, @Body() input: CreateExchangeRateInput): Promise<ExchangeRateView> {
    return toExchangeRateView(await this.rates.create(scope, input));
  }

  /** Lists the team's exchange rates, in the order in which they were recorded. */
  @Get()
  @RequiresAccess('read')
  async list(@Scope() scope: TeamScope, @Query() query: ExchangeRatesQuery): Promise<ExchangeRatePage> {
    const { limit = DEFAULT_PAGE_SIZE, cursor, currency } = query;
    const page = await this.rates.page(scope, limit, cursor, currency);
    return { data: page.data.map(toExchangeRateView), nextCursor: page.nextCursor };
  }
}
