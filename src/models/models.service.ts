import { Injectable } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import { EntityManager } from 'typeorm';
import { Clock } from '../common/clock';
import { Conflict, InvalidInput, NotFound } from '../common/problem';
import { type TeamScope } from '../common/tenancy/team-scope';
import { uuidv7 } from '../common/uuid';
import { Database } from '../database/database';
import { isDuplicateKey, isDuplicateOf, isReferenceViolation } from '../database/driver-errors';
import { type Page, TeamRepository } from '../database/team-repository';
import { type CompletionParameters } from '../providers/contract/completion';
import { type ProviderAccount } from '../providers/provider-account';
import { ProviderFactory } from '../providers/provider.factory';
import { ProvidersService } from '../providers/providers.service';
import { type CreateModelInput, type UpdateModelInput } from './dto/model.dto';
import { toParameters } from './dto/parameters.dto';
import { ModelDirectory } from './model-directory';
import { Model } from './model.entity';

const MAX_CLASHES = 12;

/** The teams' named models. */
@Injectable()
export class ModelsService {
  private readonly models: TeamRepository<Model>;

  constructor(
    @InjectEntityManager() manager: EntityManager,
    private readonly database: Database,
    private readonly providers: ProvidersService,
    private readonly factory: ProviderFactory,
    private readonly directory: ModelDirectory,
    private readonly clock: Clock,
  ) {
    this.models = new TeamRepository(Model, manager);
  }

  list(scope: TeamScope, limit: number, cursor: string | undefined): Promise<Page<Model>> {
    return this.models.page(scope, limit, cursor);
  }

  async get(scope: TeamScope, id: string): Promise<Model> {
    const model = await this.models.get(scope, id);
    if (!model) throw new NotFound(`The model "${id}"`);
    return model;
  }

  async create(scope: TeamScope, input: CreateModelInput): Promise<Model> {
    const provider = await this.providers.get(scope, input.providerId);
    const parameters = toParameters(input.parameters);
    this.check(provider, parameters, input.modelId);
    const now = this.clock.date();
    return this.write(scope, input.name, provider.id, input.isDefault === true, (models) =>
      models.insert(scope, {
        id: uuidv7(now.getTime()),
        providerId: provider.id,
        name: input.name,
        modelId: input.modelId,
        parameters,
        isActive: true,
        defaultForTeamId: input.isDefault ? scope.teamId : null,
        createdAt: now,
        updatedAt: now,
      }),
    );
  }

  async update(scope: TeamScope, id: string, input: UpdateModelInput): Promise<Model> {
    const found = await this.get(scope, id);
    const provider = await this.providers.get(scope, input.providerId ?? found.providerId);
    const parameters = input.parameters ? toParameters(input.parameters) : undefined;
    this.check(provider, parameters ?? found.parameters, input.modelId ?? found.modelId);
    const { name, modelId, isActive, isDefault } = input;
    return this.write(scope, name ?? found.name, provider.id, isDefault === true, async (models) => {
      const model = await models.findForUpdate(scope, id);
      if (!model) throw new NotFound(`The model "${id}"`);
      const changes: Partial<Model> = {
        ...(input.providerId === undefined ? {} : { providerId: provider.id }),
        ...(name === undefined ? {} : { name }),
        ...(modelId === undefined ? {} : { modelId }),
        ...(parameters === undefined ? {} : { parameters }),
        ...(isActive === undefined ? {} : { isActive }),
        ...(isDefault === undefined ? {} : { defaultForTeamId: isDefault ? scope.teamId : null }),
        updatedAt: this.clock.date(),
      };
      await models.update(scope, id, changes);
      return { ...model, ...changes };
    });
  }

  async remove(scope: TeamScope, id: string): Promise<void> {
    const model = await this.get(scope, id);
    if (!(await this.models.remove(scope, model.id))) throw new NotFound(`The model "${id}"`);
    this.directory.forget(scope.teamId);
  }

  private check(provider: ProviderAccount, parameters: CompletionParameters, modelId: string): void {
    const problems = this.factory.definitionOf(provider.type).checkParameters(parameters, modelId);
    if (problems.length === 0) return;
    const errors = problems.map(({ field, message }) => ({ field: `parameters.${field}`, message }));
    throw new InvalidInput(errors.map(({ field, message }) => `${field}: ${message}`).join('; '), { errors });
  }

  /** Writes in one transaction, in which a new default takes the place of the old one. */
  private async write(
    scope: TeamScope,
    name: string,
    providerId: string,
    becomesDefault: boolean,
    work: (models: TeamRepository<Model>) => Promise<Model>,
  ): Promise<Model> {
    try {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await this.database.transaction(async ({ manager }) => {
            if (becomesDefault) {
              await manager.update(Model, { defaultForTeamId: scope.teamId }, { defaultForTeamId: null });
            }
            return work(this.models.within(manager));
          });
        } catch (error) {
          // Another model became the default at the same moment: the later one takes its place.
          const clash = isDuplicateOf(error, 'default_for_team_id', 'uq_ai_models_default');
          if (!clash || attempt >= MAX_CLASHES) throw error;
        }
      }
    } catch (error) {
      if (isDuplicateKey(error)) {
        throw new Conflict('model_name_taken', `The team has a model named "${name}". Choose another name.`);
      }
      if (isReferenceViolation(error)) throw new NotFound(`The provider "${providerId}"`);
      throw error;
    } finally {
      this.directory.forget(scope.teamId);
    }
  }
}
