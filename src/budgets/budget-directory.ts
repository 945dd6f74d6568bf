import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '../database/database';
import { type EventDimensions } from '../usage/ledger/event';
import { type Budget, type BudgetWindow, type ScopeKind, SCOPE_KINDS } from './budget';
import { toBudget, type StoredBudget } from './budget.entity';
import { windowAt } from './budget-window';
import { type CountedBy } from './window-state';

const NONE: readonly CountedBy[] = [];

/** A budget with the window that it was last asked for: most calls are in the same one. */
class Known {
  private last: BudgetWindow | null = null;

  constructor(readonly budget: Budget) {}

  windowAt(at: number): BudgetWindow | null {
    const { last } = this;
    if (last && at >= last.start && at < last.end) return last;
    const found = windowAt(this.budget, at);
    this.last = found ?? last;
    return found;
  }
}

/** Every budget of every team in memory, as of one version. */
@Injectable()
export class BudgetDirectory implements OnModuleInit {
  /** By kind of scope, then by the scope's dimension. */
  private byScope = new Map<ScopeKind, Map<number, Known[]>>();
  private known = 0;
  private loadedVersion = 0;
  private loading: Promise<void> | null = null;

  constructor(private readonly database: Database) {}

  get version(): number {
    return this.loadedVersion;
  }

  onModuleInit(): Promise<void> {
    return this.reload();
  }

  /** Reads all anew. Whoever asks while a reading is under way waits for one that begins after it. */
  async reload(): Promise<void> {
    while (this.loading) await this.loading;
    this.loading = this.load().finally(() => {
      this.loading = null;
    });
    await this.loading;
  }

  /** Whether any budget counts what has these dimensions. */
  counts(dimensions: EventDimensions, tags: readonly number[]): boolean {
    if (this.known === 0) return false;
    return this.listFor(dimensions, tags).length > 0;
  }

  /** The budgets that count what has these dimensions at this moment (UTC milliseconds), in the order of their locks. */
  chainOf(dimensions: EventDimensions, tags: readonly number[], at: number): readonly CountedBy[] {
    if (this.known === 0) return NONE;
    const chain: CountedBy[] = [];
    for (const one of this.listFor(dimensions, tags)) {
      const window = one.windowAt(at);
      if (window) chain.push({ budget: one.budget, window });
    }
    return chain.sort((a, b) => a.budget.number - b.budget.number);
  }

  private listFor(dimensions: EventDimensions, tags: readonly number[]): Known[] {
    const found: Known[] = [];
    const add = (kind: ScopeKind, dimension: number): void => {
      if (dimension !== 0) found.push(...(this.byScope.get(kind)?.get(dimension) ?? []));
    };
    add('team', dimensions.team);
    add('apiKey', dimensions.apiKey);
    add('model', dimensions.model);
    add('provider', dimensions.provider);
    add('user', dimensions.endUser);
    for (const tag of tags) add('tag', tag);
    return found;
  }

  private async load(): Promise<void> {
    const { dialect } = this.database;
    const { version, rows } = await this.database.snapshot(async (runner) => {
      const [state] = await runner.query<{ version: number | string }>('SELECT version FROM budget_state');
      const stored = await runner.query<StoredBudget>(
        `SELECT number, id, team_id, name, scope_kind, dimension, unit, ${dialect.integerText('limit_value')} AS limit_value,
           window_kind, timezone, anchor, enforcement, unpriced, thresholds FROM budgets`,
      );
      return { version: Number(state?.version ?? 0), rows: stored };
    });
    const byScope = new Map<ScopeKind, Map<number, Known[]>>(SCOPE_KINDS.map((kind) => [kind, new Map()]));
    for (const row of rows) {
      const budget = toBudget(row);
      const scopes = byScope.get(budget.scopeKind);
      scopes?.set(budget.dimension, [...(scopes.get(budget.dimension) ?? []), new Known(budget)]);
    }
    this.byScope = byScope;
    this.known = rows.length;
    this.loadedVersion = version;
  }
}
