import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { RequiresAccess } from '../../auth/access.decorator';
import { Scope } from '../../auth/caller.decorator';
import { type TeamScope } from '../../common/tenancy/team-scope';
import { CostsService } from './costs.service';
import { CostExportQuery, CostsQuery, CostsView } from './dto/costs.dto';
import { AnomaliesQuery, AnomaliesView, ForecastQuery, ForecastView } from './dto/outlook.dto';
import { CostExports } from './export/cost-exports';
import { sendText } from './export/text-reply';
import { OutlookService } from './outlook.service';

const CSV = { 'text/csv': { schema: { type: 'string' } } } as const;

@ApiTags('Costs')
@Controller('api/v1/costs')
export class CostsController {
  constructor(
    private readonly costs: CostsService,
    private readonly exports: CostExports,
    private readonly outlook: OutlookService,
  ) {}

  /**
   * Costs of a time by buckets and groups, a page of buckets at a time. With `Accept: text/csv` the whole
   * range as CSV.
   */
  @Get()
  @RequiresAccess('read')
  @ApiExtraModels(CostsView)
  @ApiOkResponse({
    description: 'The report, or with `Accept: text/csv` its lines.',
    content: { 'application/json': { schema: { $ref: getSchemaPath(CostsView) } }, ...CSV },
  })
  async list(
    @Scope() scope: TeamScope,
    @Query() query: CostsQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    void reply.header('vary', 'accept');
    if (/\btext\/csv\b/i.test(request.headers.accept ?? '')) {
      return sendText(reply, { ...(await this.exports.csv(scope, query)), filename: null });
    }
    void reply
      .type('application/json; charset=utf-8')
      .send(JSON.stringify(await this.costs.page(scope, query)));
  }

  /** The whole range as a file: the report's lines (csv), or FOCUS 1.2 (focus). It is sent as it is made. */
  @Get('export')
  @RequiresAccess('read')
  @ApiOkResponse({ description: 'The file.', content: CSV })
  async export(
    @Scope() scope: TeamScope,
    @Query() query: CostExportQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { format, ...rest } = query;
    return sendText(reply, await this.exports[format](scope, rest));
  }

  /** What the current month will have cost at its end, with a range, by the same weekdays of the last eight weeks. */
  @Get('forecast')
  @RequiresAccess('read')
  async forecast(@Scope() scope: TeamScope, @Query() query: ForecastQuery): Promise<ForecastView> {
    return this.outlook.forecast(scope, query);
  }

  /** Days that cost far more or less than the same weekdays of the eight weeks before, of the team and of each model. */
  @Get('anomalies')
  @RequiresAccess('read')
  async anomalies(@Scope() scope: TeamScope, @Query() query: AnomaliesQuery): Promise<AnomaliesView> {
    return this.outlook.anomalies(scope, query);
  }
}
