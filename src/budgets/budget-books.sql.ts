import { type SqlDialect } from '../database/engine';
import { type ReadRows, type RowsStatement, type SqlValue, type Statement } from '../database/statement';
import { type Claim } from './admission';
import { type CountedBy, keyOf, type WindowState } from './window-state';

/** Reads windows and locks them until the transaction ends, in one order for all who do. */
export function lockingWindows(counted: readonly CountedBy[], dialect: SqlDialect): Statement {
  const one = '(budget = ? AND starts_at = ?)';
  return {
    sql:
      `SELECT budget, starts_at, ${dialect.integerText('spent')} AS spent, ${dialect.integerText('reserved')} AS reserved
       FROM budget_windows WHERE ${counted.map(() => one).join(' OR ')} ORDER BY budget, starts_at` +
      dialect.forUpdate,
    values: counted.flatMap(({ budget, window }): SqlValue[] => [budget.number, window.start]),
  };
}

interface StoredWindow {
  readonly budget: number | string;
  readonly starts_at: number | string;
  readonly spent: string;
  readonly reserved: string;
}

/** The locked windows by their key. */
export function toStates(rows: ReadRows[number], counted: readonly CountedBy[]): Map<string, WindowState> {
  const byKey = new Map(counted.map((one) => [keyOf(one), one]));
  const states = new Map<string, WindowState>();
  for (const row of rows as readonly StoredWindow[]) {
    const key = `${row.budget}:${row.starts_at}`;
    const one = byKey.get(key);
    if (one) states.set(key, { ...one, spent: BigInt(row.spent), reserved: BigInt(row.reserved) });
  }
  return states;
}

/** Windows as they are from now on: what was read under the lock, and changed. */
export function writingWindows(states: Iterable<WindowState>, dialect: SqlDialect): RowsStatement {
  const rows = [...states].map(({ budget, window, spent, reserved }): SqlValue[] => [
    budget.number,
    window.start,
    window.end,
    spent.toString(),
    reserved.toString(),
    true,
  ]);
  return {
    head: 'INSERT INTO budget_windows (budget, starts_at, ends_at, spent, reserved, seeded)',
    rows,
    tail: dialect.onConflict(
      ['budget', 'starts_at'],
      [`spent = ${dialect.incoming('spent')}`, `reserved = ${dialect.incoming('reserved')}`],
    ),
  };
}

export function insertingReservations(
  claims: readonly { readonly eventId: Buffer; readonly claim: Claim }[],
): RowsStatement {
  return {
    head: 'INSERT INTO budget_reservations (event_id, budget, window_start, amount)',
    rows: claims.map(({ eventId, claim: { counted, amount } }): SqlValue[] => [
      eventId,
      counted.budget.number,
      counted.window.start,
      amount.toString(),
    ]),
    tail: '',
  };
}

const inList = (ids: readonly Buffer[]): string => `(${ids.map(() => '?').join(', ')})`;

/**
 * Locked: a read without a lock would bind a transaction to a moment, and MariaDB from 11.6.2 on ends one that then
 * changes what others have changed since, such as the dirty buckets that all share.
 */
export function readingReservations(eventIds: readonly Buffer[], dialect: SqlDialect): Statement {
  return {
    sql: `SELECT event_id, budget, window_start, ${dialect.integerText('amount')} AS amount
      FROM budget_reservations WHERE event_id IN ${inList(eventIds)}${dialect.forUpdate}`,
    values: eventIds,
  };
}

export function deletingReservations(eventIds: readonly Buffer[]): Statement {
  return { sql: `DELETE FROM budget_reservations WHERE event_id IN ${inList(eventIds)}`, values: eventIds };
}

export interface Reservation {
  readonly eventId: string;
  /** The key of the window. */
  readonly window: string;
  readonly amount: bigint;
}

export function toReservations(rows: ReadRows[number]): Reservation[] {
  const stored = rows as readonly {
    readonly event_id: Buffer;
    readonly budget: number | string;
    readonly window_start: number | string;
    readonly amount: string;
  }[];
  return stored.map(({ event_id, budget, window_start, amount }) => ({
    eventId: event_id.toString('hex'),
    window: `${budget}:${window_start}`,
    amount: BigInt(amount),
  }));
}
