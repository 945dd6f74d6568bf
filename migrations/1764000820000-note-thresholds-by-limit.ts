import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { typesFor } from './support/types-for';

/** A threshold is told once in a window for each limit that the budget had: a raised limit tells of its own anew. */
export class NoteThresholdsByLimit1764000820000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await rebuild(runner, 'budget, window_start, threshold, limit_value', '');
  }

  /** Of what was told for several limits, the first stays. */
  async down(runner: QueryRunner): Promise<void> {
    await rebuild(
      runner,
      'budget, window_start, threshold',
      `WHERE NOT EXISTS (SELECT 1 FROM budget_notifications o WHERE o.budget = n.budget
         AND o.window_start = n.window_start AND o.threshold = n.threshold AND o.id < n.id)`,
    );
  }
}

/** SQLite changes no constraint of a table that is there. */
async function rebuild(runner: QueryRunner, unique: string, where: string): Promise<void> {
  const t = typesFor(runner);
  await runner.query(`CREATE TABLE budget_notifications_made (
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
    CONSTRAINT uq_budget_notifications UNIQUE (${unique})
  ) ${t.tableOptions}`);
  await runner.query(`INSERT INTO budget_notifications_made SELECT n.* FROM budget_notifications n ${where}`);
  await runner.query('DROP TABLE budget_notifications');
  await runner.query('ALTER TABLE budget_notifications_made RENAME TO budget_notifications');
  await runner.query(
    'CREATE INDEX idx_budget_notifications_due ON budget_notifications (state, next_attempt_at)',
  );
}
