import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { typesFor } from './support/types-for';

/** Months that were closed at least once, in the zone that they were closed in, and each act upon them. */
export class CreateCostPeriods1764000920000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const t = typesFor(runner);
    await runner.query(`CREATE TABLE cost_periods (
      team_id ${t.uuid} NOT NULL,
      month ${t.ascii(7)} NOT NULL,
      timezone ${t.ascii(64)} NOT NULL,
      starting_at ${t.bigint} NOT NULL,
      ending_at ${t.bigint} NOT NULL,
      state ${t.integer} NOT NULL,
      acts ${t.integer} NOT NULL,
      changed_at ${t.bigint} NOT NULL,
      report_id ${t.uuid} NULL,
      hash ${t.ascii(64)} NULL,
      PRIMARY KEY (team_id, month)
    ) ${t.tableOptions}`);
    await runner.query(`CREATE TABLE cost_period_acts (
      team_id ${t.uuid} NOT NULL,
      month ${t.ascii(7)} NOT NULL,
      sequence ${t.integer} NOT NULL,
      act ${t.ascii(16)} NOT NULL,
      acted_at ${t.bigint} NOT NULL,
      actor_key_id ${t.uuid} NULL,
      actor_name ${t.varchar(100)} NOT NULL,
      reason ${t.varchar(1000)} NULL,
      report_id ${t.uuid} NULL,
      hash ${t.ascii(64)} NULL,
      PRIMARY KEY (team_id, month, sequence)
    ) ${t.tableOptions}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE cost_period_acts');
    await runner.query('DROP TABLE cost_periods');
  }
}
