import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings';
import { Database, type SqlReader } from '../database/database';
import { type EventDimensions } from '../usage/ledger/event';
import { type Budget, type BudgetWindow, type ScopeKind, SCOPE_KINDS } from './budget';
import { storedColumns, toBudget, type StoredBudget } from './budget.entity';
import { windowAt } from './budget-window';
import { type CountedBy } from './window-state';

const NONE: readonly CountedBy[] = [];

/** In relaxed mode no call asks the database before it is made: so old may be what is known of other instances' budgets. */
const RELAXED_POLL_MS = 1_000;

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
export class BudgetDirectory implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('BudgetDirectory');
  private poll: NodeJS.Timeout | undefined;
  /** By kind of scope, then by the scope's dimension. */
  private byScope = new Map<ScopeKind, Map<number, Known[]>>();
  private known = 0;
  private loadedVersion = 0;
  private loading: Promise<void> | null = null;

  constructor(
    private readonly database: Database,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  get version(): number {
    return this.loadedVersion;
  }

  async onModuleInit(): Promise<void> {
    await this.reload();
    if (this.settings.durability !== 'relaxed' || this.database.dialect.engine === 'sqlite') return;
    this.poll = setInterval(() => void this.catchUp(), RELAXED_POLL_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.poll);
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

  /** Reads anew what another instance changed. While the database is away, what is known stays. */
  private async catchUp(): Promise<void> {
    try {
      if ((await this.readVersion(this.database)) !== this.loadedVersion) await this.reload();
    } catch (error) {
      this.logger.warn({
        message: 'The budgets could not be looked at; what is known of them stays.',
        err: error,
      });
    }
  }

  private async readVersion(runner: SqlReader): Promise<number> {
    const [state] = await runner.query<{ version: number | string }>('SELECT version FROM budget_state');
    return Number(state?.version ?? 0);
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
      const current = await this.readVersion(runner);
      const stored = await runner.query<StoredBudget>(`SELECT ${storedColumns('b', dialect)} FROM budgets b`);
      return { version: current, rows: stored };
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
