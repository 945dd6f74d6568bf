import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { type Job } from '../../jobs/job';
import { JobRunner } from '../../jobs/job-runner';
import { IdempotencyStore } from './idempotency.store';

export const IDEMPOTENCY_EXPIRY_JOB = 'idempotency-expiry';
/** Rows hold whole answers: a statement deletes few of them, so that nothing waits for it long. */
const BATCH = 100;
const LONGEST_RUN_MS = 20_000;

/** Deletes the answers whose day is over. Until it comes by they are not given any more either. */
@Injectable()
export class IdempotencyExpiryJob implements Job, OnModuleInit {
  readonly name = IDEMPOTENCY_EXPIRY_JOB;
  readonly every = 5 * 60_000;

  constructor(
    private readonly store: IdempotencyStore,
    private readonly clock: Clock,
    private readonly runner: JobRunner,
  ) {}

  onModuleInit(): void {
    this.runner.register(this);
  }

  async run(): Promise<string | null> {
    const before = this.clock.now();
    let deleted = 0;
    for (let count = BATCH; count === BATCH && this.clock.now() < before + LONGEST_RUN_MS; deleted += count) {
      count = await this.store.removeExpired(before, BATCH);
    }
    return deleted > 0 ? `Deleted ${deleted} idempotency keys.` : null;
  }
}
