import {
  type EntityManager,
  type EntityTarget,
  type FindOptionsOrder,
  type FindOptionsWhere,
  MoreThan,
  type Repository,
} from 'typeorm';
import { type QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity';
import { type TeamScope } from '../common/tenancy/team-scope';
import { uuidToBytes } from '../common/uuid';
import { engineOf } from './engine';

export interface TeamRow {
  id: string;
  teamId: string;
}

export interface Page<E> {
  readonly data: E[];
  readonly nextCursor: string | null;
}

/** An entity's rows of one team at a time: each method asks for the scope first and never leaves it. */
export class TeamRepository<E extends TeamRow> {
  constructor(
    private readonly target: EntityTarget<E>,
    private readonly manager: EntityManager,
  ) {}

  /** The same repository inside a transaction. */
  within(manager: EntityManager): TeamRepository<E> {
    return new TeamRepository(this.target, manager);
  }

  /** The row with an id of any form: what is no UUID is nobody's. */
  get(scope: TeamScope, id: string): Promise<E | null> {
    if (uuidToBytes(id) === undefined) return Promise.resolve(null);
    return this.find(scope, { id } as FindOptionsWhere<E>);
  }

  find(scope: TeamScope, where: FindOptionsWhere<E>): Promise<E | null> {
    return this.repository.findOne({ where: { ...where, teamId: scope.teamId } });
  }

  /** In the order of making (ids are time-ordered), from after the cursor's id. */
  async page(
    scope: TeamScope,
    limit: number,
    cursor: string | undefined,
    where: FindOptionsWhere<E> = {},
  ): Promise<Page<E>> {
    const after = cursor === undefined ? {} : { id: MoreThan(cursor) };
    const rows = await this.repository.find({
      where: { ...where, ...after, teamId: scope.teamId } as FindOptionsWhere<E>,
      order: { id: 'ASC' } as FindOptionsOrder<E>,
      take: limit + 1,
    });
    const data = rows.slice(0, limit);
    return { data, nextCursor: rows.length > limit ? (data.at(-1)?.id ?? null) : null };
  }

  all(scope: TeamScope, where: FindOptionsWhere<E> = {}): Promise<E[]> {
    return this.repository.find({
      where: { ...where, teamId: scope.teamId },
      order: { id: 'ASC' } as FindOptionsOrder<E>,
    });
  }

  count(scope: TeamScope, where: FindOptionsWhere<E>): Promise<number> {
    return this.repository.count({ where: { ...where, teamId: scope.teamId } });
  }

  /** The row, locked until the transaction ends; SQLite has one writer and needs no lock. */
  findForUpdate(scope: TeamScope, id: string): Promise<E | null> {
    const where = { id, teamId: scope.teamId } as FindOptionsWhere<E>;
    if (engineOf(this.manager.dataSource.options.type) === 'sqlite')
      return this.repository.findOne({ where });
    return this.repository.findOne({ where, lock: { mode: 'pessimistic_write' } });
  }

  /** Inserts a row of the scope's team. */
  async insert(scope: TeamScope, row: Omit<E, 'teamId'>): Promise<E> {
    const owned = { ...row, teamId: scope.teamId } as E;
    await this.repository.insert(owned as QueryDeepPartialEntity<E>);
    return owned;
  }

  /** Writes these fields and no others, so that concurrent changes of others stay. False: there is no such row. */
  async update(scope: TeamScope, id: string, changes: Partial<Omit<E, 'id' | 'teamId'>>): Promise<boolean> {
    const where = { id, teamId: scope.teamId } as FindOptionsWhere<E>;
    const result = await this.repository.update(where, changes as QueryDeepPartialEntity<E>);
    return (result.affected ?? 0) > 0;
  }

  async remove(scope: TeamScope, id: string): Promise<boolean> {
    const result = await this.repository.delete({ id, teamId: scope.teamId } as FindOptionsWhere<E>);
    return (result.affected ?? 0) > 0;
  }

  private get repository(): Repository<E> {
    return this.manager.getRepository(this.target);
  }
}
