import { Inject, Injectable } from '@nestjs/common';
import { type Principal } from '../auth/principal';
import { Conflict, Forbidden, InvalidInput, NotFound } from '../common/problem';
import { SETTINGS, type Settings } from '../config/settings';
import { type CompletionParameters } from '../providers/contract/completion';
import { type NativeWay } from '../providers/contract/native';
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
  /** The provider's own; null for the vendor's. */
  readonly baseUrl: string | null;
  readonly strategy: ProviderStrategy;
  /** The way of the vendor's own format, null when it has none. */
  readonly native: NativeWay | null;
  readonly catalog: CatalogModel | null;
  /** The model's over the provider's. */
  readonly defaults: CompletionParameters;
  readonly maxRetries: number;
  readonly timeouts: CallTimeouts;
  readonly onClientGone: Settings['onClientGone'];
}

interface Target {
  readonly model: Model | null;
  readonly name: string;
  readonly vendorModel: string;
  readonly provider: ProviderAccount | undefined;
}

/** Names that callers make up are kept up to this number for each team. */
const KEPT_NAMES = 1_000;

/** A model's name to all that its call needs. */
@Injectable()
export class ModelResolver {
  /** What a state of a team's directory makes of each name; it goes when the state goes. */
  private readonly kept = new WeakMap<TeamDirectory, Map<string | undefined, ResolvedModel>>();

  constructor(
    private readonly directory: ModelDirectory,
    private readonly factory: ProviderFactory,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /**
   * At once while the team's directory is in memory.
   * @param wanted the model's name or id, `<provider name>/<vendor model id>`, or undefined for the default
   * @throws NotFound, Conflict (inactive), Forbidden (not among the key's models), InvalidInput (no default);
   *   also by rejecting
   */
  resolve(principal: Principal, wanted: string | undefined): ResolvedModel | Promise<ResolvedModel> {
    const directory = this.directory.of(principal.scope);
    if (!(directory instanceof Promise)) return this.pick(directory, principal, wanted);
    return directory.then((loaded) => this.pick(loaded, principal, wanted));
  }

  private pick(directory: TeamDirectory, principal: Principal, wanted: string | undefined): ResolvedModel {
    const model = this.keptOf(directory).get(wanted) ?? this.make(directory, wanted);
    requireAllowed(principal, model);
    return model;
  }

  /** A provider of the team, to be asked for what it holds. @throws NotFound */
  async providerOf({ scope }: Principal, providerId: string): Promise<ResolvedProvider> {
    const directory = await this.directory.of(scope);
    const provider = directory.providersById.get(providerId);
    const native = provider ? this.factory.nativeFor(provider) : null;
    if (!provider || !native) throw new NotFound('The provider that holds it', 'provider_not_found');
    return { name: provider.name, native, timeouts: this.settings.timeouts };
  }

  /** The models that a caller may name, switched on, in the order of their names. */
  async list(principal: Principal): Promise<ListedModel[]> {
    const { modelsByName, providersById } = await this.directory.of(principal.scope);
    return [...modelsByName.values()]
      .filter((model) => model.isActive && isAllowed(principal, { modelId: model.id, name: model.name }))
      .flatMap((model) => {
        const provider = providersById.get(model.providerId);
        if (!provider?.isActive) return [];
        const { priceVendor } = this.factory.definitionOf(provider.type);
        const catalog = findCatalogModel(priceVendor, model.modelId) ?? null;
        return [{ name: model.name, createdAt: model.createdAt, providerType: provider.type, catalog }];
      })
      .sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  private keptOf(directory: TeamDirectory): Map<string | undefined, ResolvedModel> {
    const kept = this.kept.get(directory) ?? new Map<string | undefined, ResolvedModel>();
    this.kept.set(directory, kept);
    return kept;
  }

  private make(directory: TeamDirectory, wanted: string | undefined): ResolvedModel {
    const target = findTarget(directory, wanted);
    const provider = requireActive(target);
    const { factory } = this;
    const { configuration } = provider;
    const vendor = factory.definitionOf(provider.type);
    const total = configuration.timeoutSeconds === undefined ? null : configuration.timeoutSeconds * 1000;
    const model: ResolvedModel = {
      modelId: target.model?.id ?? null,
      name: target.name,
      provider: { id: provider.id, name: provider.name, type: provider.type },
      vendor,
      vendorModel: target.vendorModel,
      baseUrl: configuration.baseUrl ?? null,
      // Asked for at each call: the factory may have closed an earlier one.
      get strategy() {
        return factory.strategyFor(provider);
      },
      get native() {
        return factory.nativeFor(provider);
      },
      catalog: findCatalogModel(vendor.priceVendor, target.vendorModel) ?? null,
      defaults: { ...pickDefaults(configuration), ...target.model?.parameters },
      maxRetries: configuration.maxRetries ?? 0,
      timeouts: total === null ? this.settings.timeouts : capTimeouts(this.settings.timeouts, total),
      onClientGone: directory.onClientGone ?? this.settings.onClientGone,
    };
    const kept = this.keptOf(directory);
    if (kept.size < KEPT_NAMES) kept.set(wanted, model);
    return model;
  }
}

export interface ResolvedProvider {
  readonly name: string;
  readonly native: NativeWay;
  readonly timeouts: CallTimeouts;
}

/** A model as the lists of the dialects show it. */
export interface ListedModel {
  readonly name: string;
  readonly createdAt: Date;
  readonly providerType: string;
  readonly catalog: CatalogModel | null;
}

/**
 * The call's parameters over the model's defaults.
 * @throws InvalidInput that names what the vendor refuses of them
 */
export function mergeParameters(model: ResolvedModel, call: CompletionParameters): CompletionParameters {
  const parameters = { ...model.defaults, ...call };
  const problems = model.vendor.checkParameters(parameters, model.vendorModel);
  if (problems.length === 0) return parameters;
  const errors = problems.map(({ field, message }) => ({ field: `parameters.${field}`, message }));
  throw new InvalidInput(errors.map(({ field, message }) => `${field}: ${message}`).join('; '), { errors });
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

function isAllowed(
  { allowedModels }: Principal,
  { modelId, name }: Pick<ResolvedModel, 'modelId' | 'name'>,
): boolean {
  if (!allowedModels) return true;
  return allowedModels.includes(name) || (modelId !== null && allowedModels.includes(modelId));
}

function requireAllowed(principal: Principal, model: ResolvedModel): void {
  if (isAllowed(principal, model)) return;
  throw new Forbidden(
    'model_not_allowed',
    `The key may not use the model "${model.name}"; it is limited to its allowedModels.`,
  );
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
