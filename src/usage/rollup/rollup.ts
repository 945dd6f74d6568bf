import { Injectable } from '@nestjs/common';
import { Database, placeholders, type SqlReader, type SqlRunner } from '../../database/database';
import { type SqlValue } from '../../database/statement';
import { codeOf, COST_STATUSES, EVENT_STATUSES } from '../ledger/event';
import { bucketOf, type Grain, grainMs } from './bucket';
import { type DirtyBucket, DirtyBuckets } from './dirty-buckets';
import {
  addToHistogram,
  type Histogram,
  mergeHistogram,
  parseHistogram,
  serialiseHistogram,
} from './histogram';

/** Columns that name a rollup row within its grain and bucket; 0 stands for none. */
export const ROLLUP_KEYS = [
  'team',
  'tag',
  'provider',
  'model',
  'vendor_model',
  'api_key',
  'end_user',
] as const;
type RollupKey = (typeof ROLLUP_KEYS)[number];

/** Columns that are summed when rollups are merged. */
export const ROLLUP_COUNTS = [
  'requests',
  'attempts',
  'failed_requests',
  'unpriced_requests',
  'input_tokens',
  'output_tokens',
  'cached_tokens',
  'reasoning_tokens',
  'latency_total',
  'latency_count',
] as const;
type RollupCount = (typeof ROLLUP_COUNTS)[number];

/** The row of all events is tag 0; the row of those without any tag is this. */
export const UNTAGGED = -1;

const COLUMNS = ['grain', 'bucket', ...ROLLUP_KEYS, ...ROLLUP_COUNTS, 'cost', 'latency_histogram'] as const;
const INSERT_BATCH = 200;

/** A row as the engines give it: integers as numbers or text, money as text. */
export type StoredRollup = Record<RollupKey | RollupCount, number | string> & {
  readonly bucket: number | string;
  readonly cost: string;
  readonly latency_histogram: string;
};

/** A rollup row while it is summed up; keys and counts in the order of ROLLUP_KEYS and ROLLUP_COUNTS. */
export interface Accumulated {
  readonly keys: readonly number[];
  readonly counts: number[];
  cost: bigint;
  readonly histogram: Histogram;
}

const PENDING = codeOf(EVENT_STATUSES, 'pending');
const SUCCEEDED = codeOf(EVENT_STATUSES, 'succeeded');
const UNPRICED = codeOf(COST_STATUSES, 'unpriced');

/**
 * Computes rollups as a pure function of final events. A dirty quarter hour is computed anew and
 * written absolutely, never incremented; then its hour from its quarter hours, and its day from its hours.
 */
@Injectable()
export class Rollup {
  constructor(
    private readonly database: Database,
    private readonly dirtyBuckets: DirtyBuckets,
  ) {}

  /**
   * Rebuilds up to so many dirty quarter hours, those of a day in one transaction. A day that fails does
   * not keep the others. Returns how many were rebuilt. @throws the first failure, after all had their turn
   */
  async rebuildDirty(limit: number): Promise<number> {
    const days = new Map<number, number[]>();
    for (const { bucket } of await this.dirtyBuckets.list(this.database, limit)) {
      const day = bucketOf(bucket, 1440);
      days.set(day, [...(days.get(day) ?? []), bucket]);
    }
    let rebuilt = 0;
    const failures: unknown[] = [];
    for (const buckets of days.values()) {
      try {
        await this.rebuildDay(buckets);
        rebuilt += buckets.length;
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
    return rebuilt;
  }

  /** Quarter hours of one day, then their hours, then the day. */
  private rebuildDay(buckets: readonly number[]): Promise<void> {
    return this.database.snapshot(async (runner) => {
      const current: DirtyBucket[] = [];
      for (const bucket of buckets) {
        const dirty = await this.readAgain(runner, bucket);
        if (!dirty) continue;
        await this.replace(runner, 15, bucket, await this.foldEvents(runner, bucket, bucket + grainMs(15)));
        current.push(dirty);
      }
      for (const hour of new Set(current.map(({ bucket }) => bucketOf(bucket, 60)))) {
        await this.rebuildFrom(runner, 60, hour, 15);
      }
      for (const day of new Set(current.map(({ bucket }) => bucketOf(bucket, 1440)))) {
        await this.rebuildFrom(runner, 1440, day, 60);
      }
      for (const dirty of current) await this.dirtyBuckets.clean(runner, dirty);
    });
  }

  /** The version is read in the snapshot that the events are read in: a later mark has another version. */
  private async readAgain(runner: SqlRunner, bucket: number): Promise<DirtyBucket | undefined> {
    const rows = await runner.query<Record<'since' | 'version', number | string>>(
      'SELECT since, version FROM usage_dirty_buckets WHERE bucket = ?',
      [bucket],
    );
    const row = rows[0];
    return row && { bucket, since: Number(row.since), version: String(row.version) };
  }

  private async rebuildFrom(runner: SqlRunner, grain: Grain, bucket: number, from: Grain): Promise<void> {
    const { dialect } = this.database;
    const rows = await runner.query<StoredRollup>(
      `SELECT bucket, ${[...ROLLUP_KEYS, ...ROLLUP_COUNTS].join(', ')}, ${dialect.integerText('cost')} AS cost, latency_histogram
       FROM usage_rollups WHERE grain = ? AND bucket >= ? AND bucket < ?`,
      [from, bucket, bucket + grainMs(grain)],
    );
    const folded = new Map<string, Accumulated>();
    for (const row of rows) {
      const into = accumulatorOf(
        folded,
        ROLLUP_KEYS.map((key) => Number(row[key])),
      );
      ROLLUP_COUNTS.forEach((name, index) => {
        into.counts[index] = (into.counts[index] ?? 0) + Number(row[name]);
      });
      into.cost += BigInt(row.cost);
      mergeHistogram(into.histogram, parseHistogram(row.latency_histogram));
    }
    await this.replace(runner, grain, bucket, folded);
  }

  /**
   * The final events of a time (UTC milliseconds, half-open) as rollup rows. One row per combination and
   * latency bin comes from the database; the bins are folded here.
   * @param team one team's only; absent: all teams'
   */
  async foldEvents(
    runner: SqlReader,
    from: number,
    to: number,
    team?: number,
  ): Promise<Map<string, Accumulated>> {
    const folded = new Map<string, Accumulated>();
    const variants: readonly (readonly [tag: string, join: string, where: string])[] = [
      ['0', '', ''],
      ['t.tag', 'JOIN usage_event_tags t ON t.occurred_at = e.occurred_at AND t.event_id = e.id', ''],
      [
        String(UNTAGGED),
        '',
        'AND NOT EXISTS (SELECT 1 FROM usage_event_tags t WHERE t.occurred_at = e.occurred_at AND t.event_id = e.id)',
      ],
    ];
    for (const [tag, join, where] of variants) {
      const rows = await runner.query<StoredRollup & { readonly latency_bin: number | string | null }>(
        this.foldingSql(tag, join, team === undefined ? where : `${where} AND e.team = ?`),
        team === undefined ? [from, to, PENDING] : [from, to, PENDING, team],
      );
      for (const row of rows) {
        const into = accumulatorOf(
          folded,
          ROLLUP_KEYS.map((key) => Number(row[key])),
        );
        ROLLUP_COUNTS.forEach((name, index) => {
          into.counts[index] = (into.counts[index] ?? 0) + Number(row[name]);
        });
        into.cost += BigInt(row.cost);
        if (row.latency_bin !== null)
          addToHistogram(into.histogram, Number(row.latency_bin), Number(row.latency_count));
      }
    }
    return folded;
  }

  private foldingSql(tag: string, join: string, where: string): string {
    const sum = (expression: string): string => `COALESCE(SUM(${expression}), 0)`;
    return `SELECT e.team AS team, ${tag} AS tag, COALESCE(e.provider, 0) AS provider, COALESCE(e.model, 0) AS model,
        e.vendor_model AS vendor_model, COALESCE(e.api_key, 0) AS api_key, COALESCE(e.end_user, 0) AS end_user,
        e.latency_bin AS latency_bin,
        ${sum('e.ends_call')} AS requests, COUNT(*) AS attempts,
        ${sum(`CASE WHEN e.ends_call = 1 AND e.status <> ${SUCCEEDED} THEN 1 ELSE 0 END`)} AS failed_requests,
        ${sum(`CASE WHEN e.ends_call = 1 AND e.cost_status = ${UNPRICED} THEN 1 ELSE 0 END`)} AS unpriced_requests,
        ${sum('e.input_tokens')} AS input_tokens, ${sum('e.output_tokens')} AS output_tokens,
        ${sum('e.cached_tokens')} AS cached_tokens, ${sum('e.reasoning_tokens')} AS reasoning_tokens,
        ${sum('e.latency_ms')} AS latency_total, COUNT(e.latency_ms) AS latency_count,
        COALESCE(${this.database.dialect.exactSum('e.cost')}, '0') AS cost
      FROM usage_events e ${join}
      WHERE e.occurred_at >= ? AND e.occurred_at < ? AND e.status <> ? ${where}
      GROUP BY e.team, ${tag === 't.tag' ? 't.tag, ' : ''}e.provider, e.model, e.vendor_model, e.api_key, e.end_user, e.latency_bin`;
  }

  private async replace(
    runner: SqlRunner,
    grain: Grain,
    bucket: number,
    rows: ReadonlyMap<string, Accumulated>,
  ): Promise<void> {
    await runner.execute('DELETE FROM usage_rollups WHERE grain = ? AND bucket = ?', [grain, bucket]);
    const values = [...rows.values()].map((row): SqlValue[] => [
      grain,
      bucket,
      ...row.keys,
      ...row.counts,
      row.cost.toString(),
      serialiseHistogram(row.histogram),
    ]);
    for (let start = 0; start < values.length; start += INSERT_BATCH) {
      const part = values.slice(start, start + INSERT_BATCH);
      await runner.execute(
        `INSERT INTO usage_rollups (${COLUMNS.join(', ')}) VALUES ${placeholders(COLUMNS.length, part.length)}`,
        part.flat(),
      );
    }
  }
}

function accumulatorOf(folded: Map<string, Accumulated>, keys: readonly number[]): Accumulated {
  const name = keys.join(',');
  const existing = folded.get(name);
  if (existing) return existing;
  const made: Accumulated = { keys, counts: ROLLUP_COUNTS.map(() => 0), cost: 0n, histogram: new Map() };
  folded.set(name, made);
  return made;
}
