import { Injectable } from '@nestjs/common';
import { CallsInFlight } from '../completions/calls-in-flight';
import { Database } from '../database/database';
import { JobRunner } from '../jobs/job-runner';
import { Ledger } from '../usage/ledger/ledger';
import { type JobStateView } from './health.dto';

const DATABASE_LIMIT_MS = 2_000;
const MAX_UNSETTLED = 10_000;

/** Judges readiness by what moves: the database answers, settlements are committed, calls are taken. */
@Injectable()
export class HealthService {
  constructor(
    private readonly database: Database,
    private readonly ledger: Ledger,
    private readonly calls: CallsInFlight,
    private readonly jobs: JobRunner,
  ) {}

  async findProblems(): Promise<string[]> {
    const problems: string[] = [];
    if (this.calls.isStopping) problems.push('The server is stopping.');
    if (!(await this.databaseAnswers()))
      problems.push(`The database did not answer within ${DATABASE_LIMIT_MS} ms.`);
    if (this.ledger.unsettledCount > MAX_UNSETTLED)
      problems.push(`${this.ledger.unsettledCount} settlements wait for the database.`);
    return problems;
  }

  async listJobs(): Promise<JobStateView[]> {
    const states = await this.jobs.states();
    return states.map(({ job, lastRunAt, lastOutcome }) => ({
      job,
      lastRunAt: lastRunAt === null ? null : new Date(lastRunAt).toISOString(),
      lastOutcome,
    }));
  }

  private async databaseAnswers(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), DATABASE_LIMIT_MS);
    });
    const answer = this.database.query('SELECT 1').then(
      () => true,
      () => false,
    );
    const answered = await Promise.race([answer, late]);
    clearTimeout(timer);
    return answered;
  }
}
