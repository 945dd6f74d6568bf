import { Injectable } from '@nestjs/common';
import { Database, keepVersion, type SqlReader, type SqlRunner } from '../database/database';
import { type SqlValue, type VersionGuard } from '../database/statement';
import { type SpendingScope, SpendingSums } from '../usage/stats/spending-sums';
import { DIMENSION_OF } from './budget';
import { type CountedBy, keyOf } from './window-state';

const MAX_KNOWN = 50_000;
const BATCH = 500;

/**
 * Makes the rows of windows before they are needed. A row begins with what the ledger holds of its time: a budget that
 * is made in the middle of a month knows what the month has cost so far. From then on every cost is booked on it.
 */
@Injectable()
export class BudgetWindows {
  /** A budget's number is never given again, and its rows stay as long as it does. */
  private known = new Set<string>();

  constructor(
    private readonly database: Database,
    private readonly sums: SpendingSums,
  ) {}

  /** @throws StaleVersion when the budgets are others by now */
  async ensure(counted: readonly CountedBy[], guard: VersionGuard): Promise<void> {
    if (this.known.size > MAX_KNOWN) this.known = new Set();
    const unknown = counted.filter((one) => !this.known.has(keyOf(one)));
    for (let start = 0; start < unknown.length; start += BATCH) {
      const part = unknown.slice(start, start + BATCH);
      const made = await this.listMade(part);
      for (const one of part) {
        const key = keyOf(one);
        if (!made.has(key)) await this.database.transaction((runner) => this.make(runner, one, guard));
        this.known.add(key);
      }
    }
  }

  /** The keys of those that another instance, or an earlier run of this one, has made. */
  private async listMade(counted: readonly CountedBy[]): Promise<ReadonlySet<string>> {
    const rows = await this.database.query<Record<'budget' | 'starts_at', number | string>>(
      `SELECT budget, starts_at FROM budget_windows
       WHERE seeded = ? AND (${counted.map(() => '(budget = ? AND starts_at = ?)').join(' OR ')})`,
      [true, ...counted.flatMap(({ budget, window }): SqlValue[] => [budget.number, window.start])],
    );
    return new Set(rows.map(({ budget, starts_at }) => `${budget}:${starts_at}`));
  }

  /**
   * One transaction makes a row, others wait for it. Whatever was settled before the budget was made is in the ledger
   * that is summed up here; whatever is settled later waits for the row to be booked on.
   */
  private async make(runner: SqlRunner, { budget, window }: CountedBy, guard: VersionGuard): Promise<void> {
    const { dialect } = this.database;
    await keepVersion(runner, guard, dialect);
    // Not one that passes over a row that is there: MariaDB would share its lock, and two that share would wait for each other.
    await runner.execute(
      `INSERT INTO budget_windows (budget, starts_at, ends_at, spent, reserved, seeded) VALUES (?, ?, ?, '0', '0', ?) ` +
        dialect.onConflict(['budget', 'starts_at'], [`ends_at = ${dialect.incoming('ends_at')}`]),
      [budget.number, window.start, window.end, false],
    );
    const [row] = await runner.query<{ seeded: number | boolean }>(
      `SELECT seeded FROM budget_windows WHERE budget = ? AND starts_at = ?${dialect.forUpdate}`,
      [budget.number, window.start],
    );
    if (Number(row?.seeded) === 1) return;
    const spent = await this.spentBefore(runner, { budget, window });
    await runner.execute(
      'UPDATE budget_windows SET spent = ?, seeded = ? WHERE budget = ? AND starts_at = ?',
      [spent.toString(), true, budget.number, window.start],
    );
  }

  /** What the ledger holds of the window's time and the budget's scope, in its unit. */
  async spentBefore(runner: SqlReader, { budget, window }: CountedBy): Promise<bigint> {
    const scope = await scopeOf(runner, budget);
    if (!scope) return 0n;
    const { cost, tokens } = await this.sums.sumUp(runner, scope, window.start, window.end);
    return budget.unit === 'tokens' ? tokens : cost;
  }

  /** When the spending of a window began, UTC milliseconds: for one without a beginning, with the first event. */
  async beganAt({ budget, window }: CountedBy): Promise<number | null> {
    if (window.start > 0) return window.start;
    const scope = await scopeOf(this.database, budget);
    return scope && this.sums.firstAt(this.database, scope);
  }
}

/** Null for a team without any usage. */
async function scopeOf(
  runner: SqlReader,
  { teamId, scopeKind, dimension }: CountedBy['budget'],
): Promise<SpendingScope | null> {
  const [team] = await runner.query<{ id: number | string }>(
    'SELECT id FROM usage_dimensions WHERE kind = ? AND value = ?',
    ['team', teamId],
  );
  return team ? { kind: DIMENSION_OF[scopeKind], dimension, team: Number(team.id) } : null;
}
