import { BudgetsModule } from './budgets/budgets.module';
import { CompletionsModule } from './completions/completions.module';
import { GatewayModule } from './gateway/gateway.module';
import { HealthModule } from './health/health.module';
import { ModelsModule } from './models/models.module';
import { ProvidersModule } from './providers/providers.module';
import { ReconciliationModule } from './reconciliation/reconciliation.module';
import { TrpcModule } from './trpc/trpc.module';
import { PeriodsModule } from './usage/periods/periods.module';
import { ReportsModule } from './usage/reports/reports.module';
import { UsageModule } from './usage/usage.module';

/** Every feature module: one line per module. */
export const features = [
  ProvidersModule,
  ModelsModule,
  UsageModule,
  ReportsModule,
  PeriodsModule,
  BudgetsModule,
  CompletionsModule,
  GatewayModule,
  ReconciliationModule,
  TrpcModule,
  HealthModule,
];
