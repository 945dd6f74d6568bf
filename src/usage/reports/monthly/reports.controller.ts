import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { RequiresAccess } from '../../../auth/access.decorator';
import { Scope } from '../../../auth/caller.decorator';
import { type TeamScope } from '../../../common/tenancy/team-scope';
import { DEFAULT_PAGE_SIZE, PageQuery } from '../../../common/validation/page.query.dto';
import { ReportPage, ReportQuery, ReportView, toReportSummary, toReportView } from './dto/report.dto';
import { type MonthlyReport } from './monthly-report';
import { MonthlyReports } from './monthly-reports.service';
import { toReportCsv } from './report-csv';

@ApiTags('Costs')
@Controller('api/v1/reports')
@RequiresAccess('read')
export class ReportsController {
  constructor(private readonly reports: MonthlyReports) {}

  /** Lists the monthly reports that are kept, in the order in which they were made. */
  @Get()
  async list(@Scope() scope: TeamScope, @Query() query: PageQuery): Promise<ReportPage> {
    const page = await this.reports.page(scope, query.limit ?? DEFAULT_PAGE_SIZE, query.cursor);
    return { data: page.data.map(toReportSummary), nextCursor: page.nextCursor };
  }

  /** Shows a report with its hash, or as CSV. */
  @Get(':id')
  @ApiExtraModels(ReportView)
  @ApiOkResponse({
    description: 'The report, or with `format=csv` its lines.',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(ReportView) } },
      'text/csv': { schema: { type: 'string' } },
    },
  })
  async get(
    @Scope() scope: TeamScope,
    @Param('id') id: string,
    @Query() query: ReportQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const report = await this.reports.get(scope, id);
    if (query.format === 'csv') {
      void reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="report-${report.month}.csv"`)
        .send(toReportCsv(JSON.parse(report.content) as MonthlyReport));
      return;
    }
    void reply.type('application/json; charset=utf-8').send(JSON.stringify(toReportView(report)));
  }
}
