import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../../config/settings';
import { placeholders, type SqlRunner, type SqlValue, Database } from '../../database/database';
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

/** Writes events, many at a time. It decides nothing; `Ledger` is the only one that calls it. */
@Injectable()
export class LedgerWriter {
  constructor(
    private readonly database: Database,
    private readonly instance: Instance,
    private readonly dirtyBuckets: DirtyBuckets,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Inserts pending events. One that is there already was committed by an earlier try of the same batch. */
  async open(events: readonly OpenEvent[]): Promise<void> {
    const bulky = events.filter(({ tags, metadata }) => tags.length > 0 || metadata !== null);
    try {
      if (bulky.length === 0) await this.insertOpen(this.database, events);
      else
        await this.database.transaction(async (runner) => {
          await this.insertOpen(runner, events);
          await this.insertCallerData(runner, bulky);
        });
    } catch (error) {
      if (events.length > 1 || !isDuplicateKey(error)) throw error;
    }
  }

  /**
   * Gives pending events their final state, in one transaction with all that follows from it. A final
   * event stays as it is; the sweeper's `unknown` is corrected once. In relaxed mode nothing was
   * opened, and the caller's data comes only now.
   */
  async settle(settlements: readonly Settlement[]): Promise<void> {
    await this.database.transaction(async (runner) => {
      await this.upsertSettled(runner, settlements);
      await this.upsertDetails(runner, settlements);
      if (this.settings.durability === 'relaxed')
        await this.insertCallerData(
          runner,
          settlements.map(({ event }) => event),
        );
      await this.dirtyBuckets.mark(
        runner,
        settlements.map(({ event }) => event.occurredAt),
      );
    });
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
      await this.dirtyBuckets.mark(runner, [event.occurredAt]);
    });
  }

  /** Inserts events that are final from the start, in the caller's transaction. */
  async record(runner: SqlRunner, settlements: readonly Settlement[]): Promise<void> {
    await this.upsertSettled(runner, settlements);
    await this.upsertDetails(runner, settlements);
    await this.insertCallerData(
      runner,
      settlements.map(({ event }) => event),
    );
    await this.dirtyBuckets.mark(
      runner,
      settlements.map(({ event }) => event.occurredAt),
    );
  }

  private openingValues(
    event: OpenEvent,
    owner: number | null,
    status: number,
    endsCall: boolean,
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
      dimensions.vendorModel,
      dimensions.endUser || null,
      0,
    ];
  }

  private async insertOpen(runner: Pick<SqlRunner, 'execute'>, events: readonly OpenEvent[]): Promise<void> {
    const values = events.flatMap((event) => this.openingValues(event, this.instance.id, PENDING, false));
    await runner.execute(
      `INSERT INTO usage_events (${OPENING_COLUMNS.join(', ')}) VALUES ${placeholders(OPENING_COLUMNS.length, events.length)}`,
      values,
    );
  }

  private async upsertSettled(runner: SqlRunner, settlements: readonly Settlement[]): Promise<void> {
    const values: SqlValue[] = [];
    for (const settlement of settlements) {
      const { event, tokens } = settlement;
      const opening = this.openingValues(
        event,
        null,
        codeOf(EVENT_STATUSES, settlement.status),
        settlement.endsCall,
      );
      opening[OPENING_COLUMNS.indexOf('vendor_model')] = settlement.vendorModel;
      opening[OPENING_COLUMNS.indexOf('cost_status')] = codeOf(COST_STATUSES, settlement.costStatus);
      values.push(
        ...opening,
        settlement.origin === null ? null : codeOf(ORIGINS, settlement.origin),
        settlement.vector,
        tokens?.input ?? null,
        tokens?.output ?? null,
        tokens?.cached ?? null,
        tokens?.reasoning ?? null,
        settlement.cost === null ? null : settlement.cost.toString(),
        settlement.price || null,
        settlement.errorCode,
        settlement.latencyMs,
        settlement.firstTokenMs,
        settlement.overheadUs,
        settlement.latencyMs === null ? null : binOf(settlement.latencyMs),
        settlement.settledAt,
      );
    }
    await runner.execute(
      `INSERT INTO usage_events (${SETTLING_COLUMNS.join(', ')}) VALUES ${placeholders(SETTLING_COLUMNS.length, settlements.length)} ` +
        this.database.dialect.onConflictIf(
          'usage_events',
          ['occurred_at', 'id'],
          SETTLED_COLUMNS,
          'status',
          `IN (${PENDING}, ${UNKNOWN})`,
        ),
      values,
    );
  }

  /** Once, as the event: what was opened holds the caller's metadata alone, and no request id. */
  private async upsertDetails(runner: SqlRunner, settlements: readonly Settlement[]): Promise<void> {
    const values = settlements.flatMap(({ event, details }): SqlValue[] => [
      event.occurredAt,
      event.id,
      details.requestId,
      details.vendorResponseId,
      details.served,
      details.flags,
      details.costLines,
      details.rawUsage,
      details.errorMessage,
    ]);
    await runner.execute(
      `INSERT INTO usage_event_details (${DETAIL_COLUMNS.join(', ')}) VALUES ${placeholders(DETAIL_COLUMNS.length, settlements.length)} ` +
        this.database.dialect.onConflictIf(
          'usage_event_details',
          ['occurred_at', 'event_id'],
          DETAIL_COLUMNS.slice(2),
          'request_id',
          'IS NULL',
        ),
      values,
    );
  }

  /** Tags and metadata are the caller's and are known from the start, so they survive a crash too. */
  private async insertCallerData(runner: SqlRunner, events: readonly OpenEvent[]): Promise<void> {
    const { dialect } = this.database;
    const withMetadata = events.filter(({ metadata }) => metadata !== null);
    if (withMetadata.length > 0) {
      await runner.execute(
        `INSERT INTO usage_event_details (occurred_at, event_id, metadata) VALUES ${placeholders(3, withMetadata.length)} ` +
          dialect.onConflict(['occurred_at', 'event_id'], [`metadata = ${dialect.incoming('metadata')}`]),
        withMetadata.flatMap(({ occurredAt, id, metadata }) => [occurredAt, id, metadata]),
      );
    }
    const tags = events.flatMap(({ tags, occurredAt, id }) =>
      tags.flatMap((tag): SqlValue[] => [tag, occurredAt, id]),
    );
    if (tags.length > 0) {
      await runner.execute(
        `${dialect.insertIgnore} INTO usage_event_tags (tag, occurred_at, event_id) VALUES ${placeholders(3, tags.length / 3)}`,
        tags,
      );
    }
  }
}
