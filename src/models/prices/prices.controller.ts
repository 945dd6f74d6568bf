import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RequiresAccess } from '../../auth/access.decorator';
import { Scope } from '../../auth/caller.decorator';
import { type TeamScope } from '../../common/tenancy/team-scope';
import { DiscountInput, DiscountQuery, DiscountView } from '../dto/price-discount.dto';
import {
  CreatedPriceView,
  CreatePriceInput,
  PriceLookupQuery,
  PriceLookupView,
  PricePage,
  PriceReviewPage,
  PriceReviewQuery,
  PricesQuery,
  PriceView,
  toPriceView,
} from '../dto/price.dto';
import { DiscountsService } from './discounts.service';
import { PricesReader } from './prices.reader';
import { PricesService } from './prices.service';

@ApiTags('Prices')
@Controller('api/v1/prices')
export class PricesController {
  constructor(
    private readonly prices: PricesService,
    private readonly reader: PricesReader,
    private readonly discounts: DiscountsService,
  ) {}

  /** Records a price of the team's own: it goes before the list price of the same model. */
  @Post()
  @RequiresAccess('manage')
  async create(@Scope() scope: TeamScope, @Body() input: CreatePriceInput): Promise<CreatedPriceView> {
    const { row, warnings, superseded, remaining } = await this.prices.record(scope, input);
    return {
      ...toPriceView(row),
      warnings: [...warnings],
      superseded: superseded.map(({ id }) => id),
      remaining: remaining.map(toPriceView),
    };
  }

  /** Makes prices of the team's own from the list's by a negotiated change in percent: all of them, or none. */
  @Post('discounts')
  @RequiresAccess('manage')
  async discount(
    @Scope() scope: TeamScope,
    @Query() query: DiscountQuery,
    @Body() input: DiscountInput,
  ): Promise<DiscountView> {
    const dryRun = query.dryRun === 'true';
    const { rows, superseded, remaining } = await this.discounts.discount(scope, input, dryRun);
    return {
      dryRun,
      data: rows.map(toPriceView),
      superseded: superseded.map(({ id }) => id),
      remaining: remaining.map(toPriceView),
    };
  }

  /** Lists prices, the team's own and those of the list. */
  @Get()
  @RequiresAccess('read')
  async list(@Scope() scope: TeamScope, @Query() query: PricesQuery): Promise<PricePage> {
    return this.reader.list(scope, query);
  }

  /** The row that prices a call, and why it does. */
  @Get('lookup')
  @RequiresAccess('read')
  async lookUp(@Scope() scope: TeamScope, @Query() query: PriceLookupQuery): Promise<PriceLookupView> {
    return this.reader.lookUp(scope, query);
  }

  /** Lists prices past their guarantee, and those that nobody checked for long. */
  @Get('review')
  @RequiresAccess('read')
  async review(@Scope() scope: TeamScope, @Query() query: PriceReviewQuery): Promise<PriceReviewPage> {
    return this.reader.review(scope, query);
  }

  /** Shows a price, also one that holds no longer. */
  @Get(':id')
  @RequiresAccess('read')
  async get(@Scope() scope: TeamScope, @Param('id') id: string): Promise<PriceView> {
    return toPriceView(await this.reader.get(scope, id));
  }

  /** Withdraws a price of the team's own; what it priced stays priced. */
  @Delete(':id')
  @RequiresAccess('manage')
  @HttpCode(204)
  async remove(@Scope() scope: TeamScope, @Param('id') id: string): Promise<void> {
    await this.prices.withdraw(scope, id);
  }
}
