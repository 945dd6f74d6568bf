import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { typesFor } from './support/types-for';

/** Administrators' keys of providers, and what comparing with their vendors' reports came to. */
export class CreateReconciliations1764001000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const t = typesFor(runner);
    await runner.query(`CREATE TABLE provider_admin_keys (
      id ${t.uuid} NOT NULL PRIMARY KEY,
      team_id ${t.uuid} NOT NULL,
      admin_key ${t.text} NOT NULL,
      key_hint ${t.varchar(8)} NOT NULL,
      api_key_ids ${t.json} NOT NULL,
      updated_at ${t.timestamp} NOT NULL,
      CONSTRAINT fk_provider_admin_keys_provider FOREIGN KEY (id) REFERENCES ai_providers (id) ON DELETE CASCADE
    ) ${t.tableOptions}`);
    await runner.query(`CREATE TABLE reconciliations (
      id ${t.uuid} NOT NULL PRIMARY KEY,
      team_id ${t.uuid} NOT NULL,
      provider_id ${t.uuid} NOT NULL,
      provider_name ${t.varchar(100)} NOT NULL,
      vendor ${t.ascii(32)} NOT NULL,
      source ${t.ascii(8)} NOT NULL,
      from_day ${t.ascii(10)} NOT NULL,
      to_day ${t.ascii(10)} NOT NULL,
      is_scheduled ${t.flag} NOT NULL,
      status ${t.ascii(16)} NOT NULL,
      problem ${t.text} NULL,
      summary ${t.text} NULL,
      report_lines ${t.text} NULL,
      created_at ${t.timestamp} NOT NULL
    ) ${t.tableOptions}`);
    await runner.query('CREATE INDEX idx_reconciliations_team ON reconciliations (team_id, id)');
    await runner.query('CREATE INDEX idx_reconciliations_provider ON reconciliations (provider_id, to_day)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE reconciliations');
    await runner.query('DROP TABLE provider_admin_keys');
  }
}
