import { Inject, Injectable } from '@nestjs/common';
import { type Principal } from '../auth/principal';
import { Conflict, Forbidden, InvalidInput, NotFound } from '../common/problem';
import { SETTINGS, type Settings } from '../config/settings';
import { type CompletionParameters } from '../providers/contract/completion';
import { type ProviderStrategy, type VendorDefinition } from '../providers/contract/strategy';
import { type CallTimeouts } from '../providers/contract/transport';
import { type ProviderAccount, type ProviderConfiguration } from '../providers/provider-account';
import { ProviderFactory } from '../providers/provider.factory';
import { type CatalogModel, findCatalogModel } from './catalog/catalog';
import { ModelDirectory, type TeamDirectory } from './model-directory';
import { type Model } from './model.entity';

/** All that a call needs to know of the model it names. */
export interface ResolvedModel {
  /** Null for a model that is not configured (`<provider name>/<vendor model id>`). */
  readonly modelId: string | null;
  readonly name: string;
  readonly provider: { readonly id: string; readonly name: string; readonly type: string };
  readonly vendor: VendorDefinition;
  readonly vendorModel: string;
  readonly strategy: ProviderStrategy;
  readonly catalog: CatalogModel | null;
  /** The call's over the model's over the provider's. */
  readonly parameters: CompletionParameters;
  readonly maxRetries: number;
  readonly timeouts: CallTimeouts;
}

interface Target {
  readonly model: Model | null;
  readonly name: string;
  readonly vendorModel: string;
  readonly provider: ProviderAccount | undefined;
}

/** A model's name to all that its call needs. */
@Injectable()
export class ModelResolver {
  constructor(
    private readonly directory: ModelDirectory,
    private readonly factory: ProviderFactory,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /**
   * @param wanted the model's name or id, `<provider name>/<vendor model id>`, or undefined for the default
   * @throws NotFound, Conflict (inactive), Forbidden (not among the key's models), InvalidInput (parameters)
   */
  async resolve(
    principal: Principal,
    wanted: string | undefined,
    callParameters: CompletionParameters,
  ): Promise<ResolvedModel> {
    const directory = await this.directory.of(principal.scope);
    const target = findTarget(directory, wanted);
    const provider = requireActive(target);
    requireAllowed(principal, target);
    const { configuration } = provider;
    const parameters: CompletionParameters = {
      ...pickDefaults(configuration),
      ...target.model?.parameters,
      ...callParameters,
    };
    const vendor = this.factory.definitionOf(provider.type);
    requireValid(vendor, parameters, target);
    const total = configuration.timeoutSeconds === undefined ? null : configuration.timeoutSeconds * 1000;
    return {
      modelId: target.model?.id ?? null,
      name: target.name,
      provider: { id: provider.id, name: provider.name, type: provider.type },
      vendor,
      vendorModel: target.vendorModel,
      strategy: this.factory.strategyFor(provider),
      catalog: findCatalogModel(vendor.priceVendor, target.vendorModel) ?? null,
      parameters,
      maxRetries: configuration.maxRetries ?? 0,
      timeouts: total === null ? this.settings.timeouts : capTimeouts(this.settings.timeouts, total),
    };
  }
}

function findTarget(directory: TeamDirectory, wanted: string | undefined): Target {
  if (wanted === undefined) {
    if (directory.defaultModel) return targetOf(directory, directory.defaultModel);
    throw new InvalidInput(
      'No model was named and the team has no default. Name one in "model", or make one the default.',
      {
        code: 'no_default_model',
        errors: [{ field: 'model', message: 'is needed, because the team has no default model' }],
      },
    );
  }
  const model = directory.modelsByName.get(wanted) ?? directory.modelsById.get(wanted);
  if (model) return targetOf(directory, model);
  const unlisted = directory.allowUnlistedModels ? findUnlisted(directory, wanted) : null;
  if (!unlisted) throw new NotFound(`The model "${wanted}"`, 'model_not_found');
  return unlisted;
}

/** `<provider name>/<vendor model id>`; names may hold slashes, so the longest name of a provider wins. */
function findUnlisted(directory: TeamDirectory, wanted: string): Target | null {
  for (let slash = wanted.lastIndexOf('/'); slash > 0; slash = wanted.lastIndexOf('/', slash - 1)) {
    const provider = directory.providersByName.get(wanted.slice(0, slash));
    const vendorModel = wanted.slice(slash + 1);
    if (provider && vendorModel !== '') return { model: null, name: wanted, vendorModel, provider };
  }
  return null;
}

function targetOf(directory: TeamDirectory, model: Model): Target {
  return {
    model,
    name: model.name,
    vendorModel: model.modelId,
    provider: directory.providersById.get(model.providerId),
  };
}

function requireActive(target: Target): ProviderAccount {
  if (!target.provider)
    throw new NotFound(`The provider of the model "${target.name}"`, 'provider_not_found');
  if (target.model?.isActive === false) {
    throw new Conflict(
      'model_inactive',
      `The model "${target.name}" is switched off. Switch it on (isActive), or use another.`,
    );
  }
  if (!target.provider.isActive) {
    throw new Conflict(
      'provider_inactive',
      `The provider "${target.provider.name}" is switched off. Switch it on (isActive), or use another model.`,
    );
  }
  return target.provider;
}

function requireAllowed({ allowedModels }: Principal, target: Target): void {
  if (!allowedModels) return;
  if (allowedModels.includes(target.name) || (target.model && allowedModels.includes(target.model.id)))
    return;
  throw new Forbidden(
    'model_not_allowed',
    `The key may not use the model "${target.name}"; it is limited to its allowedModels.`,
  );
}

function requireValid(vendor: VendorDefinition, parameters: CompletionParameters, target: Target): void {
  const problems = vendor.checkParameters(parameters, target.vendorModel);
  if (problems.length === 0) return;
  const errors = problems.map(({ field, message }) => ({ field: `parameters.${field}`, message }));
  throw new InvalidInput(errors.map(({ field, message }) => `${field}: ${message}`).join('; '), { errors });
}

function pickDefaults({ maxTokens, temperature, topP }: ProviderConfiguration): CompletionParameters {
  return {
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
  };
}

function capTimeouts(timeouts: CallTimeouts, total: number): CallTimeouts {
  return { firstByte: Math.min(timeouts.firstByte, total), idle: Math.min(timeouts.idle, total), total };
}
