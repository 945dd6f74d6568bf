import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CostsController } from './costs.controller';
import { CostsService } from './costs.service';
import { ExchangeRate } from './exchange-rates/exchange-rate.entity';
import { ExchangeRatesController } from './exchange-rates/exchange-rates.controller';
import { ExchangeRatesService } from './exchange-rates/exchange-rates.service';
import { CostExports } from './export/cost-exports';
import { FocusSource } from './export/focus-source';
import { OutlookService } from './outlook.service';

/** Cost reports over what the usage module keeps. */
@Module({
  imports: [TypeOrmModule.forFeature([ExchangeRate])],
  controllers: [CostsController, ExchangeRatesController],
  providers: [CostsService, CostExports, FocusSource, OutlookService, ExchangeRatesService],
})
export class ReportsModule {}
