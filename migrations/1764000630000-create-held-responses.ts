import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { typesFor } from './support/types-for';

/** Which of a team's providers holds which response, so that it can be asked for later. */
export class CreateHeldResponses1764000630000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const t = typesFor(runner);
    await runner.query(`CREATE TABLE held_responses (
      team_id ${t.uuid} NOT NULL,
      response_id ${t.ascii(200)} NOT NULL,
      provider_id ${t.uuid} NOT NULL,
      model ${t.varchar(200)} NOT NULL,
      created_at ${t.bigint} NOT NULL,
      PRIMARY KEY (team_id, response_id)
    ) ${t.tableOptions}`);
    await runner.query('CREATE INDEX idx_held_responses_created ON held_responses (created_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE held_responses');
  }
}
