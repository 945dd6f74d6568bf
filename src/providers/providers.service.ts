import { Inject, Injectable } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import { EntityManager } from 'typeorm';
import { hintOf } from '../auth/api-key-secret';
import { Clock } from '../common/clock';
import { Conflict, InvalidInput, NotFound } from '../common/problem';
import { type TeamScope } from '../common/tenancy/team-scope';
import { uuidv7 } from '../common/uuid';
import { SETTINGS, type Settings } from '../config/settings';
import { isDuplicateKey, isReferenceViolation } from '../database/driver-errors';
import { Database } from '../database/database';
import { type Page, TeamRepository } from '../database/team-repository';
import { refuseBaseUrl } from './base-url';
import { type VendorModel } from './contract/strategy';
import { VendorError } from './contract/vendor-error';
import { type CreateProviderInput, mergeConfiguration, type UpdateProviderInput } from './dto/provider.dto';
import { ProviderChanges } from './provider-changes';
import { type ProviderConfiguration } from './provider-account';
import { Provider, type Verification } from './provider.entity';
import { ProviderFactory } from './provider.factory';
import { bindingOf } from './vault/provider-binding';
import { Vault } from './vault/vault';
import { toVendorProblem } from './vendor-problem';
import { findVendor, vendors } from './vendors';

const VERIFY_TIMEOUTS = { firstByte: 10_000, idle: 10_000, total: 15_000 };

/** The teams' accounts at the vendors. */
@Injectable()
export class ProvidersService {
  private readonly providers: TeamRepository<Provider>;

  constructor(
    @InjectEntityManager() manager: EntityManager,
    private readonly database: Database,
    private readonly vault: Vault,
    private readonly factory: ProviderFactory,
    private readonly changes: ProviderChanges,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {
    this.providers = new TeamRepository(Provider, manager);
  }

  list(scope: TeamScope, limit: number, cursor: string | undefined): Promise<Page<Provider>> {
    return this.providers.page(scope, limit, cursor);
  }

  all(scope: TeamScope): Promise<Provider[]> {
    return this.providers.all(scope);
  }

  async get(scope: TeamScope, id: string): Promise<Provider> {
    const provider = await this.providers.get(scope, id);
    if (!provider) throw new NotFound(`The provider "${id}"`);
    return provider;
  }

  findByName(scope: TeamScope, name: string): Promise<Provider | null> {
    return this.providers.find(scope, { name });
  }

  async create(scope: TeamScope, input: CreateProviderInput): Promise<Provider> {
    const now = this.clock.date();
    const id = uuidv7(now.getTime());
    const configuration = mergeConfiguration({}, input.configuration);
    await this.check(input.type, configuration);
    return this.write(scope, input.name, () =>
      this.providers.insert(scope, {
        id,
        name: input.name,
        type: input.type,
        apiKey: this.vault.encrypt(input.apiKey, bindingOf({ id, teamId: scope.teamId })),
        keyHint: hintOf(input.apiKey),
        configuration,
        isActive: true,
        lastVerification: null,
        createdAt: now,
        updatedAt: now,
      }),
    );
  }

  async update(scope: TeamScope, id: string, input: UpdateProviderInput): Promise<Provider> {
    const found = await this.get(scope, id);
    // Before the transaction: it may ask the name service.
    await this.check(found.type, mergeConfiguration(found.configuration, input.configuration));
    const { name, isActive, apiKey } = input;
    return this.write(scope, name ?? found.name, () =>
      this.database.transaction(async ({ manager }) => {
        const providers = this.providers.within(manager);
        const provider = await providers.findForUpdate(scope, id);
        if (!provider) throw new NotFound(`The provider "${id}"`);
        const changes: Partial<Provider> = {
          ...(name === undefined ? {} : { name }),
          ...(isActive === undefined ? {} : { isActive }),
          ...(apiKey === undefined
            ? {}
            : { apiKey: this.vault.encrypt(apiKey, bindingOf(provider)), keyHint: hintOf(apiKey) }),
          ...(input.configuration
            ? { configuration: mergeConfiguration(provider.configuration, input.configuration) }
            : {}),
          updatedAt: this.clock.date(),
        };
        await providers.update(scope, id, changes);
        return { ...provider, ...changes };
      }),
    );
  }

  /** Creates the provider, or updates the team's provider of that name (its type stays). */
  async configure(scope: TeamScope, input: CreateProviderInput): Promise<Provider> {
    const existing = await this.findByName(scope, input.name);
    if (!existing) return this.create(scope, input);
    if (existing.type !== input.type) {
      throw InvalidInput.field(
        'type',
        `the provider "${input.name}" is of type ${existing.type}, which cannot change`,
      );
    }
    return this.update(scope, existing.id, { apiKey: input.apiKey, configuration: input.configuration });
  }

  async remove(scope: TeamScope, id: string): Promise<void> {
    const provider = await this.get(scope, id);
    try {
      await this.providers.remove(scope, id);
    } catch (error) {
      if (!isReferenceViolation(error)) throw error;
      throw new Conflict(
        'provider_in_use',
        `Models use the provider "${provider.name}". Delete them or move them to another provider first.`,
      );
    }
    this.factory.forget(id);
    this.changes.announce(scope.teamId);
  }

  /** Asks the vendor whether the key works. It writes no usage event. */
  async verify(scope: TeamScope, id: string): Promise<Verification> {
    const provider = await this.get(scope, id);
    const started = performance.now();
    const validation = await this.factory.strategyFor(provider).validateConfiguration({
      signal: AbortSignal.timeout(VERIFY_TIMEOUTS.total),
      timeouts: VERIFY_TIMEOUTS,
    });
    const verification: Verification = {
      valid: validation.verdict === 'ok',
      ...validation,
      latencyMs: Math.round(performance.now() - started),
      checkedAt: this.clock.date().toISOString(),
    };
    if (!(await this.providers.update(scope, id, { lastVerification: verification }))) {
      throw new NotFound(`The provider "${id}"`);
    }
    return verification;
  }

  async listVendorModels(scope: TeamScope, id: string): Promise<VendorModel[]> {
    const provider = await this.get(scope, id);
    try {
      return await this.factory
        .strategyFor(provider)
        .listModels({ signal: AbortSignal.timeout(VERIFY_TIMEOUTS.total), timeouts: VERIFY_TIMEOUTS });
    } catch (error) {
      throw error instanceof VendorError ? toVendorProblem(error, provider.name) : error;
    }
  }

  private async check(type: string, configuration: ProviderConfiguration): Promise<void> {
    const vendor = findVendor(type);
    if (!vendor) {
      const known = vendors.map(({ id }) => id).join(', ');
      throw InvalidInput.field('type', `"${type}" is not a registered vendor; choose one of ${known}`);
    }
    const { temperature, topP, maxTokens, baseUrl } = configuration;
    const problems = vendor.checkParameters(
      { temperature, topP, maxTokens },
      configuration.defaultModel ?? '',
    );
    if (problems.length > 0) {
      const errors = problems.map(({ field, message }) => ({ field: `configuration.${field}`, message }));
      throw new InvalidInput(errors.map(({ field, message }) => `${field}: ${message}`).join('; '), {
        errors,
      });
    }
    if (baseUrl === undefined && vendor.defaultBaseUrl === '') {
      throw InvalidInput.field('configuration.baseUrl', `is needed for the type ${type}`);
    }
    if (baseUrl === undefined || this.settings.allowPrivateBaseUrls) return;
    const refusal = await refuseBaseUrl(baseUrl);
    if (refusal) throw InvalidInput.field('configuration.baseUrl', refusal);
  }

  /** Writes to the team's providers, and tells those who keep them in memory. */
  private async write<T>(scope: TeamScope, name: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      throw new Conflict(
        'provider_name_taken',
        `The team has a provider named "${name}". Choose another name.`,
      );
    } finally {
      this.changes.announce(scope.teamId);
    }
  }
}
