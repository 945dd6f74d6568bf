import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { typesFor } from './support/types-for';

/** Dated price rows: the shipped ones (team_id NULL) and the teams' own. */
export class CreatePriceBook1764000200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const t = typesFor(runner);
    await runner.query(`CREATE TABLE ai_prices (
      id ${t.ascii(200)} NOT NULL PRIMARY KEY,
      team_id ${t.uuid} NULL,
      vendor ${t.ascii(32)} NOT NULL,
      vendor_model ${t.varchar(100)} NOT NULL,
      surface ${t.ascii(64)} NULL,
      served_tier ${t.ascii(32)} NOT NULL,
      region_class ${t.ascii(32)} NULL,
      above_context_tokens ${t.bigint} NOT NULL,
      valid_from ${t.bigint} NOT NULL,
      valid_to ${t.bigint} NULL,
      guaranteed_until ${t.bigint} NULL,
      prices_per_million ${t.json} NOT NULL,
      unit_prices ${t.json} NOT NULL,
      source ${t.varchar(500)} NOT NULL,
      checked_on ${t.ascii(10)} NULL,
      note ${t.text} NULL,
      recorded_at ${t.bigint} NOT NULL,
      superseded_at ${t.bigint} NULL
    ) ${t.tableOptions}`);
    await runner.query('CREATE INDEX idx_ai_prices_model ON ai_prices (vendor, vendor_model, valid_from)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE ai_prices');
  }
}
