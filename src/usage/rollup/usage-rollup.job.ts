import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { SETTINGS, type Settings } from '../../config/settings';
import { type Job } from '../../jobs/job';
import { JobRunner } from '../../jobs/job-runner';
import { Rollup } from './rollup';

export const ROLLUP_JOB = 'usage-rollup';
const BATCH = 50;

/** Rolls the ledger up into cost statistics, quarter hour by quarter hour. */
@Injectable()
export class UsageRollupJob implements Job, OnModuleInit {
  readonly name = ROLLUP_JOB;
  readonly every: number;

  constructor(
    private readonly rollup: Rollup,
    private readonly runner: JobRunner,
    @Inject(SETTINGS) settings: Settings,
  ) {
    this.every = settings.rollupInterval;
  }

  onModuleInit(): void {
    this.runner.register(this);
  }

  /** Newly dirty buckets wait for the next run, so that a run ends. */
  async run(): Promise<string | null> {
    const rebuilt = await this.rollup.rebuildDirty(BATCH);
    return rebuilt > 0 ? `Rebuilt ${rebuilt} quarter hours.` : null;
  }
}
