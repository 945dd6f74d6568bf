import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { typesFor } from './support/types-for';

/**
 * The ledger: one narrow row per metered attempt, its bulky part apart. No foreign keys, and every
 * unique key contains occurred_at, so that months can become partitions.
 */
export class CreateUsageLedger1764000300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const t = typesFor(runner);
    await runner.query(`CREATE TABLE usage_dimensions (
      id ${t.autoIncrement},
      kind ${t.ascii(16)} NOT NULL,
      value ${t.varchar(300)} NOT NULL,
      label ${t.varchar(200)} NOT NULL,
      CONSTRAINT uq_usage_dimensions UNIQUE (kind, value)
    ) ${t.tableOptions}`);
    await runner.query(`CREATE TABLE usage_events (
      occurred_at ${t.bigint} NOT NULL,
      id ${t.binaryUuid} NOT NULL,
      call_id ${t.binaryUuid} NOT NULL,
      attempt ${t.integer} NOT NULL,
      ends_call ${t.flag} NOT NULL,
      owner ${t.integer} NULL,
      status ${t.integer} NOT NULL,
      origin ${t.integer} NULL,
      door ${t.integer} NOT NULL,
      streamed ${t.flag} NOT NULL,
      team ${t.integer} NOT NULL,
      api_key ${t.integer} NULL,
      provider ${t.integer} NULL,
      model ${t.integer} NULL,
      vendor_model ${t.integer} NOT NULL,
      end_user ${t.integer} NULL,
      vector ${t.ascii(1000)} NULL,
      input_tokens ${t.bigint} NULL,
      output_tokens ${t.bigint} NULL,
      cached_tokens ${t.bigint} NULL,
      reasoning_tokens ${t.bigint} NULL,
      cost ${t.bigint} NULL,
      cost_status ${t.integer} NOT NULL,
      price ${t.integer} NULL,
      error_code ${t.ascii(32)} NULL,
      latency_ms ${t.integer} NULL,
      first_token_ms ${t.integer} NULL,
      overhead_us ${t.integer} NULL,
      latency_bin ${t.integer} NULL,
      settled_at ${t.bigint} NULL,
      PRIMARY KEY (occurred_at, id)
    ) ${t.tableOptions}`);
    await runner.query('CREATE INDEX idx_usage_events_team ON usage_events (team, occurred_at)');
    // Only pending events have an owner: the sweeper finds what a dead process left without a scan.
    await runner.query('CREATE INDEX idx_usage_events_owner ON usage_events (owner)');
    await runner.query(`CREATE TABLE usage_event_details (
      occurred_at ${t.bigint} NOT NULL,
      event_id ${t.binaryUuid} NOT NULL,
      request_id ${t.varchar(200)} NULL,
      vendor_response_id ${t.varchar(200)} NULL,
      served ${t.json} NULL,
      flags ${t.json} NULL,
      cost_lines ${t.json} NULL,
      raw_usage ${t.text} NULL,
      error_message ${t.text} NULL,
      metadata ${t.text} NULL,
      PRIMARY KEY (occurred_at, event_id)
    ) ${t.tableOptions}`);
    await runner.query(`CREATE TABLE usage_event_tags (
      tag ${t.integer} NOT NULL,
      occurred_at ${t.bigint} NOT NULL,
      event_id ${t.binaryUuid} NOT NULL,
      PRIMARY KEY (tag, occurred_at, event_id)
    ) ${t.tableOptions}`);
    await runner.query('CREATE INDEX idx_usage_event_tags_event ON usage_event_tags (occurred_at, event_id)');
    await runner.query(`CREATE TABLE usage_external_ids (
      team ${t.integer} NOT NULL,
      external_id ${t.varchar(200)} NOT NULL,
      event_id ${t.binaryUuid} NOT NULL,
      occurred_at ${t.bigint} NOT NULL,
      PRIMARY KEY (team, external_id)
    ) ${t.tableOptions}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables = [
      'usage_external_ids',
      'usage_event_tags',
      'usage_event_details',
      'usage_events',
      'usage_dimensions',
    ];
    for (const table of tables) await runner.query(`DROP TABLE ${table}`);
  }
}
