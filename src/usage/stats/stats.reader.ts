import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { type TeamScope } from '../../common/tenancy/team-scope';
import { Database, type SqlReader } from '../../database/database';
import { type SqlValue } from '../../database/statement';
import { Dimensions } from '../ledger/dimensions';
import { DirtyBuckets } from '../rollup/dirty-buckets';
import { parseHistogram } from '../rollup/histogram';
import {
  type Accumulated,
  type FoldOptions,
  Rollup,
  ROLLUP_COUNTS,
  ROLLUP_KEYS,
  type StoredRollup,
} from '../rollup/rollup';
import { coverTime } from './cover';

/** A rollup row with the moment it begins at: what reports fold. */
export interface UsageRow extends Accumulated {
  /** UTC milliseconds. */
  readonly start: number;
}

export interface UsageRows {
  readonly rows: readonly UsageRow[];
  /** UTC milliseconds: up to here the rows are exactly the ledger's sums. */
  readonly completeUntil: number;
}

/** A half-open time, UTC milliseconds. */
export interface TimeRange {
  readonly start: number;
  readonly end: number;
}

/** What a report does not need, and so is not read. */
export interface ReadOptions {
  /** False: without the rows of tags. */
  readonly tagged?: boolean;
  /** False: without the histograms of latencies. */
  readonly latencies?: boolean;
}

/** Reads what reports are made of, all from one moment's snapshot. */
@Injectable()
export class StatsReader {
  constructor(
    private readonly database: Database,
    private readonly dimensions: Dimensions,
    private readonly rollup: Rollup,
    private readonly dirtyBuckets: DirtyBuckets,
    private readonly clock: Clock,
  ) {}

  /** The team's rows within these times, which do not overlap; no row spans two of them. */
  async read(scope: TeamScope, ranges: readonly TimeRange[], options: ReadOptions = {}): Promise<UsageRows> {
    const team = await this.dimensions.find('team', scope.teamId);
    return this.database.snapshot(async (runner) => {
      const completeUntil = (await this.dirtyBuckets.earliest(runner)) ?? this.clock.now();
      if (team === undefined) return { rows: [], completeUntil };
      const pieces = ranges.flatMap(({ start, end }) => coverTime(start, end));
      const rows: UsageRow[] = [];
      const rolled = pieces.filter(({ grain }) => grain !== null);
      for (let first = 0; first < rolled.length; first += 200) {
        rows.push(...(await this.readRollups(runner, team, rolled.slice(first, first + 200), options)));
      }
      for (const { grain, from, to } of pieces) {
        if (grain === null) rows.push(...(await this.readEvents(runner, from, to, { team, ...options })));
      }
      return { rows, completeUntil };
    });
  }

  /**
   * The same as it was recorded at a moment, from the ledger alone: events that were settled and corrections
   * that were recorded by then.
   * @param recordedUntil UTC milliseconds
   */
  async readRecorded(
    scope: TeamScope,
    ranges: readonly TimeRange[],
    recordedUntil: number,
    options: Pick<ReadOptions, 'tagged'> = {},
  ): Promise<UsageRows> {
    const team = await this.dimensions.find('team', scope.teamId);
    if (team === undefined) return { rows: [], completeUntil: recordedUntil };
    return this.database.snapshot(async (runner) => {
      const rows: UsageRow[] = [];
      for (const { start, end } of ranges)
        rows.push(...(await this.readEvents(runner, start, end, { team, recordedUntil, ...options })));
      return { rows, completeUntil: recordedUntil };
    });
  }

  private async readRollups(
    runner: SqlReader,
    team: number,
    pieces: readonly { grain: number | null; from: number; to: number }[],
    { tagged = true, latencies = true }: ReadOptions,
  ): Promise<UsageRow[]> {
    const { dialect } = this.database;
    const wanted = pieces.map(() => '(grain = ? AND bucket >= ? AND bucket < ?)').join(' OR ');
    const values = pieces.flatMap(({ grain, from, to }): SqlValue[] => [grain, from, to]);
    const stored = await runner.query<StoredRollup>(
      `SELECT bucket, ${[...ROLLUP_KEYS, ...ROLLUP_COUNTS].join(', ')},
         ${dialect.integerText('cost')} AS cost, ${dialect.integerText('list_cost')} AS list_cost${latencies ? ', latency_histogram' : ''}
       FROM usage_rollups WHERE team = ? ${tagged ? '' : 'AND tag = 0'} AND (${wanted})`,
      [team, ...values],
    );
    return stored.map((row) => ({
      start: Number(row.bucket),
      keys: ROLLUP_KEYS.map((key) => Number(row[key])),
      counts: ROLLUP_COUNTS.map((name) => Number(row[name])),
      cost: BigInt(row.cost),
      listCost: BigInt(row.list_cost),
      histogram: latencies ? parseHistogram(row.latency_histogram) : new Map<number, number>(),
    }));
  }

  private async readEvents(
    runner: SqlReader,
    from: number,
    to: number,
    options: FoldOptions,
  ): Promise<UsageRow[]> {
    const folded = await this.rollup.foldEvents(runner, from, to, options);
    return [...folded.values()].map((row) => ({ ...row, start: from }));
  }
}
