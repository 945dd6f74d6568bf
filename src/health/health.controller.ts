import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { RequiresAccess } from '../auth/access.decorator';
import { HealthView, JobStateList } from './health.dto';
import { HealthService } from './health.service';
import { MetricsService } from './metrics.service';

@ApiTags('Health')
@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthService,
    private readonly metrics: MetricsService,
  ) {}

  /** Whether the process works. */
  @Get('health/live')
  @RequiresAccess('public')
  live(): HealthView {
    return { status: 'ok', problems: [] };
  }

  /** Whether it can take calls: the database answers and settlements get through. */
  @Get('health/ready')
  @RequiresAccess('public')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthView> {
    const problems = await this.health.findProblems();
    if (problems.length > 0) void reply.status(503);
    return { status: problems.length === 0 ? 'ok' : 'unavailable', problems };
  }

  /** The scheduled jobs and how their last runs ended. */
  @Get('health/jobs')
  @RequiresAccess('platform')
  async jobs(): Promise<JobStateList> {
    return { data: await this.health.listJobs() };
  }

  /** Metrics in the Prometheus text format. */
  @Get('metrics')
  @RequiresAccess('platform')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiProduces('text/plain')
  async readMetrics(): Promise<string> {
    return this.metrics.read();
  }
}
