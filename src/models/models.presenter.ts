import { Inject, Injectable } from '@nestjs/common';
import { type TeamScope } from '../common/tenancy/team-scope';
import { type ProviderAccount } from '../providers/provider-account';
import { ProviderFactory } from '../providers/provider.factory';
import { ProvidersService } from '../providers/providers.service';
import { type CatalogModel, findCatalogModel } from './catalog/catalog';
import { type CatalogEntryView, type ModelView } from './dto/model.dto';
import { type Model } from './model.entity';
import { MONTHLY_USAGE, type MonthlyUsageSource } from './monthly-usage';

export function toCatalogEntry(model: CatalogModel): CatalogEntryView {
  const { vendor, vendorModelId, displayName, contextWindow, maxOutputTokens, capabilities, lifecycle } =
    model;
  return { vendor, vendorModelId, displayName, contextWindow, maxOutputTokens, capabilities, lifecycle };
}

/** Models as clients see them: with their provider, what the catalog knows, and their usage if asked for. */
@Injectable()
export class ModelsPresenter {
  constructor(
    private readonly providers: ProvidersService,
    private readonly factory: ProviderFactory,
    @Inject(MONTHLY_USAGE) private readonly usage: MonthlyUsageSource,
  ) {}

  async present(scope: TeamScope, models: readonly Model[], include?: 'monthlyUsage'): Promise<ModelView[]> {
    const providers = new Map((await this.providers.all(scope)).map((provider) => [provider.id, provider]));
    const usage =
      include === 'monthlyUsage'
        ? await this.usage.monthlyUsage(
            scope,
            models.map(({ id }) => id),
          )
        : null;
    return models.map((model) => {
      const provider = providers.get(model.providerId);
      const monthlyUsage = usage?.get(model.id);
      return { ...this.toView(model, provider), ...(monthlyUsage ? { monthlyUsage } : {}) };
    });
  }

  async presentOne(scope: TeamScope, model: Model): Promise<ModelView> {
    return this.toView(model, await this.providers.get(scope, model.providerId));
  }

  private toView(model: Model, provider: ProviderAccount | undefined): ModelView {
    const type = provider?.type ?? '';
    const catalog = provider
      ? findCatalogModel(this.factory.definitionOf(type).priceVendor, model.modelId)
      : undefined;
    return {
      id: model.id,
      teamId: model.teamId,
      providerId: model.providerId,
      provider: { id: model.providerId, name: provider?.name ?? '', type },
      name: model.name,
      modelId: model.modelId,
      parameters: JSON.parse(JSON.stringify(model.parameters)) as ModelView['parameters'],
      isActive: model.isActive,
      isDefault: model.defaultForTeamId !== null,
      catalog: catalog ? toCatalogEntry(catalog) : null,
      createdAt: model.createdAt.toISOString(),
      updatedAt: model.updatedAt.toISOString(),
    };
  }
}
