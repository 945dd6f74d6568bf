import { Controller, Get, Query } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsOptional, IsString, Length } from 'class-validator';
import { RequiresAccess } from '../../auth/access.decorator';
import { Scope } from '../../auth/caller.decorator';
import { Clock } from '../../common/clock';
import { type TeamScope } from '../../common/tenancy/team-scope';
import { choosePriceRow } from '../../providers/contract/price-choice';
import { CatalogEntryView } from '../dto/model.dto';
import { toCatalogEntry } from '../models.presenter';
import { PriceBookService } from '../prices/price-book.service';
import { type CatalogModel, listCatalogModels } from './catalog';

export class CatalogQuery {
  /** openai, anthropic or google; absent for all. */
  @IsOptional()
  @IsString()
  @Length(1, 32)
  vendor?: string;
}

/** Today's standard prices of a model, for prompts that are in no higher context tier. */
export class CatalogPriceView {
  priceVersionId: string;
  /** Dollars per million tokens, per usage class. */
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } })
  pricesPerMillion: Readonly<Partial<Record<string, string>>>;
  /** Dollars per unit. */
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } })
  unitPrices: Readonly<Partial<Record<string, string>>>;
  source: string;
  checkedOn: string | null;
}

export class CatalogModelView extends CatalogEntryView {
  price: CatalogPriceView | null;
}

export class CatalogList {
  data: CatalogModelView[];
}

@ApiTags('Models')
@Controller('api/v1/catalog')
export class CatalogController {
  constructor(
    private readonly priceBook: PriceBookService,
    private readonly clock: Clock,
  ) {}

  /** Lists the vendors' known models, with their limits and today's prices. */
  @Get('models')
  @RequiresAccess('read')
  list(@Scope() scope: TeamScope, @Query() query: CatalogQuery): CatalogList {
    return { data: listCatalogModels(query.vendor).map((model) => this.toView(scope, model)) };
  }

  private toView(scope: TeamScope, model: CatalogModel): CatalogModelView {
    const { vendor, vendorModelId } = model;
    const row = choosePriceRow(this.priceBook.listRows(scope.teamId, vendor, vendorModelId), {
      vendorModel: vendorModelId,
      surface: '',
      servedTier: 'standard',
      region: null,
      promptTotal: 0,
      at: this.clock.now(),
    });
    return {
      ...toCatalogEntry(model),
      price: row && {
        priceVersionId: row.id,
        pricesPerMillion: row.pricesPerMillion,
        unitPrices: row.unitPrices,
        source: row.source,
        checkedOn: row.checkedOn,
      },
    };
  }
}
