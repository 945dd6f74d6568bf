import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { typesFor } from './support/types-for';

/** Teams, their API keys (hashed), and what the installation itself keeps. */
export class CreateTeams1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const t = typesFor(runner);
    await runner.query(`CREATE TABLE teams (
      id ${t.uuid} NOT NULL PRIMARY KEY,
      name ${t.varchar(100)} NOT NULL UNIQUE,
      timezone ${t.ascii(64)} NOT NULL,
      allow_unlisted_models ${t.flag} NOT NULL,
      created_at ${t.timestamp} NOT NULL,
      updated_at ${t.timestamp} NOT NULL
    ) ${t.tableOptions}`);
    await runner.query(`CREATE TABLE api_keys (
      id ${t.uuid} NOT NULL PRIMARY KEY,
      team_id ${t.uuid} NOT NULL,
      name ${t.varchar(100)} NOT NULL,
      role ${t.ascii(16)} NOT NULL,
      key_hash ${t.ascii(64)} NOT NULL UNIQUE,
      key_hint ${t.ascii(8)} NOT NULL,
      allowed_models ${t.json} NULL,
      requests_per_minute ${t.integer} NULL,
      tokens_per_minute ${t.integer} NULL,
      expires_at ${t.timestamp} NULL,
      created_at ${t.timestamp} NOT NULL
    ) ${t.tableOptions}`);
    await runner.query('CREATE INDEX idx_api_keys_team ON api_keys (team_id, created_at)');
    await runner.query(`CREATE TABLE installation (
      name ${t.ascii(64)} NOT NULL PRIMARY KEY,
      value ${t.text} NOT NULL
    ) ${t.tableOptions}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['installation', 'api_keys', 'teams']) await runner.query(`DROP TABLE ${table}`);
  }
}
