import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { typesFor } from './support/types-for';

/** A threshold that a budget's window has passed, once for each limit it had, and how the telling of it goes. */
export class CreateBudgetNotifications1764000810000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const t = typesFor(runner);
    await runner.query(`CREATE TABLE budget_notifications (
      id ${t.uuid} NOT NULL PRIMARY KEY,
      budget ${t.integer} NOT NULL,
      window_start ${t.bigint} NOT NULL,
      threshold ${t.integer} NOT NULL,
      spent ${t.wideInteger} NOT NULL,
      limit_value ${t.wideInteger} NOT NULL,
      created_at ${t.bigint} NOT NULL,
      state ${t.ascii(16)} NOT NULL,
      attempts ${t.integer} NOT NULL,
      next_attempt_at ${t.bigint} NULL,
      last_error ${t.text} NULL,
      delivered_at ${t.bigint} NULL,
      CONSTRAINT uq_budget_notifications UNIQUE (budget, window_start, threshold, limit_value)
    ) ${t.tableOptions}`);
    await runner.query(
      'CREATE INDEX idx_budget_notifications_due ON budget_notifications (state, next_attempt_at)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE budget_notifications');
  }
}
