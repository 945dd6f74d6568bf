import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { typesFor } from './support/types-for';

/**
 * What the shipped list prices say beside what a team's own prices say. On an event NULL means the same
 * as its cost, so the events of before need no new value; their rollups get one.
 */
export class AddListCost1764000710000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const t = typesFor(runner);
    await runner.query(`ALTER TABLE usage_events ADD COLUMN list_cost ${t.bigint} NULL`);
    await runner.query(
      `ALTER TABLE usage_rollups ADD COLUMN list_cost ${t.wideInteger} NOT NULL DEFAULT '0'`,
    );
    await runner.query('UPDATE usage_rollups SET list_cost = cost');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE usage_rollups DROP COLUMN list_cost');
    await runner.query('ALTER TABLE usage_events DROP COLUMN list_cost');
  }
}
