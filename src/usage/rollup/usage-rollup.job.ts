import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { SETTINGS, type Settings } from '../../config/settings';
import { type Job } from '../../jobs/job';
import { JobRunner } from '../../jobs/job-runner';
import { Rollup } from './rollup';

export const ROLLUP_JOB = 'usage-rollup';
const BATCH = 400;
const LONGEST_RUN_MS = 10_000;

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

  /** Works off what is dirty, but not for longer than a while: what is marked meanwhile has its turn too. */
  async run(): Promise<string | null> {
    const deadline = Date.now() + LONGEST_RUN_MS;
    let rebuilt = 0;
    for (let count = BATCH; count === BATCH && Date.now() < deadline; rebuilt += count) {
      count = await this.rollup.rebuildDirty(BATCH);
    }
    return rebuilt > 0 ? `Rebuilt ${rebuilt} quarter hours.` : null;
  }
}
