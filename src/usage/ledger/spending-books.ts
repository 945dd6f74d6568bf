import { type PicoDollars } from '../../common/money';
import { type Problem } from '../../common/problem';
import { type SqlRunner } from '../../database/database';
import {
  type ReadRows,
  type Statement,
  type VersionGuard,
  type WriteStatement,
} from '../../database/statement';
import { type EventDimensions, type OpenEvent, type Settlement } from './event';

/** The most that an attempt can spend. */
export interface CallBound {
  /** Pico-dollars; null when something that it may use has no price. */
  readonly amount: PicoDollars | null;
  /** Of input and output together. */
  readonly tokens: number;
  /** What nothing limits, by its name in the request: the bound holds but for that. */
  readonly unbounded: readonly string[];
}

/** An attempt that asks to be admitted. */
export interface Opening {
  readonly event: OpenEvent;
  /** Computed only where somebody keeps a budget for it. */
  readonly bound: () => CallBound;
}

/** What counts in budgets: a cost at a moment. */
export interface Spending {
  readonly dimensions: EventDimensions;
  readonly tags: readonly number[];
  /** UTC milliseconds. */
  readonly at: number;
  /** Pico-dollars; a correction may take away. */
  readonly cost: PicoDollars;
  /** Of input and output together. */
  readonly tokens: number;
}

/** What a transaction reads first, and what follows from it. */
export interface BookPlan<Asked, T> {
  readonly reads: readonly Statement[];
  decide(rows: ReadRows, asked: Asked): { readonly writes: readonly WriteStatement[]; readonly result: T };
}

/**
 * Asked of whoever keeps budgets, by whatever writes costs into the ledger: what was spent and what is reserved
 * changes in the very transactions that write events. Each such transaction holds the guard: budgets that were made
 * meanwhile end it (`StaleVersion`), and `current` runs it again.
 */
export interface SpendingBooks {
  readonly guard: VersionGuard | null;
  /** Whether a budget counts the event, as far as is known here. */
  counts(event: Pick<OpenEvent, 'dimensions' | 'tags'>): boolean;
  /** Runs the work, again with what is known by then when the budgets changed meanwhile. */
  current<T>(work: () => Promise<T>): Promise<T>;
  /** Decides each in its order: null is admitted. Null when no budget counts any of them. */
  planAdmission(openings: readonly Opening[]): Promise<BookPlan<null, (Problem | null)[]>> | null;
  /** Books what takes effect, and gives back what was reserved. Null when no budget counts any of them. */
  planSettlement(
    settlements: readonly Settlement[],
  ): Promise<BookPlan<(index: number) => boolean, null>> | null;
  /** Books in a transaction of the caller's own; all of it runs within `current`, which may run it again. */
  book(runner: SqlRunner, spendings: readonly Spending[]): Promise<void>;
  /** Gives back what was reserved for events that end without a cost. */
  release(runner: SqlRunner, eventIds: readonly Buffer[]): Promise<void>;
}

export const SPENDING_BOOKS = Symbol('SpendingBooks');
