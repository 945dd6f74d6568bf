import { Module } from '@nestjs/common';
import { CompletionsModule } from '../completions/completions.module';
import { UsageModule } from '../usage/usage.module';
import { HealthController } from './health.controller';
import { HealthService } from './health.service';
import { MetricsService } from './metrics.service';

@Module({
  imports: [UsageModule, CompletionsModule],
  controllers: [HealthController],
  providers: [HealthService, MetricsService],
})
export class HealthModule {}
