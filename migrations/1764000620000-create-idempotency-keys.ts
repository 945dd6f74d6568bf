import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { typesFor } from './support/types-for';

/** Who runs a call under an Idempotency-Key, and for a day the answer, encrypted. */
export class CreateIdempotencyKeys1764000620000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const t = typesFor(runner);
    await runner.query(`CREATE TABLE idempotency_keys (
      id ${t.sha256} NOT NULL PRIMARY KEY,
      team_id ${t.uuid} NOT NULL,
      body_hash ${t.sha256} NOT NULL,
      claim ${t.binaryUuid} NOT NULL,
      owner ${t.integer} NOT NULL,
      state ${t.integer} NOT NULL,
      answer ${t.text} NULL,
      expires_at ${t.bigint} NOT NULL
    ) ${t.tableOptions}`);
    await runner.query('CREATE INDEX idx_idempotency_keys_expiry ON idempotency_keys (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE idempotency_keys');
  }
}
