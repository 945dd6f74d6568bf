import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CostsController } from './costs.controller';
import { CostsService } from './costs.service';
import { ExchangeRate } from './exchange-rates/exchange-rate.entity';
import { ExchangeRatesController } from './exchange-rates/exchange-rates.controller';
import { ExchangeRatesService } from './exchange-rates/exchange-rates.service';
import { CostExports } from './export/cost-exports';
import { FocusSource } from './export/focus-source';
import { CostReport } from './monthly/cost-report.entity';
import { MonthlyReportsJob } from './monthly/monthly-reports.job';
import { MonthlyReports } from './monthly/monthly-reports.service';
import { ReportsController } from './monthly/reports.controller';
import { OutlookService } from './outlook.service';

/** Cost reports over what the usage module keeps. */
@Module({
  imports: [TypeOrmModule.forFeature([ExchangeRate, CostReport])],
  controllers: [CostsController, ExchangeRatesController, ReportsController],
  providers: [
    CostsService,
    CostExports,
    FocusSource,
    OutlookService,
    ExchangeRatesService,
    MonthlyReports,
    MonthlyReportsJob,
  ],
  exports: [MonthlyReports],
})
export class ReportsModule {}
