import { Injectable, type OnModuleInit } from '@nestjs/common';
import { formatDollars } from '../../common/money';
import { Database, type SqlReader } from '../../database/database';
import { codeOf, EVENT_STATUSES } from '../ledger/event';
import { bucketOf } from '../rollup/bucket';
import { type CheckedTeam, type CheckResult, Comparison, type SelfCheck } from './self-check';
import { SelfChecks } from './self-checks';

const DAY_MS = 86_400_000;
/** The current month and the one before it, whatever their zone. */
const DAYS = 62;
const PENDING = codeOf(EVENT_STATUSES, 'pending');

const COUNTS = ['requests', 'attempts', 'input_tokens', 'output_tokens'] as const;

type Row = Record<(typeof COUNTS)[number], number | string> & {
  readonly day: number | string;
  readonly cost: string | null;
};

/** The rollups of each day are the sums of its events and of the corrections that are booked in it. */
@Injectable()
export class RollupSelfCheck implements SelfCheck, OnModuleInit {
  readonly name = 'rollups';

  constructor(
    private readonly database: Database,
    private readonly checks: SelfChecks,
  ) {}

  onModuleInit(): void {
    this.checks.register(this);
  }

  async run(runner: SqlReader, { dimension }: CheckedTeam, now: number): Promise<CheckResult> {
    const comparison = new Comparison();
    if (dimension === null) return comparison;
    const from = bucketOf(now, 1440) - DAYS * DAY_MS;
    const unfinished = await this.dirtyDays(runner, from);
    const rolled = await this.rollups(runner, dimension, from);
    const events = await this.events(runner, dimension, from);
    const corrections = await this.corrections(runner, dimension, from);
    for (const day of new Set([...rolled.keys(), ...events.keys(), ...corrections.keys()])) {
      if (unfinished.has(day)) continue;
      const label = new Date(day).toISOString().slice(0, 10);
      const kept = rolled.get(day);
      const ledger = events.get(day);
      for (const name of COUNTS)
        comparison.equal(`${name} of ${label}`, BigInt(ledger?.[name] ?? 0), BigInt(kept?.[name] ?? 0));
      const cost = BigInt(ledger?.cost ?? 0) + (corrections.get(day) ?? 0n);
      comparison.equal(`cost of ${label}`, cost, BigInt(kept?.cost ?? 0), (value) =>
        formatDollars(BigInt(value)),
      );
    }
    return comparison;
  }

  /** Days whose rollups are being made anew: nothing is said of them yet. */
  private async dirtyDays(runner: SqlReader, from: number): Promise<ReadonlySet<number>> {
    const rows = await runner.query<{ bucket: number | string }>(
      'SELECT bucket FROM usage_dirty_buckets WHERE bucket >= ?',
      [from],
    );
    return new Set(rows.map(({ bucket }) => bucketOf(Number(bucket), 1440)));
  }

  private async rollups(runner: SqlReader, team: number, from: number): Promise<ReadonlyMap<number, Row>> {
    const rows = await runner.query<Row>(
      `SELECT bucket AS day, ${COUNTS.map((name) => `SUM(${name}) AS ${name}`).join(', ')},
         ${this.database.dialect.exactSum('cost')} AS cost
       FROM usage_rollups WHERE team = ? AND grain = 1440 AND bucket >= ? AND tag = 0 GROUP BY bucket`,
      [team, from],
    );
    return new Map(rows.map((row) => [Number(row.day), row]));
  }

  private async events(runner: SqlReader, team: number, from: number): Promise<ReadonlyMap<number, Row>> {
    const { dialect } = this.database;
    const rows = await runner.query<Row>(
      `SELECT occurred_at - (occurred_at % ${DAY_MS}) AS day, SUM(ends_call) AS requests, COUNT(*) AS attempts,
         COALESCE(SUM(input_tokens), 0) AS input_tokens, COALESCE(SUM(output_tokens), 0) AS output_tokens,
         ${dialect.exactSum('cost')} AS cost
       FROM usage_events ${dialect.useIndex('idx_usage_events_team')}
       WHERE team = ? AND occurred_at >= ? AND status <> ? GROUP BY day`,
      [team, from, PENDING],
    );
    return new Map(rows.map((row) => [Number(row.day), row]));
  }

  private async corrections(
    runner: SqlReader,
    team: number,
    from: number,
  ): Promise<ReadonlyMap<number, bigint>> {
    const { dialect } = this.database;
    const rows = await runner.query<{ day: number | string; cost: string }>(
      `SELECT booked_at - (booked_at % ${DAY_MS}) AS day, ${dialect.exactSum('amount')} AS cost
       FROM usage_cost_adjustments ${dialect.useIndex('idx_usage_cost_adjustments_team')}
       WHERE team = ? AND booked_at >= ? GROUP BY day`,
      [team, from],
    );
    return new Map(rows.map((row) => [Number(row.day), BigInt(row.cost)]));
  }
}
