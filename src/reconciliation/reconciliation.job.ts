import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../common/clock';
import { grantTeamScope } from '../common/tenancy/team-scope';
import { type Job } from '../jobs/job';
import { JobRunner } from '../jobs/job-runner';
import { dayOf } from '../providers/contract/billing-report';
import { AdminKeysService } from './admin-keys.service';
import { ReconciliationService } from './reconciliation.service';

export const RECONCILIATION_JOB = 'reconciliation';
const DAY_MS = 86_400_000;
/** Vendors are late by hours: the last days are compared again each day. */
const DAYS = 3;

/** Compares the last whole days of every provider that has an administrator key, once a day. */
@Injectable()
export class ReconciliationJob implements Job, OnModuleInit {
  readonly name = RECONCILIATION_JOB;
  /** More often than daily, so that a start late in the day does not put off the next one by a day. */
  readonly every = 3_600_000;

  constructor(
    private readonly reconciliations: ReconciliationService,
    private readonly adminKeys: AdminKeysService,
    private readonly clock: Clock,
    private readonly runner: JobRunner,
  ) {}

  onModuleInit(): void {
    this.runner.register(this);
  }

  async run(): Promise<string | null> {
    const today = Math.floor(this.clock.now() / DAY_MS) * DAY_MS;
    const range = { from: today - DAYS * DAY_MS, to: today };
    let compared = 0;
    let failed = 0;
    for (const { id, teamId } of await this.adminKeys.listAll()) {
      const scope = grantTeamScope(teamId);
      if (await this.reconciliations.hasScheduled(scope, id, dayOf(range.to))) continue;
      const { status } = await this.reconciliations.createScheduled(scope, id, range);
      if (status === 'completed') compared += 1;
      else failed += 1;
    }
    return compared + failed > 0 ? `Compared ${compared} providers; ${failed} failed.` : null;
  }
}
