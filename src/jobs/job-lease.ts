import { type Clock } from '../common/clock';
import { type Database } from '../database/database';

const LEASE_MS = 60_000;
const RENEW_MS = 15_000;

/** A job's right to run, held by one instance and renewed for as long as the work goes on. */
export class JobLease {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly job: string,
    private readonly instance: number,
  ) {}

  async take(): Promise<boolean> {
    const { insertIgnore } = this.database.dialect;
    await this.database.execute(
      `${insertIgnore} INTO job_leases (job, instance, expires_at) VALUES (?, NULL, 0)`,
      [this.job],
    );
    const now = this.clock.now();
    await this.database.execute(
      'UPDATE job_leases SET instance = ?, expires_at = ? WHERE job = ? AND (instance IS NULL OR instance = ? OR expires_at < ?)',
      [this.instance, now + LEASE_MS, this.job, this.instance, now],
    );
    const rows = await this.database.query<{ instance: number | string | null }>(
      'SELECT instance FROM job_leases WHERE job = ?',
      [this.job],
    );
    if (Number(rows[0]?.instance) !== this.instance) return false;
    this.timer = setInterval(() => void this.renew(), RENEW_MS);
    this.timer.unref();
    return true;
  }

  async release(ranAt: number, outcome: 'succeeded' | 'failed'): Promise<void> {
    clearInterval(this.timer);
    await this.database.execute(
      'UPDATE job_leases SET instance = NULL, expires_at = 0, last_run_at = ?, last_outcome = ? WHERE job = ? AND instance = ?',
      [ranAt, outcome, this.job, this.instance],
    );
  }

  private async renew(): Promise<void> {
    try {
      await this.database.execute('UPDATE job_leases SET expires_at = ? WHERE job = ? AND instance = ?', [
        this.clock.now() + LEASE_MS,
        this.job,
        this.instance,
      ]);
    } catch {
      // The next renewal tries again; four have to fail before another instance may start the job.
    }
  }
}
