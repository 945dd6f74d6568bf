import { Injectable } from '@nestjs/common';
import { Database, insertRows, type SqlReader, type SqlRunner } from '../../database/database';
import { type RowsStatement } from '../../database/statement';
import { bucketOf } from './bucket';

export interface DirtyBucket {
  /** Start of the quarter hour, UTC milliseconds. */
  readonly bucket: number;
  /** The earliest event that the rollups may lack, UTC milliseconds. */
  readonly since: number;
  /** Rises with each mark: a bucket is clean only if nothing marked it after it was read. */
  readonly version: string;
}

/** The quarter hours whose rollups lack events. They are marked in the transaction that settles the events. */
@Injectable()
export class DirtyBuckets {
  constructor(private readonly database: Database) {}

  /** @param moments when the events occurred, UTC milliseconds */
  async mark(runner: SqlRunner, moments: readonly number[]): Promise<void> {
    await insertRows(runner, this.marking(moments));
  }

  /** The same as a statement, for the transaction that settles the events. */
  marking(moments: readonly number[]): RowsStatement {
    const earliest = new Map<number, number>();
    for (const moment of moments) {
      const bucket = bucketOf(moment, 15);
      earliest.set(bucket, Math.min(moment, earliest.get(bucket) ?? moment));
    }
    // In one order for all writers, so that two transactions never wait for each other.
    const rows = [...earliest].sort(([a], [b]) => a - b);
    const { dialect } = this.database;
    return {
      head: 'INSERT INTO usage_dirty_buckets (bucket, since, version)',
      rows: rows.map(([bucket, since]) => [bucket, since, 1]),
      tail: dialect.onConflict(
        ['bucket'],
        [
          `since = ${dialect.least('usage_dirty_buckets.since', dialect.incoming('since'))}`,
          'version = usage_dirty_buckets.version + 1',
        ],
      ),
    };
  }

  /** The newest first: what happens now is not kept waiting by what is reported late. */
  async list(runner: SqlReader, limit: number): Promise<DirtyBucket[]> {
    const rows = await runner.query<Record<'bucket' | 'since' | 'version', number | string>>(
      `SELECT bucket, since, version FROM usage_dirty_buckets ORDER BY bucket DESC LIMIT ${limit}`,
    );
    return rows.map((row) => ({
      bucket: Number(row.bucket),
      since: Number(row.since),
      version: String(row.version),
    }));
  }

  /** Clean, unless something marked it after it was read. */
  async clean(runner: SqlRunner, { bucket, version }: DirtyBucket): Promise<void> {
    await runner.execute('DELETE FROM usage_dirty_buckets WHERE bucket = ? AND version = ?', [
      bucket,
      version,
    ]);
  }

  /** The earliest event that the rollups may lack, or null when they lack none. */
  async earliest(runner: SqlReader): Promise<number | null> {
    const rows = await runner.query<{ since: number | string | null }>(
      'SELECT MIN(since) AS since FROM usage_dirty_buckets',
    );
    const since = rows[0]?.since ?? null;
    return since === null ? null : Number(since);
  }
}
