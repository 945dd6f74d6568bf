import { Body, Controller, HttpCode, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RequiresAccess } from '../../auth/access.decorator';
import { Caller } from '../../auth/caller.decorator';
import { type Principal } from '../../auth/principal';
import { RepriceInput, RepriceQuery, RepricingView } from '../dto/repricing.dto';
import { RepricingService } from './repricing.service';

@ApiTags('Prices')
@Controller('api/v1/prices')
export class RepricingController {
  constructor(private readonly repricing: RepricingService) {}

  /**
   * Prices events of a time again by the prices of now: with `dryRun=false` the differences become corrections
   * beside the events, booked in the open month where an event's own month is closed.
   */
  @Post('reprice')
  @RequiresAccess('manage')
  @HttpCode(200)
  async reprice(
    @Caller() principal: Principal,
    @Query() query: RepriceQuery,
    @Body() input: RepriceInput,
  ): Promise<RepricingView> {
    return this.repricing.reprice(principal, input, query.dryRun !== 'false');
  }
}
