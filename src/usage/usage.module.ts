import { Global, Module } from '@nestjs/common';
import { ModelsModule } from '../models/models.module';
import { MONTHLY_USAGE } from '../models/monthly-usage';
import { ProvidersModule } from '../providers/providers.module';
import { AdjustmentsReader } from './adjustments/adjustments.reader';
import { AdjustmentsWriter } from './adjustments/adjustments.writer';
import { CallRecorder } from './ledger/call-recorder';
import { Dimensions } from './ledger/dimensions';
import { EventsReader } from './ledger/events.reader';
import { Ledger } from './ledger/ledger';
import { LedgerSweeper } from './ledger/ledger.sweeper';
import { LateEnds } from './ledger/late-ends';
import { LedgerWriter } from './ledger/ledger.writer';
import { PERIOD_LOCKS } from './ledger/period-locks';
import { ProviderDaysReader } from './ledger/provider-days.reader';
import { TrackingService } from './ledger/tracking.service';
import { ClosedPeriods } from './periods/closed-periods';
import { LateUsage } from './periods/late-usage';
import { UnpricedEvents } from './ledger/unpriced-events';
import { ChargedEvents } from './repricing/charged-events';
import { Corrections } from './repricing/corrections';
import { LatePriceJob } from './repricing/late-price.job';
import { RepricingController } from './repricing/repricing.controller';
import { RepricingService } from './repricing/repricing.service';
import { DirtyBuckets } from './rollup/dirty-buckets';
import { Rollup } from './rollup/rollup';
import { UsageRollupJob } from './rollup/usage-rollup.job';
import { RollupSelfCheck } from './self-check/rollup.self-check';
import { SelfCheckJob } from './self-check/self-check.job';
import { SelfChecks } from './self-check/self-checks';
import { SpendingSums } from './stats/spending-sums';
import { StatsReader } from './stats/stats.reader';
import { StatsService } from './stats/stats.service';
import { UsageController } from './usage.controller';
import { UsageService } from './usage.service';

/** Global for what it answers to rooms on its left: the monthly usage of models. */
@Global()
@Module({
  imports: [ProvidersModule, ModelsModule],
  controllers: [UsageController, RepricingController],
  providers: [
    UsageService,
    AdjustmentsReader,
    AdjustmentsWriter,
    CallRecorder,
    Dimensions,
    EventsReader,
    Ledger,
    LedgerSweeper,
    LedgerWriter,
    LateEnds,
    ProviderDaysReader,
    TrackingService,
    UnpricedEvents,
    ChargedEvents,
    Corrections,
    LatePriceJob,
    RepricingService,
    DirtyBuckets,
    Rollup,
    UsageRollupJob,
    StatsReader,
    SpendingSums,
    SelfChecks,
    RollupSelfCheck,
    SelfCheckJob,
    StatsService,
    ClosedPeriods,
    LateUsage,
    { provide: PERIOD_LOCKS, useExisting: ClosedPeriods },
    { provide: MONTHLY_USAGE, useExisting: StatsService },
  ],
  exports: [
    UsageService,
    CallRecorder,
    Ledger,
    ProviderDaysReader,
    Dimensions,
    SpendingSums,
    StatsReader,
    MONTHLY_USAGE,
    SelfChecks,
    SelfCheckJob,
  ],
})
export class UsageModule {}
