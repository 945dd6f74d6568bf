import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../../config/settings';
import { Database, insertRows, type SqlRunner } from '../../database/database';
import { type RowsStatement, type SqlValue, type Statement } from '../../database/statement';
import { type Problem } from '../../common/problem';
import { isDuplicateKey } from '../../database/driver-errors';
import { Instance } from '../../jobs/instance';
import { DirtyBuckets } from '../rollup/dirty-buckets';
import { codeOf, COST_STATUSES, EVENT_STATUSES, type OpenEvent, ORIGINS, type Settlement } from './event';
import {
  DETAIL_COLUMNS,
  detailsTail,
  detailValues,
  OPENING_COLUMNS,
  openingValues,
  PENDING,
  settledTail,
  settledValues,
  SETTLING_COLUMNS,
  UNKNOWN,
} from './ledger.rows';
import { spendingOf } from './spending-of';
import { type Opening, SPENDING_BOOKS, type SpendingBooks } from './spending-books';
import { UnpricedEvents } from './unpriced-events';

const OPENING_HEAD = `INSERT INTO usage_events (${OPENING_COLUMNS.join(', ')})`;
const SETTLED_HEAD = `INSERT INTO usage_events (${SETTLING_COLUMNS.join(', ')})`;
const DETAILS_HEAD = `INSERT INTO usage_event_details (${DETAIL_COLUMNS.join(', ')})`;

/** Writes events, many at a time. It decides nothing; `Ledger` and what settles for it are the only ones that call it. */
@Injectable()
export class LedgerWriter {
  private readonly settledTail: string;
  private readonly detailsTail: string;
  private readonly metadataTail: string;

  constructor(
    private readonly database: Database,
    private readonly instance: Instance,
    private readonly dirtyBuckets: DirtyBuckets,
    @Inject(SPENDING_BOOKS) private readonly books: SpendingBooks,
    private readonly unpriced: UnpricedEvents,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {
    const { dialect } = database;
    this.settledTail = settledTail(dialect);
    this.detailsTail = detailsTail(dialect);
    const details = ['occurred_at', 'event_id'];
    this.metadataTail = dialect.onConflict(details, [`metadata = ${dialect.incoming('metadata')}`]);
  }

  /**
   * Inserts pending events of those that every budget admits, and tells the others why not, at their index. One that
   * is there already was committed by an earlier try of the same batch.
   * @param again there was such a try, and nobody knows whether it came through: then it has reserved already
   */
  async open(openings: readonly Opening[], again = false): Promise<readonly (Problem | null)[] | null> {
    try {
      return await this.books.current(() => this.openAsKnown(openings, again));
    } catch (error) {
      if (openings.length > 1 || !isDuplicateKey(error)) throw error;
      // Not the key of anything else: what is not in the ledger was not admitted.
      const { sql, values } = findingOpened(openings);
      if ((await this.database.query(sql, values)).length === 0) throw error;
      return null;
    }
  }

  /** By the budgets as they are known here; another instance's newer one ends the transaction. */
  private async openAsKnown(
    openings: readonly Opening[],
    again: boolean,
  ): Promise<readonly (Problem | null)[] | null> {
    const { guard } = this.books;
    const plan = await this.books.planAdmission(openings);
    if (!plan) {
      await this.database.batch(this.openingOf(openings), guard);
      return null;
    }
    const reads = again ? [...plan.reads, findingOpened(openings)] : plan.reads;
    const decide: Parameters<typeof this.database.exchange<(Problem | null)[]>>[1] = (rows) => {
      const opened = again ? (rows[plan.reads.length] ?? []) : [];
      if (opened.length === openings.length) return { result: openings.map(() => null), writes: [] };
      const { result, writes } = plan.decide(rows, null);
      const admitted = openings.filter((_, index) => result[index] === null);
      return { result, writes: [...this.openingOf(admitted), ...writes] };
    };
    return this.database.exchange(reads, decide, guard);
  }

  /**
   * Gives pending events their final state, in one transaction with all that follows from it. A final
   * event stays as it is; the sweeper's `unknown` is corrected once. In relaxed mode nothing was
   * opened, and the caller's data comes only now.
   */
  async settle(settlements: readonly Settlement[]): Promise<null> {
    await this.books.current(() => this.settleAsKnown(settlements));
    return null;
  }

  private async settleAsKnown(settlements: readonly Settlement[]): Promise<void> {
    const { guard } = this.books;
    const plan = await this.books.planSettlement(settlements);
    const own = this.settling(settlements, this.settings.durability === 'relaxed');
    if (!plan) {
      await this.database.batch(own, guard);
      return;
    }
    const reads = [...plan.reads, this.readingStates(settlements)];
    await this.database.exchange(
      reads,
      (rows) => {
        const final = finalIds(rows[plan.reads.length] ?? []);
        // Of two settlements of one event in a batch the first counts, as it does in the insert.
        const takesEffect = (index: number): boolean => {
          const id = settlements[index]?.event.id.toString('hex');
          if (id === undefined || final.has(id)) return false;
          final.add(id);
          return true;
        };
        const { writes } = plan.decide(rows, takesEffect);
        return { result: null, writes: [...own, ...writes] };
      },
      guard,
    );
  }

  /** A settlement that was committed before, by a try whose answer was lost, changes nothing again. */
  private readingStates(settlements: readonly Settlement[]): Statement {
    const one = '(occurred_at = ? AND id = ?)';
    return {
      sql: `SELECT id, status FROM usage_events WHERE ${settlements.map(() => one).join(' OR ')}${this.database.dialect.forUpdate}`,
      values: settlements.flatMap(({ event }): SqlValue[] => [event.occurredAt, event.id]),
    };
  }

  /** Closes an event whose call was refused, if its row is there and still pending. */
  async withdraw(event: OpenEvent): Promise<void> {
    await this.database.transaction(async (runner) => {
      await runner.execute(
        `UPDATE usage_events SET status = ?, origin = ?, cost = 0, cost_status = ?, error_code = 'not_admitted',
           ends_call = 1, owner = NULL, settled_at = ? WHERE occurred_at = ? AND id = ? AND status = ?`,
        [
          codeOf(EVENT_STATUSES, 'failed'),
          codeOf(ORIGINS, 'studio'),
          codeOf(COST_STATUSES, 'free'),
          Date.now(),
          event.occurredAt,
          event.id,
          PENDING,
        ],
      );
      await this.books.release(runner, [event.id]);
      await this.dirtyBuckets.mark(runner, [event.occurredAt]);
    });
  }

  /** Inserts events that are final from the start, in the caller's transaction, and books what they cost. */
  async record(runner: SqlRunner, settlements: readonly Settlement[]): Promise<void> {
    // In the order in which settling takes the same locks.
    await this.books.book(runner, settlements.map(spendingOf));
    for (const statement of this.settling(settlements, true)) await insertRows(runner, statement);
  }

  private settling(settlements: readonly Settlement[], withCallerData: boolean): RowsStatement[] {
    const events = settlements.map(({ event }) => event);
    return [
      {
        head: SETTLED_HEAD,
        rows: settlements.map(settledValues),
        tail: this.settledTail,
      },
      { head: DETAILS_HEAD, rows: settlements.map(detailValues), tail: this.detailsTail },
      ...(withCallerData ? this.callerData(events) : []),
      this.unpriced.noting(settlements),
      this.dirtyBuckets.marking(events.map(({ occurredAt }) => occurredAt)),
    ];
  }

  private openingOf(openings: readonly Opening[]): RowsStatement[] {
    const { id } = this.instance;
    const events = openings.map(({ event }) => event);
    const rows = events.map((event) =>
      openingValues(event, id, PENDING, false, event.dimensions.vendorModel, 0),
    );
    return [{ head: OPENING_HEAD, rows, tail: '' }, ...this.callerData(events)];
  }

  /** Tags and metadata are the caller's and are known from the start, so they survive a crash too. */
  private callerData(events: readonly OpenEvent[]): RowsStatement[] {
    const withMetadata = events.filter(({ metadata }) => metadata !== null);
    const tags = events.flatMap(({ tags, occurredAt, id }) =>
      tags.map((tag): SqlValue[] => [tag, occurredAt, id]),
    );
    return [
      {
        head: 'INSERT INTO usage_event_details (occurred_at, event_id, metadata)',
        rows: withMetadata.map(({ occurredAt, id, metadata }) => [occurredAt, id, metadata]),
        tail: this.metadataTail,
      },
      {
        head: `${this.database.dialect.insertIgnore} INTO usage_event_tags (tag, occurred_at, event_id)`,
        rows: tags,
        tail: '',
      },
    ];
  }
}

/** Read behind the locks of the windows, which a try that still goes on would hold. */
function findingOpened(openings: readonly Opening[]): Statement {
  return {
    sql: `SELECT id FROM usage_events WHERE ${openings.map(() => '(occurred_at = ? AND id = ?)').join(' OR ')}`,
    values: openings.flatMap(({ event }): SqlValue[] => [event.occurredAt, event.id]),
  };
}

/** Of the stored states, the ids (in hexadecimal) of events whose end stays as it is. */
function finalIds(rows: readonly unknown[]): Set<string> {
  const states = rows as readonly { readonly id: Buffer; readonly status: number | string }[];
  const open = new Set([PENDING, UNKNOWN]);
  return new Set(
    states.filter(({ status }) => !open.has(Number(status))).map(({ id }) => id.toString('hex')),
  );
}
