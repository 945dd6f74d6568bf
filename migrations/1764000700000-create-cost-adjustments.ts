import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { typesFor } from './support/types-for';

/**
 * Corrections of the cost of events, which themselves are never changed. A row counts in reports at
 * booked_at: at the event's own time, or later when the team had closed the event's month.
 */
export class CreateCostAdjustments1764000700000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const t = typesFor(runner);
    await runner.query(`CREATE TABLE usage_cost_adjustments (
      booked_at ${t.bigint} NOT NULL,
      id ${t.binaryUuid} NOT NULL,
      event_occurred_at ${t.bigint} NOT NULL,
      event_id ${t.binaryUuid} NOT NULL,
      revision ${t.integer} NOT NULL,
      kind ${t.integer} NOT NULL,
      recorded_at ${t.bigint} NOT NULL,
      team ${t.integer} NOT NULL,
      api_key ${t.integer} NULL,
      provider ${t.integer} NULL,
      model ${t.integer} NULL,
      vendor_model ${t.integer} NOT NULL,
      end_user ${t.integer} NULL,
      amount ${t.bigint} NOT NULL,
      list_amount ${t.bigint} NOT NULL,
      unpriced_delta ${t.integer} NOT NULL,
      price ${t.integer} NULL,
      run_id ${t.binaryUuid} NULL,
      cost_lines ${t.json} NULL,
      PRIMARY KEY (booked_at, id),
      CONSTRAINT uq_usage_cost_adjustments_event UNIQUE (event_occurred_at, event_id, revision)
    ) ${t.tableOptions}`);
    await runner.query(
      'CREATE INDEX idx_usage_cost_adjustments_team ON usage_cost_adjustments (team, booked_at)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE usage_cost_adjustments');
  }
}
