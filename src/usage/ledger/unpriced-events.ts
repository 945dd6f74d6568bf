import { Injectable } from '@nestjs/common';
import { Database, type SqlReader, type SqlRunner } from '../../database/database';
import { type RowsStatement, type SqlValue } from '../../database/statement';
import { type Settlement } from './event';

export interface UnpricedEvent {
  /** UTC milliseconds. */
  readonly occurredAt: number;
  readonly id: Buffer;
}

/**
 * The events whose usage is known and whose price is not, so that nobody has to search the ledger for them.
 * They are noted in the transaction that settles them, and taken off when they have a price.
 */
@Injectable()
export class UnpricedEvents {
  constructor(private readonly database: Database) {}

  /** Notes those of the settlements that lack nothing but a price. */
  noting(settlements: readonly Settlement[]): RowsStatement {
    return {
      head: `${this.database.dialect.insertIgnore} INTO usage_unpriced_events (occurred_at, event_id, tried)`,
      rows: settlements
        .filter(({ costStatus, vector }) => costStatus === 'unpriced' && vector !== null)
        .map(({ event }) => [event.occurredAt, event.id, 0]),
      tail: '',
    };
  }

  /** Those that were not tried with this version of the price book. */
  async list(runner: SqlReader, version: bigint, limit: number): Promise<UnpricedEvent[]> {
    const rows = await runner.query<{ occurred_at: number | string; event_id: Buffer }>(
      `SELECT occurred_at, event_id FROM usage_unpriced_events WHERE tried < ?
       ORDER BY tried, occurred_at, event_id LIMIT ${limit}`,
      [version.toString()],
    );
    return rows.map(({ occurred_at, event_id }) => ({ occurredAt: Number(occurred_at), id: event_id }));
  }

  async tried(runner: SqlRunner, events: readonly UnpricedEvent[], version: bigint): Promise<void> {
    if (events.length === 0) return;
    const { where, values } = keysOf(events);
    await runner.execute(`UPDATE usage_unpriced_events SET tried = ? WHERE ${where}`, [
      version.toString(),
      ...values,
    ]);
  }

  async takeOff(runner: SqlRunner, events: readonly UnpricedEvent[]): Promise<void> {
    if (events.length === 0) return;
    const { where, values } = keysOf(events);
    await runner.execute(`DELETE FROM usage_unpriced_events WHERE ${where}`, values);
  }
}

function keysOf(events: readonly UnpricedEvent[]): { where: string; values: SqlValue[] } {
  return {
    where: events.map(() => '(occurred_at = ? AND event_id = ?)').join(' OR '),
    values: events.flatMap(({ occurredAt, id }) => [occurredAt, id]),
  };
}
