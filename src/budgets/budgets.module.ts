import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ModelsModule } from '../models/models.module';
import { ProvidersModule } from '../providers/providers.module';
import { SPENDING_BOOKS } from '../usage/ledger/spending-books';
import { UsageModule } from '../usage/usage.module';
import { BudgetBooks } from './budget-books';
import { BudgetDirectory } from './budget-directory';
import { BudgetScopes } from './budget-scopes';
import { BudgetWindows } from './budget-windows';
import { BudgetSelfCheck } from './budget.self-check';
import { BudgetRow } from './budget.entity';
import { BudgetsController } from './budgets.controller';
import { BudgetsService } from './budgets.service';
import { LocalLimits } from './rate-limits/local-limits';
import { StandingThresholds } from './standing-thresholds';
import { RateLimiter } from './rate-limits/rate-limiter';
import { SharedLimits } from './rate-limits/shared-limits';
import { BudgetWebhooksJob } from './webhooks/budget-webhooks.job';
import { NotificationsReader } from './webhooks/notifications.reader';
import { WebhookSecrets } from './webhooks/webhook-secrets';

/** Global for what it answers to rooms on its left: the books that the ledger asks. */
@Global()
@Module({
  imports: [TypeOrmModule.forFeature([BudgetRow]), ProvidersModule, ModelsModule, UsageModule],
  controllers: [BudgetsController],
  providers: [
    RateLimiter,
    LocalLimits,
    SharedLimits,
    BudgetsService,
    BudgetScopes,
    NotificationsReader,
    BudgetWebhooksJob,
    WebhookSecrets,
    BudgetBooks,
    BudgetDirectory,
    BudgetWindows,
    BudgetSelfCheck,
    StandingThresholds,
    { provide: SPENDING_BOOKS, useExisting: BudgetBooks },
  ],
  exports: [RateLimiter, SPENDING_BOOKS],
})
export class BudgetsModule {}
