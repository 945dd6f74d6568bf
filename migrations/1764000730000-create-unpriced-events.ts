import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { typesFor } from './support/types-for';

/** The number of the cost status `unpriced` in the ledger. */
const UNPRICED = 3;

/**
 * Events whose usage is known and whose price is not, until a row of the price book prices them. `tried` is the
 * version of the price book that they were last tried with: what no change has reached is not tried again.
 */
export class CreateUnpricedEvents1764000730000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const t = typesFor(runner);
    await runner.query(`CREATE TABLE usage_unpriced_events (
      occurred_at ${t.bigint} NOT NULL,
      event_id ${t.binaryUuid} NOT NULL,
      tried ${t.bigint} NOT NULL,
      PRIMARY KEY (occurred_at, event_id)
    ) ${t.tableOptions}`);
    await runner.query(
      'CREATE INDEX idx_usage_unpriced_events_tried ON usage_unpriced_events (tried, occurred_at, event_id)',
    );
    await runner.query(
      `INSERT INTO usage_unpriced_events (occurred_at, event_id, tried)
       SELECT occurred_at, id, 0 FROM usage_events WHERE cost_status = ${UNPRICED} AND vector IS NOT NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE usage_unpriced_events');
  }
}
