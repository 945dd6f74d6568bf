import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { typesFor } from './support/types-for';

/** Rollups of final events per quarter hour, hour and day (UTC), and the quarter hours that want a new one. */
export class CreateUsageRollups1764000500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const t = typesFor(runner);
    // Dimensions that an event lacks are 0 here: a key column cannot be NULL. tag 0 is the row of
    // all events; a tag's row counts the events that carry it, -1 those that carry none.
    await runner.query(`CREATE TABLE usage_rollups (
      grain ${t.integer} NOT NULL,
      bucket ${t.bigint} NOT NULL,
      team ${t.integer} NOT NULL,
      tag ${t.integer} NOT NULL,
      provider ${t.integer} NOT NULL,
      model ${t.integer} NOT NULL,
      vendor_model ${t.integer} NOT NULL,
      api_key ${t.integer} NOT NULL,
      end_user ${t.integer} NOT NULL,
      requests ${t.bigint} NOT NULL,
      attempts ${t.bigint} NOT NULL,
      failed_requests ${t.bigint} NOT NULL,
      unpriced_requests ${t.bigint} NOT NULL,
      input_tokens ${t.bigint} NOT NULL,
      output_tokens ${t.bigint} NOT NULL,
      cached_tokens ${t.bigint} NOT NULL,
      reasoning_tokens ${t.bigint} NOT NULL,
      cost ${t.wideInteger} NOT NULL,
      latency_total ${t.bigint} NOT NULL,
      latency_count ${t.bigint} NOT NULL,
      latency_histogram ${t.text} NOT NULL,
      PRIMARY KEY (team, grain, bucket, tag, provider, model, vendor_model, api_key, end_user)
    ) ${t.tableOptions}`);
    await runner.query('CREATE INDEX idx_usage_rollups_bucket ON usage_rollups (grain, bucket)');
    await runner.query(`CREATE TABLE usage_dirty_buckets (
      bucket ${t.bigint} NOT NULL PRIMARY KEY,
      since ${t.bigint} NOT NULL,
      version ${t.bigint} NOT NULL
    ) ${t.tableOptions}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE usage_dirty_buckets');
    await runner.query('DROP TABLE usage_rollups');
  }
}
