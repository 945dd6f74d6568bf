import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { typesFor } from './support/types-for';

/** Monthly reports as they were made: canonical JSON with its hash. One of each occasion for a month. */
export class CreateCostReports1764000910000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const t = typesFor(runner);
    await runner.query(`CREATE TABLE cost_reports (
      id ${t.uuid} NOT NULL PRIMARY KEY,
      team_id ${t.uuid} NOT NULL,
      month ${t.ascii(7)} NOT NULL,
      occasion ${t.ascii(24)} NOT NULL,
      recorded_at ${t.timestamp} NOT NULL,
      content ${t.text} NOT NULL,
      hash ${t.ascii(64)} NOT NULL,
      CONSTRAINT uq_cost_reports UNIQUE (team_id, month, occasion)
    ) ${t.tableOptions}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE cost_reports');
  }
}
