import { Injectable, type OnModuleInit } from '@nestjs/common';
import { TeamsService } from '../../../auth/teams.service';
import { Clock } from '../../../common/clock';
import { grantTeamScope } from '../../../common/tenancy/team-scope';
import { isDuplicateKey } from '../../../database/driver-errors';
import { type Job } from '../../../jobs/job';
import { JobRunner } from '../../../jobs/job-runner';
import { monthBefore } from './month';
import { MonthlyReports } from './monthly-reports.service';

const HOUR_MS = 3_600_000;
const TEAMS_AT_ONCE = 200;
/** So many months are made up for after a time in which no server ran. */
const MONTHS_BACK = 3;

export const MONTHLY_REPORTS_JOB = 'monthly-reports';
const OCCASION = 'monthly';

/** Makes each team's report of the months that are over and complete, once. */
@Injectable()
export class MonthlyReportsJob implements Job, OnModuleInit {
  readonly name = MONTHLY_REPORTS_JOB;
  readonly every = HOUR_MS;

  constructor(
    private readonly teams: TeamsService,
    private readonly reports: MonthlyReports,
    private readonly clock: Clock,
    private readonly runner: JobRunner,
  ) {}

  onModuleInit(): void {
    this.runner.register(this);
  }

  async run(): Promise<string | null> {
    let made = 0;
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<TeamsService['list']>> = await this.teams.list(
        TEAMS_AT_ONCE,
        cursor ?? undefined,
      );
      for (const { id, timezone, createdAt } of page.data)
        made += await this.reportTeam(id, timezone, createdAt.getTime());
      cursor = page.nextCursor;
    } while (cursor !== null);
    return made > 0 ? `Made ${made} monthly reports.` : null;
  }

  private async reportTeam(teamId: string, timezone: string, createdAt: number): Promise<number> {
    const scope = grantTeamScope(teamId);
    const now = this.clock.now();
    let made = 0;
    for (let back = MONTHS_BACK; back > 0; back -= 1) {
      const month = monthBefore(now, timezone, back);
      if (await this.reports.find(scope, month.label, OCCASION)) continue;
      if (await this.reports.findObstacle(scope, month, now)) continue;
      const report = await this.reports.make(scope, month, timezone, OCCASION, now);
      // A month before the team was made is of interest only if usage of it was reported later.
      if (month.end <= createdAt && report.isEmpty) continue;
      try {
        await this.reports.keep(scope, report.row);
        made += 1;
      } catch (error) {
        // Another instance, which had lost sight of its lease, was faster.
        if (!isDuplicateKey(error)) throw error;
      }
    }
    return made;
  }
}
