import { Module } from '@nestjs/common';
import { ModelsModule } from '../models/models.module';
import { ProvidersModule } from '../providers/providers.module';
import { UsageModule } from '../usage/usage.module';
import { CallLedger } from './call-ledger';
import { CallsInFlight } from './calls-in-flight';
import { CompletionPath } from './completion-path';
import { CompletionsController } from './completions.controller';
import { EstimateService } from './estimate.service';
import { ModelTestController } from './model-test.controller';
import { RunningCalls } from './running-calls';
import { GracefulStop } from './graceful-stop';

@Module({
  imports: [ProvidersModule, ModelsModule, UsageModule],
  controllers: [CompletionsController, ModelTestController],
  providers: [CompletionPath, CallLedger, CallsInFlight, RunningCalls, EstimateService, GracefulStop],
  exports: [CompletionPath, EstimateService, CallsInFlight],
})
export class CompletionsModule {}
