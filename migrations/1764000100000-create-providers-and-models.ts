import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { typesFor } from './support/types-for';

/** A team's vendor accounts and its named models. */
export class CreateProvidersAndModels1764000100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const t = typesFor(runner);
    await runner.query(`CREATE TABLE ai_providers (
      id ${t.uuid} NOT NULL PRIMARY KEY,
      team_id ${t.uuid} NOT NULL,
      name ${t.varchar(100)} NOT NULL,
      type ${t.ascii(32)} NOT NULL,
      api_key ${t.text} NOT NULL,
      key_hint ${t.varchar(8)} NOT NULL,
      configuration ${t.json} NOT NULL,
      is_active ${t.flag} NOT NULL,
      last_verification ${t.json} NULL,
      created_at ${t.timestamp} NOT NULL,
      updated_at ${t.timestamp} NOT NULL,
      CONSTRAINT uq_ai_providers_team_name UNIQUE (team_id, name)
    ) ${t.tableOptions}`);
    // default_for_team_id is the team's id on its default model and NULL on all others, so that
    // the unique constraint allows one default a team.
    await runner.query(`CREATE TABLE ai_models (
      id ${t.uuid} NOT NULL PRIMARY KEY,
      team_id ${t.uuid} NOT NULL,
      provider_id ${t.uuid} NOT NULL,
      name ${t.varchar(100)} NOT NULL,
      model_id ${t.varchar(100)} NOT NULL,
      parameters ${t.json} NOT NULL,
      is_active ${t.flag} NOT NULL,
      default_for_team_id ${t.uuid} NULL,
      created_at ${t.timestamp} NOT NULL,
      updated_at ${t.timestamp} NOT NULL,
      CONSTRAINT uq_ai_models_team_name UNIQUE (team_id, name),
      CONSTRAINT uq_ai_models_default UNIQUE (default_for_team_id),
      CONSTRAINT fk_ai_models_provider FOREIGN KEY (provider_id) REFERENCES ai_providers (id)
    ) ${t.tableOptions}`);
    await runner.query('CREATE INDEX idx_ai_models_provider ON ai_models (provider_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE ai_models');
    await runner.query('DROP TABLE ai_providers');
  }
}
