import { Injectable } from '@nestjs/common';
import { Database, placeholders, type SqlReader, type SqlRunner } from '../../database/database';
import { type SqlValue } from '../../database/statement';
import { codeOf, EVENT_STATUSES } from '../ledger/event';
import { bucketOf, type Grain, grainMs } from './bucket';
import { type DirtyBucket, DirtyBuckets } from './dirty-buckets';
import { adjustmentsSql, eventsSql, TAG_VARIANTS } from './folding';
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

const COLUMNS = [
  'grain',
  'bucket',
  ...ROLLUP_KEYS,
  ...ROLLUP_COUNTS,
  'cost',
  'list_cost',
  'latency_histogram',
] as const;
const INSERT_BATCH = 200;

/** A row as the engines give it: integers as numbers or text, money as text. */
export type StoredRollup = Record<RollupKey | RollupCount, number | string> & {
  readonly bucket: number | string;
  readonly cost: string;
  readonly list_cost: string;
  readonly latency_histogram: string;
};

/** A rollup row while it is summed up; keys and counts in the order of ROLLUP_KEYS and ROLLUP_COUNTS. */
export interface Accumulated {
  readonly keys: readonly number[];
  readonly counts: number[];
  /** Pico-dollars, corrections included. */
  cost: bigint;
  /** The same by the shipped list prices. */
  listCost: bigint;
  readonly histogram: Histogram;
}

/** What to leave out of a fold. */
export interface FoldOptions {
  /** One team's only; absent: all teams'. */
  readonly team?: number;
  /** UTC milliseconds: without what was settled or recorded later. */
  readonly recordedUntil?: number;
  /** False: without the rows of tags. */
  readonly tagged?: boolean;
}

const PENDING = codeOf(EVENT_STATUSES, 'pending');
const UNPRICED_REQUESTS = ROLLUP_COUNTS.indexOf('unpriced_requests');

/**
 * Computes rollups as a pure function of final events and the corrections of their cost. A dirty quarter hour is computed anew and
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
      `SELECT bucket, ${[...ROLLUP_KEYS, ...ROLLUP_COUNTS].join(', ')}, ${dialect.integerText('cost')} AS cost,
         ${dialect.integerText('list_cost')} AS list_cost, latency_histogram
       FROM usage_rollups WHERE grain = ? AND bucket >= ? AND bucket < ?`,
      [from, bucket, bucket + grainMs(grain)],
    );
    const folded = new Map<string, Accumulated>();
    for (const row of rows) {
      const into = accumulatorOf(folded, row);
      addRow(into, row);
      mergeHistogram(into.histogram, parseHistogram(row.latency_histogram));
    }
    await this.replace(runner, grain, bucket, folded);
  }

  /**
   * The final events of a time (UTC milliseconds, half-open) and the corrections that are booked in it, as
   * rollup rows. One row per combination and latency bin comes from the database; the bins are folded here.
   */
  async foldEvents(
    runner: SqlReader,
    from: number,
    to: number,
    { team, recordedUntil, tagged = true }: FoldOptions = {},
  ): Promise<Map<string, Accumulated>> {
    const { dialect } = this.database;
    const folded = new Map<string, Accumulated>();
    const limits = { oneTeam: team !== undefined, recorded: recordedUntil !== undefined };
    const only = [
      ...(team === undefined ? [] : [team]),
      ...(recordedUntil === undefined ? [] : [recordedUntil]),
    ];
    for (const variant of tagged ? TAG_VARIANTS : (['all'] as const)) {
      const events = await runner.query<StoredRollup & { readonly latency_bin: number | string | null }>(
        eventsSql(dialect, variant, limits),
        [from, to, PENDING, ...only],
      );
      for (const row of events) {
        const into = accumulatorOf(folded, row);
        addRow(into, row);
        if (row.latency_bin !== null)
          addToHistogram(into.histogram, Number(row.latency_bin), Number(row.latency_count));
      }
      const adjustments = await runner.query<AddedByAdjustments>(adjustmentsSql(dialect, variant, limits), [
        from,
        to,
        ...only,
      ]);
      for (const row of adjustments) {
        const into = accumulatorOf(folded, row);
        into.counts[UNPRICED_REQUESTS] =
          (into.counts[UNPRICED_REQUESTS] ?? 0) + Number(row.unpriced_requests);
        addMoney(into, row);
      }
    }
    return folded;
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
      row.listCost.toString(),
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

/** What corrections add to a rollup row. */
type AddedByAdjustments = Record<RollupKey | 'unpriced_requests', number | string> &
  Pick<StoredRollup, 'cost' | 'list_cost'>;

function accumulatorOf(
  folded: Map<string, Accumulated>,
  row: Readonly<Record<RollupKey, number | string>>,
): Accumulated {
  const keys = ROLLUP_KEYS.map((key) => Number(row[key]));
  const name = keys.join(',');
  const existing = folded.get(name);
  if (existing) return existing;
  const counts = ROLLUP_COUNTS.map(() => 0);
  const made: Accumulated = { keys, counts, cost: 0n, listCost: 0n, histogram: new Map() };
  folded.set(name, made);
  return made;
}

function addRow(into: Accumulated, row: Omit<StoredRollup, 'latency_histogram'>): void {
  ROLLUP_COUNTS.forEach((name, index) => {
    into.counts[index] = (into.counts[index] ?? 0) + Number(row[name]);
  });
  addMoney(into, row);
}

function addMoney(into: Accumulated, row: Pick<StoredRollup, 'cost' | 'list_cost'>): void {
  into.cost += BigInt(row.cost);
  into.listCost += BigInt(row.list_cost);
}
