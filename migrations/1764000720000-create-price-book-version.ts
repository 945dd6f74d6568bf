import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { typesFor } from './support/types-for';

/**
 * A number that rises with every change of the prices: instances compare it to know that what they hold in
 * memory is old, and who changes prices holds its row, so that two changes never judge the same state.
 */
export class CreatePriceBookVersion1764000720000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const t = typesFor(runner);
    await runner.query(`CREATE TABLE ai_price_book (
      id ${t.integer} NOT NULL PRIMARY KEY,
      version ${t.bigint} NOT NULL
    ) ${t.tableOptions}`);
    await runner.query('INSERT INTO ai_price_book (id, version) VALUES (1, 1)');
    await runner.query('CREATE INDEX idx_ai_prices_team ON ai_prices (team_id, vendor, vendor_model)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex('ai_prices', 'idx_ai_prices_team');
    await runner.query('DROP TABLE ai_price_book');
  }
}
