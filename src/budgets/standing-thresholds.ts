import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { Database, insertRows } from '../database/database';
import { reachedThresholds } from './booking';
import { type Budget } from './budget';
import { lockingWindows, toStates } from './budget-books.sql';
import { windowAt } from './budget-window';
import { BudgetBooks } from './budget-books';
import { BudgetWindows } from './budget-windows';
import { notingThresholds } from './webhooks/notifications.sql';

/**
 * Tells of the thresholds that a budget's window is past when the budget is made or changed: nothing that is spent
 * later takes it past them any more.
 */
@Injectable()
export class StandingThresholds {
  constructor(
    private readonly database: Database,
    private readonly books: BudgetBooks,
    private readonly windows: BudgetWindows,
    private readonly clock: Clock,
  ) {}

  /** @param before the budget as it was, whose thresholds have been told; null for a new one */
  async tell(budget: Budget, before: Budget | null): Promise<void> {
    const now = this.clock.now();
    const window = windowAt(budget, now);
    if (!window) return;
    const counted = [{ budget, window }];
    await this.books.current(() => this.windows.ensure(counted, this.books.guard));
    const { dialect } = this.database;
    const { sql, values } = lockingWindows(counted, dialect);
    await this.database.transaction(async (runner) => {
      const states = toStates(await runner.query(sql, values), counted);
      for (const state of states.values()) {
        const told = new Set(before ? reachedThresholds(before, state.spent) : []);
        const untold = reachedThresholds(budget, state.spent).filter((threshold) => !told.has(threshold));
        const passed = untold.map((threshold) => ({ state, threshold }));
        await insertRows(runner, notingThresholds(passed, now, dialect));
      }
    });
  }
}
