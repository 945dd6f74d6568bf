import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { Database } from '../../database/database';
import { DEAD_AFTER_MS, Instance } from '../../jobs/instance';
import { type Job } from '../../jobs/job';
import { JobRunner } from '../../jobs/job-runner';
import { DirtyBuckets } from '../rollup/dirty-buckets';
import { codeOf, COST_STATUSES, EVENT_STATUSES, ORIGINS } from './event';
import { SPENDING_BOOKS, type SpendingBooks } from './spending-books';

const EVERY_MS = 15_000;
const BATCH = 500;

/**
 * Closes what a dead process left pending as `unknown`, within two minutes of its death, and gives back what it
 * had reserved. Its cost is unknown too, never zero. Should the true end still arrive, it corrects the event once.
 */
@Injectable()
export class LedgerSweeper implements Job, OnModuleInit {
  readonly name = 'ledger-sweep';
  readonly every = EVERY_MS;

  constructor(
    private readonly database: Database,
    private readonly instance: Instance,
    private readonly dirtyBuckets: DirtyBuckets,
    @Inject(SPENDING_BOOKS) private readonly books: SpendingBooks,
    private readonly clock: Clock,
    private readonly runner: JobRunner,
  ) {}

  onModuleInit(): void {
    this.runner.register(this);
  }

  async run(): Promise<string | null> {
    let closed = 0;
    for (const owner of await this.listDeadOwners()) {
      for (let count = BATCH; count === BATCH; closed += count) count = await this.close(owner);
    }
    return closed > 0 ? `Closed ${closed} events of processes that ended without settling them.` : null;
  }

  /**
   * Owners of pending events that no longer live. An embedded database has one process, so there all
   * owners but this one are dead; elsewhere the heartbeat tells.
   */
  private async listDeadOwners(): Promise<number[]> {
    const deadline =
      this.database.dialect.engine === 'sqlite' ? Number.MAX_SAFE_INTEGER : this.clock.now() - DEAD_AFTER_MS;
    const rows = await this.database.query<{ owner: number | string }>(
      `SELECT DISTINCT e.owner AS owner FROM usage_events e LEFT JOIN instances i ON i.id = e.owner
       WHERE e.owner IS NOT NULL AND e.owner <> ? AND (i.id IS NULL OR i.ended_at IS NOT NULL OR i.heartbeat_at < ?)`,
      [this.instance.id, deadline],
    );
    return rows.map((row) => Number(row.owner));
  }

  /** Only what is still pending: an end that arrived meanwhile stays. */
  private close(owner: number): Promise<number> {
    return this.database.transaction(async (runner) => {
      const rows = await runner.query<{ occurred_at: number | string; id: Buffer }>(
        `SELECT occurred_at, id FROM usage_events WHERE owner = ? ORDER BY occurred_at LIMIT ${BATCH}${this.database.dialect.forUpdate}`,
        [owner],
      );
      for (const { occurred_at, id } of rows) {
        await runner.execute(
          `UPDATE usage_events SET status = ?, origin = ?, cost_status = ?, error_code = 'process_died',
             ends_call = 1, owner = NULL, settled_at = ? WHERE occurred_at = ? AND id = ? AND status = ?`,
          [
            codeOf(EVENT_STATUSES, 'unknown'),
            codeOf(ORIGINS, 'studio'),
            codeOf(COST_STATUSES, 'unpriced'),
            this.clock.now(),
            occurred_at,
            id,
            codeOf(EVENT_STATUSES, 'pending'),
          ],
        );
      }
      await this.books.release(
        runner,
        rows.map(({ id }) => id),
      );
      if (rows.length > 0)
        await this.dirtyBuckets.mark(
          runner,
          rows.map((row) => Number(row.occurred_at)),
        );
      return rows.length;
    });
  }
}
