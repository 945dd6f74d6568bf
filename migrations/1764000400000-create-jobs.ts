import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { typesFor } from './support/types-for';

/** The processes that serve, with their heartbeat; the lease of each job and a row per run of it. */
export class CreateJobs1764000400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const t = typesFor(runner);
    await runner.query(`CREATE TABLE instances (
      id ${t.autoIncrement},
      name ${t.varchar(200)} NOT NULL,
      started_at ${t.bigint} NOT NULL,
      heartbeat_at ${t.bigint} NOT NULL,
      ended_at ${t.bigint} NULL
    ) ${t.tableOptions}`);
    await runner.query(`CREATE TABLE job_leases (
      job ${t.ascii(64)} NOT NULL PRIMARY KEY,
      instance ${t.integer} NULL,
      expires_at ${t.bigint} NOT NULL,
      last_run_at ${t.bigint} NULL,
      last_outcome ${t.ascii(16)} NULL
    ) ${t.tableOptions}`);
    await runner.query(`CREATE TABLE job_runs (
      id ${t.autoIncrement},
      job ${t.ascii(64)} NOT NULL,
      instance ${t.integer} NOT NULL,
      started_at ${t.bigint} NOT NULL,
      ended_at ${t.bigint} NULL,
      outcome ${t.ascii(16)} NOT NULL,
      detail ${t.text} NULL
    ) ${t.tableOptions}`);
    await runner.query('CREATE INDEX idx_job_runs_job ON job_runs (job, started_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['job_runs', 'job_leases', 'instances']) await runner.query(`DROP TABLE ${table}`);
  }
}
