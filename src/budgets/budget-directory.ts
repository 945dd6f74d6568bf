import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings';
import { Database } from '../database/database';
import { type EventDimensions } from '../usage/ledger/event';
import { type Budget, type BudgetWindow, type ScopeKind, SCOPE_KINDS } from './budget';
import { storedColumns, toBudget, type StoredBudget } from './budget.entity';
import { windowAt } from './budget-window';
import { type CountedBy } from './window-state';

/** For so long at most an instance in relaxed mode does not know what another has changed. */
const LOOK_EVERY_MS = 1_000;

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
export class BudgetDirectory implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('Budgets');
  /** By kind of scope, then by the scope's dimension. */
  private byScope = new Map<ScopeKind, Map<number, Known[]>>();
  private known = 0;
  private loadedVersion = 0;
  private loading: Promise<void> | null = null;
  private next: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;
  private failing = false;

  constructor(
    private readonly database: Database,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'durability'>,
  ) {}

  get version(): number {
    return this.loadedVersion;
  }

  /**
   * In relaxed mode a call that no known budget counts asks no database, so a budget that another instance made has to
   * be looked for. In strict mode every admission finds it.
   */
  async onModuleInit(): Promise<void> {
    await this.reload();
    if (this.settings.durability !== 'relaxed') return;
    this.timer = setInterval(() => void this.refresh(), LOOK_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  /** Takes in what another instance has changed. A database that is away leaves all as it was; it is asked again. */
  async refresh(): Promise<void> {
    try {
      const [state] = await this.database.query<{ version: number | string }>(
        'SELECT version FROM budget_state',
      );
      if (Number(state?.version ?? 0) !== this.loadedVersion) await this.reload();
      this.failing = false;
    } catch (error) {
      // At the end of the process the database goes first.
      if (!this.failing && this.timer)
        this.logger.error({ message: 'The budgets could not be read; they stay as they were.', err: error });
      this.failing = true;
    }
  }

  /** Reads all anew. All who ask while a reading is under way share one that begins after it. */
  reload(): Promise<void> {
    if (this.loading) {
      this.next ??= this.loading
        .catch(() => undefined)
        .then(() => {
          this.next = null;
          return this.reload();
        });
      return this.next;
    }
    this.loading = this.load().finally(() => {
      this.loading = null;
    });
    return this.loading;
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
      const stored = await runner.query<StoredBudget>(`SELECT ${storedColumns('b', dialect)} FROM budgets b`);
      return { version: Number(state?.version ?? 0), rows: stored };
    });
    const byScope = new Map<ScopeKind, Map<number, Known[]>>(SCOPE_KINDS.map((kind) => [kind, new Map()]));
    for (const row of rows) {
      const budget = toBudget(row);
      const scopes = byScope.get(budget.scopeKind);
      const same = scopes?.get(budget.dimension);
      if (same) same.push(new Known(budget));
      else scopes?.set(budget.dimension, [new Known(budget)]);
    }
    this.byScope = byScope;
    this.known = rows.length;
    this.loadedVersion = version;
  }
}
