import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ProvidersModule } from '../providers/providers.module';
import { CatalogController } from './catalog/catalog.controller';
import { ModelDirectory } from './model-directory';
import { Model } from './model.entity';
import { ModelResolver } from './model-resolver';
import { ModelsController } from './models.controller';
import { ModelsPresenter } from './models.presenter';
import { ModelsService } from './models.service';
import { DiscountsService } from './prices/discounts.service';
import { PriceBookService } from './prices/price-book.service';
import { PriceRepository } from './prices/price.repository';
import { PricesController } from './prices/prices.controller';
import { PricesReader } from './prices/prices.reader';
import { PricesService } from './prices/prices.service';

@Module({
  imports: [TypeOrmModule.forFeature([Model]), ProvidersModule],
  controllers: [ModelsController, CatalogController, PricesController],
  providers: [
    ModelsService,
    ModelsPresenter,
    ModelDirectory,
    ModelResolver,
    PriceRepository,
    PriceBookService,
    DiscountsService,
    PricesReader,
    PricesService,
  ],
  exports: [ModelsService, ModelsPresenter, ModelDirectory, ModelResolver, PriceBookService],
})
export class ModelsModule {}
