import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { Clock } from '../common/clock';
import { SETTINGS, type Settings } from '../config/settings';
import { Database } from '../database/database';
import { Instance } from './instance';
import { type Job } from './job';
import { JobLease } from './job-lease';

const KEEP_RUNS_MS = 7 * 24 * 3600 * 1000;

export interface JobState {
  readonly job: string;
  readonly lastRunAt: number | null;
  readonly lastOutcome: string | null;
}

/** Triggers each job on its schedule, on the one instance that holds the job's lease, and keeps a row per run. */
@Injectable()
export class JobRunner implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Jobs');
  private readonly jobs = new Map<string, Job>();
  private readonly running = new Map<string, Promise<void>>();
  private stopped = false;

  constructor(
    private readonly scheduler: SchedulerRegistry,
    private readonly database: Database,
    private readonly instance: Instance,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Called by each job's module while the application starts. Two jobs of a name stop the boot. */
  register(job: Job): void {
    if (this.jobs.has(job.name)) throw new Error(`Two jobs are named "${job.name}".`);
    this.jobs.set(job.name, job);
  }

  onApplicationBootstrap(): void {
    if (!this.settings.jobsEnabled) return;
    for (const job of this.jobs.values()) {
      const timer = setInterval(() => void this.trigger(job), job.every);
      this.scheduler.addInterval(job.name, timer);
      void this.trigger(job);
    }
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    for (const name of this.scheduler.getIntervals()) this.scheduler.deleteInterval(name);
    await Promise.allSettled(this.running.values());
  }

  /** Runs a job now, whatever its schedule, unless another instance is at it. */
  async runNow(name: string): Promise<void> {
    const job = this.jobs.get(name);
    if (!job) throw new Error(`There is no job named "${name}".`);
    await this.running.get(name);
    await this.trigger(job);
  }

  async states(): Promise<JobState[]> {
    const rows = await this.database.query<{
      job: string;
      at: number | string | null;
      outcome: string | null;
    }>('SELECT job, last_run_at AS at, last_outcome AS outcome FROM job_leases ORDER BY job');
    return rows.map((row) => ({
      job: row.job,
      lastRunAt: row.at === null ? null : Number(row.at),
      lastOutcome: row.outcome,
    }));
  }

  /** A run that takes longer than the schedule is not started a second time. */
  private trigger(job: Job): Promise<void> {
    const underWay = this.running.get(job.name);
    if (underWay || this.stopped) return underWay ?? Promise.resolve();
    const run = this.runUnderLease(job).finally(() => this.running.delete(job.name));
    this.running.set(job.name, run);
    return run;
  }

  private async runUnderLease(job: Job): Promise<void> {
    const lease = new JobLease(this.database, this.clock, job.name, this.instance.id);
    try {
      if (!(await lease.take())) return;
    } catch (error) {
      this.logger.warn({ message: `The lease of the job ${job.name} could not be taken.`, err: error });
      return;
    }
    const startedAt = this.clock.now();
    try {
      const detail = await job.run();
      await lease.release(startedAt, 'succeeded');
      if (detail !== null) await this.record(job.name, startedAt, 'succeeded', detail);
    } catch (error) {
      this.logger.error({ message: `The job ${job.name} failed; it runs again on schedule.`, err: error });
      await this.recordFailure(job.name, startedAt, lease, error);
    }
  }

  private async recordFailure(
    name: string,
    startedAt: number,
    lease: JobLease,
    error: unknown,
  ): Promise<void> {
    try {
      await lease.release(startedAt, 'failed');
      await this.record(name, startedAt, 'failed', error instanceof Error ? error.message : String(error));
    } catch (cause) {
      this.logger.warn({ message: `The failure of the job ${name} could not be recorded.`, err: cause });
    }
  }

  private async record(job: string, startedAt: number, outcome: string, detail: string): Promise<void> {
    const now = this.clock.now();
    await this.database.execute(
      'INSERT INTO job_runs (job, instance, started_at, ended_at, outcome, detail) VALUES (?, ?, ?, ?, ?, ?)',
      [job, this.instance.id, startedAt, now, outcome, detail.slice(0, 2000)],
    );
    await this.database.execute('DELETE FROM job_runs WHERE job = ? AND started_at < ?', [
      job,
      now - KEEP_RUNS_MS,
    ]);
  }
}
