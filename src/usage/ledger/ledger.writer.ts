import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../../config/settings';
import { Database, insertRows, type SqlRunner } from '../../database/database';
import { type RowsStatement, type SqlValue, type Statement } from '../../database/statement';
import { type Problem } from '../../common/problem';
import { isDuplicateKey } from '../../database/driver-errors';
import { Instance } from '../../jobs/instance';
import { binOf } from '../rollup/histogram';
import { DirtyBuckets } from '../rollup/dirty-buckets';
import {
  codeOf,
  COST_STATUSES,
  DOORS,
  EVENT_STATUSES,
  type OpenEvent,
  ORIGINS,
  type Settlement,
} from './event';
import { spendingOf } from './spending-of';
import { type Opening, SPENDING_BOOKS, type SpendingBooks } from './spending-books';
import { UnpricedEvents } from './unpriced-events';

const PENDING = codeOf(EVENT_STATUSES, 'pending');
const UNKNOWN = codeOf(EVENT_STATUSES, 'unknown');

const OPENING_COLUMNS = [
  'occurred_at',
  'id',
  'call_id',
  'attempt',
  'ends_call',
  'owner',
  'status',
  'door',
  'streamed',
  'team',
  'api_key',
  'provider',
  'model',
  'vendor_model',
  'end_user',
  'cost_status',
] as const;

/** What settling changes; all other columns were written when the event was opened. */
const SETTLED_COLUMNS = [
  'ends_call',
  'owner',
  'origin',
  'vendor_model',
  'vector',
  'input_tokens',
  'output_tokens',
  'cached_tokens',
  'reasoning_tokens',
  'cost',
  'list_cost',
  'cost_status',
  'price',
  'error_code',
  'latency_ms',
  'first_token_ms',
  'overhead_us',
  'latency_bin',
  'settled_at',
  'status',
] as const;

const SETTLING_COLUMNS = [
  ...OPENING_COLUMNS,
  ...SETTLED_COLUMNS.filter((column) => !(OPENING_COLUMNS as readonly string[]).includes(column)),
];

const DETAIL_COLUMNS = [
  'occurred_at',
  'event_id',
  'request_id',
  'vendor_response_id',
  'served',
  'flags',
  'cost_lines',
  'raw_usage',
  'error_message',
] as const;

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
    const event = ['occurred_at', 'id'];
    const details = ['occurred_at', 'event_id'];
    this.settledTail = dialect.onConflictIf(
      'usage_events',
      event,
      SETTLED_COLUMNS,
      'status',
      `IN (${PENDING}, ${UNKNOWN})`,
    );
    // Once, as the event: what was opened holds the caller's metadata alone, and no request id.
    this.detailsTail = dialect.onConflictIf(
      'usage_event_details',
      details,
      DETAIL_COLUMNS.slice(2),
      'request_id',
      'IS NULL',
    );
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
        rows: settlements.map((each) => this.settledValues(each)),
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

  private settledValues(settlement: Settlement): SqlValue[] {
    const { event, tokens } = settlement;
    const values = openingValues(
      event,
      null,
      codeOf(EVENT_STATUSES, settlement.status),
      settlement.endsCall,
      settlement.vendorModel,
      codeOf(COST_STATUSES, settlement.costStatus),
    );
    values.push(
      settlement.origin === null ? null : codeOf(ORIGINS, settlement.origin),
      settlement.vector,
      tokens?.input ?? null,
      tokens?.output ?? null,
      tokens?.cached ?? null,
      tokens?.reasoning ?? null,
      settlement.cost === null ? null : settlement.cost.toString(),
      settlement.listCost === null ? null : settlement.listCost.toString(),
      settlement.price || null,
      settlement.errorCode,
      settlement.latencyMs,
      settlement.firstTokenMs,
      settlement.overheadUs,
      settlement.latencyMs === null ? null : binOf(settlement.latencyMs),
      settlement.settledAt,
    );
    return values;
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

function openingValues(
  event: OpenEvent,
  owner: number | null,
  status: number,
  endsCall: boolean,
  vendorModel: number,
  costStatus: number,
): SqlValue[] {
  const { dimensions } = event;
  return [
    event.occurredAt,
    event.id,
    event.callId,
    event.attempt,
    endsCall,
    owner,
    status,
    codeOf(DOORS, event.door),
    event.streamed,
    dimensions.team,
    dimensions.apiKey || null,
    dimensions.provider || null,
    dimensions.model || null,
    vendorModel,
    dimensions.endUser || null,
    costStatus,
  ];
}

function detailValues({ event, details }: Settlement): SqlValue[] {
  return [
    event.occurredAt,
    event.id,
    details.requestId,
    details.vendorResponseId,
    details.served,
    details.flags,
    details.costLines,
    details.rawUsage,
    details.errorMessage,
  ];
}
