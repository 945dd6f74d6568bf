import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { TeamsService } from '../../auth/teams.service';
import { type Job } from '../../jobs/job';
import { JobRunner } from '../../jobs/job-runner';
import { SelfChecks } from './self-checks';

const EVERY_MS = 3_600_000;
const TEAMS_A_PAGE = 200;

/** Numbers that do not agree: somebody has to look at them. */
export class BooksDisagree extends Error {
  override readonly name = 'BooksDisagree';
}

/** Checks every team's books. What does not agree is an error in the log, a failed job and a metric. */
@Injectable()
export class SelfCheckJob implements Job, OnModuleInit {
  readonly name = 'self-check';
  readonly every = EVERY_MS;
  private readonly logger = new Logger('SelfCheck');
  private disagreeing = 0;

  constructor(
    private readonly teams: TeamsService,
    private readonly checks: SelfChecks,
    private readonly runner: JobRunner,
  ) {}

  /** Teams whose books did not agree in the last run of this process. */
  get disagreeingTeams(): number {
    return this.disagreeing;
  }

  onModuleInit(): void {
    this.runner.register(this);
  }

  /** @throws BooksDisagree after every team was checked */
  async run(): Promise<string | null> {
    let checked = 0;
    const wrong: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<TeamsService['list']>> = await this.teams.list(
        TEAMS_A_PAGE,
        cursor ?? undefined,
      );
      for (const { id } of page.data) {
        const result = await this.checks.run(id);
        checked += 1;
        if (result.ok) continue;
        wrong.push(id);
        this.logger.error({
          message: 'The books of a team do not agree. GET /api/v1/usage/self-check shows where.',
          teamId: id,
          checks: result.checks.filter(({ ok }) => !ok),
        });
      }
      cursor = page.nextCursor;
    } while (cursor !== null);
    this.disagreeing = wrong.length;
    if (wrong.length > 0)
      throw new BooksDisagree(
        `The books of ${wrong.length} of ${checked} teams do not agree: ${wrong.slice(0, 20).join(', ')}.`,
      );
    return null;
  }
}
