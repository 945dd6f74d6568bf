import { Module } from '@nestjs/common';
import { ReportsModule } from '../reports/reports.module';
import { PeriodSelfCheck } from './period.self-check';
import { PeriodsController } from './periods.controller';
import { PeriodsService } from './periods.service';
import { PeriodsStore } from './periods.store';

/** Closing and reopening of months. Which months are closed, the usage module itself asks (`ClosedPeriods`). */
@Module({
  imports: [ReportsModule],
  controllers: [PeriodsController],
  providers: [PeriodsService, PeriodsStore, PeriodSelfCheck],
})
export class PeriodsModule {}
