import { Injectable } from '@nestjs/common';
import { ApiKeysService } from '../auth/api-keys.service';
import { TeamsService } from '../auth/teams.service';
import { InvalidInput, NotFound } from '../common/problem';
import { type TeamScope } from '../common/tenancy/team-scope';
import { ModelDirectory } from '../models/model-directory';
import { ProvidersService } from '../providers/providers.service';
import { Dimensions } from '../usage/ledger/dimensions';
import { DIMENSION_OF, type ScopeKind } from './budget';
import { type BudgetScopeInput } from './dto/budget.dto';

/** What a budget counts, as it is kept. */
export interface KeptScope {
  readonly scopeKind: ScopeKind;
  readonly scopeId: string;
  readonly dimension: number;
}

interface Named {
  /** As the caller names it. */
  readonly id: string;
  /** As the ledger's dimension is named. */
  readonly value: string;
  readonly label: string;
}

/** Finds what a budget is to count among what the team has. */
@Injectable()
export class BudgetScopes {
  constructor(
    private readonly teams: TeamsService,
    private readonly apiKeys: ApiKeysService,
    private readonly providers: ProvidersService,
    private readonly models: ModelDirectory,
    private readonly dimensions: Dimensions,
  ) {}

  /** @throws NotFound for what is not the team's, InvalidInput */
  async resolve(scope: TeamScope, input: BudgetScopeInput): Promise<KeptScope> {
    const { id, value, label } = await this.name(scope, input);
    const dimension = await this.dimensions.resolve({ kind: DIMENSION_OF[input.kind], value, label });
    return { scopeKind: input.kind, scopeId: id, dimension };
  }

  private async name(scope: TeamScope, { kind, id }: BudgetScopeInput): Promise<Named> {
    const { teamId } = scope;
    if (kind === 'team') {
      if (id !== undefined && id !== teamId) throw new NotFound(`The team "${id}"`);
      const { name } = await this.teams.get(teamId);
      return { id: teamId, value: teamId, label: name };
    }
    if (id === undefined) throw InvalidInput.field('scope.id', `is needed for the kind ${kind}`);
    switch (kind) {
      case 'apiKey': {
        const key = await this.apiKeys.get(scope, id);
        return { id: key.id, value: key.id, label: key.name };
      }
      case 'provider': {
        const provider = await this.providers.get(scope, id);
        return { id: provider.id, value: provider.id, label: provider.name };
      }
      case 'model': {
        const { modelsById, modelsByName } = await this.models.of(scope);
        const model = modelsById.get(id) ?? modelsByName.get(id);
        if (!model) throw new NotFound(`The model "${id}"`, 'model_not_found');
        return { id: model.id, value: model.id, label: model.name };
      }
      case 'user':
      case 'tag':
        return { id, value: `${teamId}/${id}`.slice(0, 300), label: id };
    }
  }
}
