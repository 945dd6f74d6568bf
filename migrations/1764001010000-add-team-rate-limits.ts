import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { typesFor } from './support/types-for';

/** A team's own requests and tokens per minute, beside those of its keys; null for no limit. */
export class AddTeamRateLimits1764001010000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { integer } = typesFor(runner);
    await runner.query(`ALTER TABLE teams ADD COLUMN requests_per_minute ${integer} NULL`);
    await runner.query(`ALTER TABLE teams ADD COLUMN tokens_per_minute ${integer} NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE teams DROP COLUMN tokens_per_minute');
    await runner.query('ALTER TABLE teams DROP COLUMN requests_per_minute');
  }
}
