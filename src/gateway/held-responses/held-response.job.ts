import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type Job } from '../../jobs/job';
import { JobRunner } from '../../jobs/job-runner';
import { HeldResponseStore } from './held-response.store';

const BATCH = 500;
const MAX_BATCHES = 20;

/** Forgets responses that their vendors have forgotten. */
@Injectable()
export class HeldResponseJob implements Job, OnModuleInit {
  readonly name = 'held-response-expiry';
  readonly every = 60 * 60_000;

  constructor(
    private readonly store: HeldResponseStore,
    private readonly runner: JobRunner,
  ) {}

  onModuleInit(): void {
    this.runner.register(this);
  }

  async run(): Promise<string | null> {
    let forgotten = 0;
    for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
      const count = await this.store.forgetExpired(BATCH);
      forgotten += count;
      if (count < BATCH) break;
    }
    return forgotten > 0 ? `Forgot ${forgotten} responses that their vendors hold no more.` : null;
  }
}
