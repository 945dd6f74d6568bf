import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/clock';
import { type Problem } from '../common/problem';
import { Database, insertRows, keepVersion, type SqlRunner } from '../database/database';
import {
  type ReadRows,
  type RowsStatement,
  StaleVersion,
  type VersionGuard,
  type WriteStatement,
} from '../database/statement';
import { type OpenEvent, type Settlement } from '../usage/ledger/event';
import {
  type BookPlan,
  type Opening,
  type Spending,
  type SpendingBooks,
} from '../usage/ledger/spending-books';
import { spendingOf } from '../usage/ledger/spending-of';
import { decideAdmissions } from './admission';
import { bookSpending, type PassedThreshold, passedThresholds } from './booking';
import {
  deletingReservations,
  insertingReservations,
  lockingWindows,
  readingReservations,
  toReservations,
  toStates,
  writingWindows,
} from './budget-books.sql';
import { BudgetDirectory } from './budget-directory';
import { BudgetWindows } from './budget-windows';
import { notingThresholds } from './webhooks/notifications.sql';
import { type CountedBy, keyOf, type WindowState, type WindowStates } from './window-state';

const MAX_TRIES = 20;

/**
 * Keeps budgets exact: what calls reserve, spend and give back changes only under the locks of their windows' rows, in
 * the transactions that write the ledger. Nothing here is remembered but which budgets there are, and of that the
 * guard of every transaction makes sure.
 */
@Injectable()
export class BudgetBooks implements SpendingBooks {
  private readonly logger = new Logger('Budgets');

  constructor(
    private readonly database: Database,
    private readonly directory: BudgetDirectory,
    private readonly windows: BudgetWindows,
    private readonly clock: Clock,
  ) {}

  get guard(): VersionGuard {
    return { table: 'budget_state', version: this.directory.version };
  }

  counts({ dimensions, tags }: Pick<OpenEvent, 'dimensions' | 'tags'>): boolean {
    return this.directory.counts(dimensions, tags);
  }

  async current<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        if (attempt >= MAX_TRIES) throw error;
        await this.catchUp(error);
      }
    }
  }

  planAdmission(openings: readonly Opening[]): Promise<BookPlan<null, (Problem | null)[]>> | null {
    const chains = openings.map(({ event }) => this.chainOf(event.dimensions, event.tags, event.occurredAt));
    return chains.every((chain) => chain.length === 0) ? null : this.toAdmission(openings, chains);
  }

  private async toAdmission(
    openings: readonly Opening[],
    chains: readonly (readonly CountedBy[])[],
  ): Promise<BookPlan<null, (Problem | null)[]>> {
    const { dialect } = this.database;
    const counted = distinct(chains);
    const candidates = openings.map(({ bound }, index) => ({
      chain: chains[index] ?? [],
      bound: (chains[index] ?? []).length > 0 ? bound() : { amount: 0n, tokens: 0, unbounded: [] },
    }));
    await this.windows.ensure(counted, this.guard);
    return {
      reads: [lockingWindows(counted, dialect)],
      decide: (rows) => {
        const states = toStates(rows[0] ?? [], counted);
        const verdicts = decideAdmissions(candidates, states);
        const claims = verdicts.flatMap((verdict, index) => {
          const event = openings[index]?.event;
          return 'claims' in verdict && event
            ? verdict.claims.map((claim) => ({ eventId: event.id, claim }))
            : [];
        });
        return {
          result: verdicts.map((verdict) => ('refusal' in verdict ? verdict.refusal : null)),
          writes:
            claims.length === 0
              ? []
              : [writingWindows(states.values(), dialect), insertingReservations(claims)],
        };
      },
    };
  }

  planSettlement(
    settlements: readonly Settlement[],
  ): Promise<BookPlan<(index: number) => boolean, null>> | null {
    const chains = settlements.map(({ event }) =>
      this.chainOf(event.dimensions, event.tags, event.occurredAt),
    );
    return chains.every((chain) => chain.length === 0) ? null : this.toSettling(settlements, chains);
  }

  private async toSettling(
    settlements: readonly Settlement[],
    chains: readonly (readonly CountedBy[])[],
  ): Promise<BookPlan<(index: number) => boolean, null>> {
    const { dialect } = this.database;
    const counted = distinct(chains);
    await this.windows.ensure(counted, this.guard);
    const ids = settlements.filter((_, index) => chains[index]?.length !== 0).map(({ event }) => event.id);
    return {
      reads: [lockingWindows(counted, dialect), readingReservations(ids, dialect)],
      decide: (rows, takesEffect) => {
        const states = toStates(rows[0] ?? [], counted);
        const before = spentOf(states);
        const reserved = this.giveBack(rows[1] ?? [], states);
        settlements.forEach((settlement, index) => {
          const chain = chains[index] ?? [];
          if (chain.length === 0 || !takesEffect(index)) return;
          bookSpending(chain, spendingOf(settlement), states);
          this.alarmOverspent(settlement, reserved);
        });
        return {
          result: null,
          writes: [
            writingWindows(states.values(), dialect),
            deletingReservations(ids),
            this.noting(passedThresholds(before, states)),
          ] satisfies WriteStatement[],
        };
      },
    };
  }

  async book(runner: SqlRunner, spendings: readonly Spending[]): Promise<void> {
    const { dialect } = this.database;
    await keepVersion(runner, this.guard, dialect);
    const chains = spendings.map(({ dimensions, tags, at }) => this.chainOf(dimensions, tags, at));
    const counted = distinct(chains);
    if (counted.length === 0) return;
    const { sql, values } = lockingWindows(counted, dialect);
    const states = toStates(await runner.query(sql, values), counted);
    // A row begins with what the ledger holds, so it cannot be made amid what this transaction adds to it.
    const missing = counted.filter((one) => !states.has(keyOf(one)));
    if (missing.length > 0) throw new WindowsMissing(missing);
    const before = spentOf(states);
    spendings.forEach((spending, index) => {
      bookSpending(chains[index] ?? [], spending, states);
    });
    await insertRows(runner, writingWindows(states.values(), dialect));
    await insertRows(runner, this.noting(passedThresholds(before, states)));
  }

  async release(runner: SqlRunner, eventIds: readonly Buffer[]): Promise<void> {
    if (eventIds.length === 0) return;
    const { dialect } = this.database;
    const reading = readingReservations(eventIds, dialect);
    const found = toReservations(await runner.query(reading.sql, reading.values));
    if (found.length === 0) return;
    // Their windows first, in the order in which everybody locks them; what is reserved is read again behind the lock.
    for (const window of [...new Set(found.map((one) => one.window))].sort(byLockOrder)) {
      const [budget = '', start = ''] = window.split(':');
      const [row] = await runner.query<{ reserved: string }>(
        `SELECT ${dialect.integerText('reserved')} AS reserved FROM budget_windows WHERE budget = ? AND starts_at = ?${dialect.forUpdate}`,
        [Number(budget), Number(start)],
      );
      const held = await runner.query<{ amount: string }>(
        `SELECT ${dialect.integerText('amount')} AS amount FROM budget_reservations
         WHERE budget = ? AND window_start = ? AND event_id IN (${eventIds.map(() => '?').join(', ')})${dialect.forUpdate}`,
        [Number(budget), Number(start), ...eventIds],
      );
      const freed = held.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
      if (!row || freed === 0n) continue;
      await runner.execute('UPDATE budget_windows SET reserved = ? WHERE budget = ? AND starts_at = ?', [
        (BigInt(row.reserved) - freed).toString(),
        Number(budget),
        Number(start),
      ]);
    }
    const deleting = deletingReservations(eventIds);
    await runner.execute(deleting.sql, deleting.values);
  }

  /** What a transaction lacked is made good before it is run again. @throws the error when it is another one */
  private async catchUp(error: unknown): Promise<void> {
    try {
      if (error instanceof StaleVersion) await this.directory.reload();
      else if (error instanceof WindowsMissing) await this.windows.ensure(error.counted, this.guard);
      else throw error;
    } catch (next) {
      if (!(next instanceof StaleVersion)) throw next;
      await this.directory.reload();
    }
  }

  private chainOf(
    dimensions: Spending['dimensions'],
    tags: readonly number[],
    at: number,
  ): readonly CountedBy[] {
    return this.directory.chainOf(dimensions, tags, at);
  }

  /** Takes what was reserved out of its windows; returns it by event. */
  private giveBack(rows: ReadRows[number], states: WindowStates): ReadonlyMap<string, bigint> {
    const byEvent = new Map<string, bigint>();
    for (const { eventId, window, amount } of toReservations(rows)) {
      const state = states.get(window);
      if (!state) continue;
      state.reserved -= amount;
      if (state.budget.unit === 'amount') byEvent.set(eventId, amount);
    }
    return byEvent;
  }

  /** The bound did not hold: it is booked in full, and somebody should learn why. */
  private alarmOverspent({ event, cost }: Settlement, reserved: ReadonlyMap<string, bigint>): void {
    const amount = reserved.get(event.id.toString('hex'));
    if (amount === undefined || cost === null || cost <= amount) return;
    this.logger.warn({
      message: 'A call cost more than the most that was reserved for it. It is booked in full.',
      eventId: event.id.toString('hex'),
      cost: cost.toString(),
      reserved: amount.toString(),
    });
  }

  private noting(passed: readonly PassedThreshold[]): RowsStatement {
    return notingThresholds(passed, this.clock.now(), this.database.dialect);
  }
}

/** Rows of windows that have to be made before the transaction can be. */
class WindowsMissing extends Error {
  override readonly name = 'WindowsMissing';

  constructor(readonly counted: readonly CountedBy[]) {
    super('Windows have to be made first.');
  }
}

function distinct(chains: readonly (readonly CountedBy[])[]): CountedBy[] {
  const byKey = new Map<string, CountedBy>();
  for (const chain of chains) for (const counted of chain) byKey.set(keyOf(counted), counted);
  return [...byKey.values()].sort(
    (a, b) => a.budget.number - b.budget.number || a.window.start - b.window.start,
  );
}

function spentOf(states: ReadonlyMap<string, WindowState>): ReadonlyMap<string, bigint> {
  return new Map([...states].map(([key, { spent }]) => [key, spent]));
}

function byLockOrder(left: string, right: string): number {
  const [leftBudget = 0, leftStart = 0] = left.split(':').map(Number);
  const [rightBudget = 0, rightStart = 0] = right.split(':').map(Number);
  return leftBudget - rightBudget || leftStart - rightStart;
}
