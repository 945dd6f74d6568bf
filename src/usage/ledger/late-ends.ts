import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { Database } from '../../database/database';
import { LateUsage } from '../periods/late-usage';
import { Dimensions } from './dimensions';
import { codeOf, EVENT_STATUSES, type Settlement } from './event';
import { LedgerWriter } from './ledger.writer';
import { PERIOD_GRACE_MS } from './period-locks';
import { SPENDING_BOOKS, type SpendingBooks } from './spending-books';

const UNKNOWN = codeOf(EVENT_STATUSES, 'unknown');

/**
 * The ends of calls, as they come. That of a call which was taken for lost may come after its month was closed: it
 * has its time and its usage then, and its cost counts now, as that of usage which is reported late.
 */
@Injectable()
export class LateEnds {
  constructor(
    private readonly database: Database,
    private readonly writer: LedgerWriter,
    private readonly dimensions: Dimensions,
    private readonly late: LateUsage,
    @Inject(SPENDING_BOOKS) private readonly books: SpendingBooks,
    private readonly clock: Clock,
  ) {}

  /** As `LedgerWriter.settle`. */
  async settle(settlements: readonly Settlement[]): Promise<null> {
    const now = this.clock.now();
    // Nothing that began later can be in a closed month: only the ends of long calls are looked at one by one.
    const isLong = ({ event }: Settlement): boolean => now - event.occurredAt >= PERIOD_GRACE_MS;
    if (!settlements.some(isLong)) return this.writer.settle(settlements);
    const others: Settlement[] = [];
    for (const each of settlements) {
      if (!isLong(each) || !(await this.correctUnknown(each, now))) others.push(each);
    }
    return others.length === 0 ? null : this.writer.settle(others);
  }

  /** Gives an event that was closed as `unknown` its true end. False when it is in another state. */
  private async correctUnknown(settlement: Settlement, now: number): Promise<boolean> {
    const { occurredAt, id, dimensions } = settlement.event;
    const described = await this.dimensions.describe([dimensions.team]);
    const teamId = described.get(dimensions.team)?.value;
    if (teamId === undefined) return false;
    return this.books.current(() =>
      this.database.transaction(async (runner) => {
        const [row] = await runner.query<{ status: number | string }>(
          `SELECT status FROM usage_events WHERE occurred_at = ? AND id = ?${this.database.dialect.forUpdate}`,
          [occurredAt, id],
        );
        if (row === undefined || Number(row.status) !== UNKNOWN) return false;
        await this.writer.record(runner, [settlement]);
        await this.late.move(runner, teamId, [settlement], now);
        return true;
      }),
    );
  }
}
