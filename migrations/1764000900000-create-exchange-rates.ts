import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { typesFor } from './support/types-for';

/** What a team counts a US dollar for in another currency. Rows are added, never changed. */
export class CreateExchangeRates1764000900000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const t = typesFor(runner);
    await runner.query(`CREATE TABLE exchange_rates (
      id ${t.uuid} NOT NULL PRIMARY KEY,
      team_id ${t.uuid} NOT NULL,
      currency ${t.ascii(3)} NOT NULL,
      rate_date ${t.ascii(10)} NOT NULL,
      rate ${t.ascii(24)} NOT NULL,
      source ${t.varchar(200)} NOT NULL,
      recorded_at ${t.timestamp} NOT NULL
    ) ${t.tableOptions}`);
    await runner.query(
      'CREATE INDEX idx_exchange_rates_team ON exchange_rates (team_id, currency, rate_date)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE exchange_rates');
  }
}
