import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { typesFor } from './support/types-for';

/**
 * Budgets, what was spent and is reserved in each of their windows, and what each call in flight reserves. The one row
 * of budget_state rises with every change of a budget: transactions that spend hold it.
 */
export class CreateBudgets1764000800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const t = typesFor(runner);
    await runner.query(`CREATE TABLE budgets (
      number ${t.autoIncrement},
      id ${t.uuid} NOT NULL,
      team_id ${t.uuid} NOT NULL,
      name ${t.varchar(100)} NOT NULL,
      scope_kind ${t.ascii(16)} NOT NULL,
      scope_id ${t.varchar(200)} NOT NULL,
      dimension ${t.integer} NOT NULL,
      unit ${t.ascii(16)} NOT NULL,
      limit_value ${t.wideInteger} NOT NULL,
      window_kind ${t.ascii(16)} NOT NULL,
      timezone ${t.ascii(64)} NOT NULL,
      anchor ${t.ascii(10)} NULL,
      enforcement ${t.ascii(8)} NOT NULL,
      unpriced ${t.ascii(8)} NOT NULL,
      unbounded ${t.ascii(8)} NOT NULL,
      thresholds ${t.json} NOT NULL,
      webhook_url ${t.text} NULL,
      webhook_secret ${t.text} NULL,
      created_at ${t.timestamp} NOT NULL,
      updated_at ${t.timestamp} NOT NULL,
      CONSTRAINT uq_budgets_id UNIQUE (id),
      CONSTRAINT uq_budgets_team_name UNIQUE (team_id, name)
    ) ${t.tableOptions}`);
    await runner.query(`CREATE TABLE budget_state (version ${t.bigint} NOT NULL) ${t.tableOptions}`);
    await runner.query('INSERT INTO budget_state (version) VALUES (1)');
    // seeded: its spent has what the ledger held before the window was first looked at.
    await runner.query(`CREATE TABLE budget_windows (
      budget ${t.integer} NOT NULL,
      starts_at ${t.bigint} NOT NULL,
      ends_at ${t.bigint} NOT NULL,
      spent ${t.wideInteger} NOT NULL,
      reserved ${t.wideInteger} NOT NULL,
      seeded ${t.flag} NOT NULL,
      PRIMARY KEY (budget, starts_at)
    ) ${t.tableOptions}`);
    await runner.query(`CREATE TABLE budget_reservations (
      event_id ${t.binaryUuid} NOT NULL,
      budget ${t.integer} NOT NULL,
      window_start ${t.bigint} NOT NULL,
      amount ${t.wideInteger} NOT NULL,
      PRIMARY KEY (event_id, budget)
    ) ${t.tableOptions}`);
    await runner.query('CREATE INDEX idx_budget_reservations_budget ON budget_reservations (budget)');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['budget_reservations', 'budget_windows', 'budget_state', 'budgets'])
      await runner.query(`DROP TABLE ${table}`);
  }
}
