import { Module } from '@nestjs/common';
import { ModelsModule } from '../models/models.module';
import { ProvidersModule } from '../providers/providers.module';
import { BudgetsModule } from '../budgets/budgets.module';
import { UsageModule } from '../usage/usage.module';
import { BackgroundCalls } from './background-calls';
import { CallLedger } from './call-ledger';
import { CallLimits } from './call-limits';
import { CallsInFlight } from './calls-in-flight';
import { CompletionPath } from './completion-path';
import { CompletionsController } from './completions.controller';
import { EmbeddingPath } from './embedding-path';
import { EstimateService } from './estimate.service';
import { FreeCalls } from './free-calls';
import { IdempotencyModule } from './idempotency/idempotency.module';
import { ModelTestController } from './model-test.controller';
import { NativePath } from './native-path';
import { RunningCalls } from './running-calls';
import { GracefulStop } from './graceful-stop';

@Module({
  imports: [ProvidersModule, ModelsModule, UsageModule, BudgetsModule, IdempotencyModule],
  controllers: [CompletionsController, ModelTestController],
  providers: [
    CompletionPath,
    CallLedger,
    CallLimits,
    CallsInFlight,
    RunningCalls,
    NativePath,
    BackgroundCalls,
    EmbeddingPath,
    FreeCalls,
    EstimateService,
    GracefulStop,
  ],
  exports: [
    CompletionPath,
    NativePath,
    EmbeddingPath,
    FreeCalls,
    EstimateService,
    CallsInFlight,
    IdempotencyModule,
  ],
})
export class CompletionsModule {}
