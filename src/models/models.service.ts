import { Injectable } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import { EntityManager } from 'typeorm';
import { Clock } from '../common/clock';
import { Conflict, InvalidInput, NotFound } from '../common/problem';
import { type TeamScope } from '../common/tenancy/team-scope';
import { uuidv7 } from '../common/uuid';
import { isDuplicateKey, isReferenceViolation } from '../database/driver-errors';
import { type Page, TeamRepository } from '../database/team-repository';
import { type CompletionParameters } from '../providers/contract/completion';
import { type ProviderAccount } from '../providers/provider-account';
import { ProviderFactory } from '../providers/provider.factory';
import { ProvidersService } from '../providers/providers.service';
import { type CreateModelInput, type UpdateModelInput } from './dto/model.dto';
import { toParameters } from './dto/parameters.dto';
import { ModelDirectory } from './model-directory';
import { Model } from './model.entity';

/** The teams' named models. */
@Injectable()
export class ModelsService {
  private readonly models: TeamRepository<Model>;

  constructor(
    @InjectEntityManager() private readonly manager: EntityManager,
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
    const model = await this.models.find(scope, { id });
    if (!model) throw new NotFound(`The model "${id}"`);
    return model;
  }

  async create(scope: TeamScope, input: CreateModelInput): Promise<Model> {
    const provider = await this.providers.get(scope, input.providerId);
    const parameters = toParameters(input.parameters);
    this.check(provider, parameters, input.modelId);
    const now = this.clock.date();
    return this.save(scope, {
      id: uuidv7(now.getTime()),
      providerId: provider.id,
      name: input.name,
      modelId: input.modelId,
      parameters,
      isActive: true,
      defaultForTeamId: input.isDefault ? scope.teamId : null,
      createdAt: now,
      updatedAt: now,
    });
  }

  async update(scope: TeamScope, id: string, input: UpdateModelInput): Promise<Model> {
    const model = await this.get(scope, id);
    const provider = await this.providers.get(scope, input.providerId ?? model.providerId);
    const parameters = input.parameters ? toParameters(input.parameters) : model.parameters;
    const modelId = input.modelId ?? model.modelId;
    this.check(provider, parameters, modelId);
    const isDefault = input.isDefault ?? model.defaultForTeamId !== null;
    return this.save(scope, {
      ...model,
      providerId: provider.id,
      name: input.name ?? model.name,
      modelId,
      parameters,
      isActive: input.isActive ?? model.isActive,
      defaultForTeamId: isDefault ? scope.teamId : null,
      updatedAt: this.clock.date(),
    });
  }

  async remove(scope: TeamScope, id: string): Promise<void> {
    if (!(await this.models.remove(scope, id))) throw new NotFound(`The model "${id}"`);
    this.directory.forget(scope.teamId);
  }

  private check(provider: ProviderAccount, parameters: CompletionParameters, modelId: string): void {
    const problems = this.factory.definitionOf(provider.type).checkParameters(parameters, modelId);
    if (problems.length === 0) return;
    const errors = problems.map(({ field, message }) => ({ field: `parameters.${field}`, message }));
    throw new InvalidInput(errors.map(({ field, message }) => `${field}: ${message}`).join('; '), { errors });
  }

  /** A new default takes the place of the old one in the same transaction. */
  private async save(scope: TeamScope, model: Omit<Model, 'teamId'>): Promise<Model> {
    try {
      return await this.manager.transaction(async (manager) => {
        if (model.defaultForTeamId !== null) {
          await manager.update(Model, { defaultForTeamId: scope.teamId }, { defaultForTeamId: null });
        }
        return this.models.within(manager).save(scope, model);
      });
    } catch (error) {
      if (isDuplicateKey(error)) {
        throw new Conflict(
          'model_name_taken',
          `The team has a model named "${model.name}". Choose another name.`,
        );
      }
      if (isReferenceViolation(error)) throw new NotFound(`The provider "${model.providerId}"`);
      throw error;
    } finally {
      this.directory.forget(scope.teamId);
    }
  }
}
