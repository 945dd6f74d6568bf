import { Injectable } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import { EntityManager } from 'typeorm';
import { TeamsService } from '../auth/teams.service';
import { BoundedCache } from '../common/bounded-cache';
import { type TeamScope } from '../common/tenancy/team-scope';
import { TeamRepository } from '../database/team-repository';
import { ProviderChanges } from '../providers/provider-changes';
import { type ProviderAccount } from '../providers/provider-account';
import { ProvidersService } from '../providers/providers.service';
import { Model } from './model.entity';

/** A team's models and providers as they were at one moment. */
export interface TeamDirectory {
  readonly modelsByName: ReadonlyMap<string, Model>;
  readonly modelsById: ReadonlyMap<string, Model>;
  readonly providersById: ReadonlyMap<string, ProviderAccount>;
  readonly providersByName: ReadonlyMap<string, ProviderAccount>;
  readonly defaultModel: Model | null;
  readonly allowUnlistedModels: boolean;
  /** What becomes of a call whose client leaves; null for the server's own setting. */
  readonly onClientGone: 'abort' | 'drain' | null;
}

const CACHED_TEAMS = 2_000;
/** For how long a change that another instance made may go unseen here. */
const CACHE_MS = 5_000;

/** The teams' models and providers, in memory: the path of a call does not wait for the database. */
@Injectable()
export class ModelDirectory {
  private readonly cache = new BoundedCache<string, TeamDirectory>(CACHED_TEAMS, CACHE_MS);
  private readonly loading = new Map<string, Promise<TeamDirectory>>();
  private readonly models: TeamRepository<Model>;

  constructor(
    @InjectEntityManager() manager: EntityManager,
    private readonly providers: ProvidersService,
    private readonly teams: TeamsService,
    changes: ProviderChanges,
  ) {
    this.models = new TeamRepository(Model, manager);
    changes.listen((teamId) => this.forget(teamId));
  }

  of(scope: TeamScope): Promise<TeamDirectory> | TeamDirectory {
    const { teamId } = scope;
    const cached = this.cache.get(teamId);
    if (cached) return cached;
    const underWay = this.loading.get(teamId);
    if (underWay) return underWay;
    const loading: Promise<TeamDirectory> = this.loadAndKeep(
      scope,
      () => this.loading.get(teamId) === loading,
    ).finally(() => {
      if (this.loading.get(teamId) === loading) this.loading.delete(teamId);
    });
    this.loading.set(teamId, loading);
    return loading;
  }

  /** A load under way serves those who wait for it, and is not kept: it may have read what was before. */
  forget(teamId: string): void {
    this.cache.delete(teamId);
    this.loading.delete(teamId);
  }

  private async loadAndKeep(scope: TeamScope, isCurrent: () => boolean): Promise<TeamDirectory> {
    const { teamId } = scope;
    try {
      const directory = await this.load(scope);
      if (isCurrent()) this.cache.set(teamId, directory);
      return directory;
    } catch (error) {
      const aged = this.cache.standIn(teamId);
      if (aged) return aged;
      throw error;
    }
  }

  private async load(scope: TeamScope): Promise<TeamDirectory> {
    const [models, providers, team] = await Promise.all([
      this.models.all(scope),
      this.providers.all(scope),
      this.teams.get(scope.teamId),
    ]);
    return {
      modelsByName: new Map(models.map((model) => [model.name, model])),
      modelsById: new Map(models.map((model) => [model.id, model])),
      providersById: new Map(providers.map((provider) => [provider.id, provider])),
      providersByName: new Map(providers.map((provider) => [provider.name, provider])),
      defaultModel: models.find((model) => model.defaultForTeamId !== null) ?? null,
      allowUnlistedModels: team.allowUnlistedModels,
      onClientGone: team.onClientGone,
    };
  }
}
