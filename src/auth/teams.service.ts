import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { MoreThan, Repository } from 'typeorm';
import { BoundedCache } from '../common/bounded-cache';
import { Clock } from '../common/clock';
import { Conflict, NotFound } from '../common/problem';
import { uuidv7 } from '../common/uuid';
import { isDuplicateKey } from '../database/driver-errors';
import { type Page } from '../database/team-repository';
import { type CreateTeamInput, type UpdateTeamInput } from './dto/team.dto';
import { Team } from './team.entity';

const CACHED_TEAMS = 10_000;
/** For how long another instance's change of a team may go unseen. */
const CACHE_MS = 5_000;
const DEFAULT_TEAM = 'default';

@Injectable()
export class TeamsService {
  private readonly cache = new BoundedCache<string, Team | null>(CACHED_TEAMS, CACHE_MS);

  constructor(
    @InjectRepository(Team) private readonly teams: Repository<Team>,
    private readonly clock: Clock,
  ) {}

  /** The oldest team, made on the first boot: the admin key acts for it when it names none. */
  async getDefault(): Promise<Team> {
    const [oldest] = await this.teams.find({ order: { id: 'ASC' }, take: 1 });
    if (oldest) return oldest;
    try {
      return await this.create({ name: DEFAULT_TEAM });
    } catch (error) {
      // Another instance made it at the same moment.
      if (error instanceof Conflict) return this.teams.findOneByOrFail({ name: DEFAULT_TEAM });
      throw error;
    }
  }

  /** The team if it was read in the last seconds. */
  recall(id: string): Team | undefined {
    return this.cache.get(id) ?? undefined;
  }

  async find(id: string): Promise<Team | undefined> {
    const team = await this.cache.getOrLoad(id, () => this.teams.findOneBy({ id }));
    return team ?? undefined;
  }

  async get(id: string): Promise<Team> {
    const team = await this.find(id);
    if (!team) throw new NotFound(`The team "${id}"`);
    return team;
  }

  async list(limit: number, cursor: string | undefined): Promise<Page<Team>> {
    const where = cursor === undefined ? {} : { id: MoreThan(cursor) };
    const rows = await this.teams.find({ where, order: { id: 'ASC' }, take: limit + 1 });
    const data = rows.slice(0, limit);
    return { data, nextCursor: rows.length > limit ? (data.at(-1)?.id ?? null) : null };
  }

  async create(input: CreateTeamInput): Promise<Team> {
    const now = this.clock.date();
    const team: Team = {
      id: uuidv7(now.getTime()),
      name: input.name,
      timezone: input.timezone ?? 'UTC',
      allowUnlistedModels: true,
      onClientGone: null,
      requestsPerMinute: null,
      tokensPerMinute: null,
      createdAt: now,
      updatedAt: now,
    };
    await this.write(team.id, team.name, () => this.teams.insert(team));
    return team;
  }

  async update(id: string, input: UpdateTeamInput): Promise<Team> {
    const { name, timezone, allowUnlistedModels, onClientGone, requestsPerMinute, tokensPerMinute } = input;
    const changes: Partial<Team> = {
      ...(name === undefined ? {} : { name }),
      ...(timezone === undefined ? {} : { timezone }),
      ...(allowUnlistedModels === undefined ? {} : { allowUnlistedModels }),
      ...(onClientGone === undefined ? {} : { onClientGone }),
      ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }),
      ...(tokensPerMinute === undefined ? {} : { tokensPerMinute }),
      updatedAt: this.clock.date(),
    };
    await this.write(id, name ?? '', () => this.teams.update({ id }, changes));
    const team = await this.teams.findOneBy({ id });
    if (!team) throw new NotFound(`The team "${id}"`);
    return team;
  }

  private async write(id: string, name: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      throw new Conflict('team_name_taken', `A team named "${name}" exists. Choose another name.`);
    } finally {
      this.cache.delete(id);
    }
  }
}
