import { Injectable } from '@nestjs/common';
import { Database, type SqlReader } from '../../database/database';
import { type SqlValue } from '../../database/statement';
import { type DimensionKind } from '../ledger/dimensions';
import { codeOf, EVENT_STATUSES } from '../ledger/event';
import { type Grain, grainMs, QUARTER_MS } from '../rollup/bucket';
import { coverTime, type Piece } from './cover';

/** Whose spending is summed up. */
export interface SpendingScope {
  /** The column of a rollup, an event or a correction that it is found by; a tag is joined. */
  readonly kind: DimensionKind;
  /** In `usage_dimensions`, as is the team's. */
  readonly dimension: number;
  readonly team: number;
}

/** Pico-dollars, and tokens of input and output together. */
export interface SpendingSum {
  readonly cost: bigint;
  readonly tokens: bigint;
}

const PENDING = codeOf(EVENT_STATUSES, 'pending');
const DAY: Grain = 1440;

/**
 * What the ledger holds of a scope and a time, exactly and as of the transaction that asks: from rollups where these
 * are clean, from the events and corrections themselves where they are not.
 */
@Injectable()
export class SpendingSums {
  constructor(private readonly database: Database) {}

  /**
   * @param from half-open with `to`, UTC milliseconds
   * @param ledgerFrom from this moment on the ledger itself is read, whatever the rollups say
   */
  async sumUp(
    runner: SqlReader,
    scope: SpendingScope,
    from: number,
    to: number,
    ledgerFrom = Number.POSITIVE_INFINITY,
  ): Promise<SpendingSum> {
    const rolledTo = Math.max(from, Math.min(to, ledgerFrom));
    const dirty = await runner.query<{ bucket: number | string }>(
      'SELECT bucket FROM usage_dirty_buckets WHERE bucket > ? AND bucket < ? ORDER BY bucket',
      [from - QUARTER_MS, rolledTo],
    );
    const sum = { cost: 0n, tokens: 0n };
    const pieces = coverClean(
      from,
      rolledTo,
      dirty.map(({ bucket }) => Number(bucket)),
    );
    if (rolledTo < to) pieces.push({ grain: null, from: rolledTo, to });
    for (const piece of pieces) {
      const rows =
        piece.grain === null
          ? [await this.readEvents(runner, scope, piece), await this.readCorrections(runner, scope, piece)]
          : [await this.readRollups(runner, scope, piece)];
      for (const row of rows) {
        sum.cost += row.cost;
        sum.tokens += row.tokens;
      }
    }
    return sum;
  }

  /** When the scope's first event occurred, UTC milliseconds; null when the ledger holds none. */
  async firstAt(runner: SqlReader, scope: SpendingScope): Promise<number | null> {
    const rolled = await this.firstDay(runner, scope);
    const from = rolled ?? (await this.firstDirty(runner));
    if (from === null) return null;
    const { join, where, values } = scopeSql(scope, 'e', 'e.occurred_at', 'e.id');
    const to = rolled === null ? Number.MAX_SAFE_INTEGER : rolled + grainMs(DAY);
    const [row] = await runner.query<{ at: number | string | null }>(
      `SELECT MIN(e.occurred_at) AS at FROM usage_events e ${join}
       WHERE e.team = ? AND e.occurred_at >= ? AND e.occurred_at < ? AND e.status <> ? ${where}`,
      [scope.team, from, to, PENDING, ...values],
    );
    return row?.at == null ? rolled : Number(row.at);
  }

  private async firstDay(
    runner: SqlReader,
    { kind, dimension, team }: SpendingScope,
  ): Promise<number | null> {
    const own =
      kind === 'team' ? 'AND tag = 0' : kind === 'tag' ? 'AND tag = ?' : `AND tag = 0 AND ${kind} = ?`;
    const [row] = await runner.query<{ bucket: number | string }>(
      `SELECT bucket FROM usage_rollups WHERE team = ? AND grain = ? ${own} ORDER BY bucket LIMIT 1`,
      kind === 'team' ? [team, DAY] : [team, DAY, dimension],
    );
    return row ? Number(row.bucket) : null;
  }

  private async firstDirty(runner: SqlReader): Promise<number | null> {
    const [row] = await runner.query<{ bucket: number | string | null }>(
      'SELECT MIN(bucket) AS bucket FROM usage_dirty_buckets',
    );
    return row?.bucket == null ? null : Number(row.bucket);
  }

  private async readRollups(runner: SqlReader, scope: SpendingScope, piece: Piece): Promise<SpendingSum> {
    const { kind, dimension, team } = scope;
    const values: SqlValue[] = [team, piece.grain, piece.from, piece.to];
    const own = kind === 'team' ? '' : `AND ${kind} = ?`;
    const tag = kind === 'tag' ? '' : 'AND tag = 0';
    return this.read(
      runner,
      `FROM usage_rollups WHERE team = ? AND grain = ? AND bucket >= ? AND bucket < ? ${tag} ${own}`,
      ['cost', 'input_tokens + output_tokens'],
      kind === 'team' ? values : [...values, dimension],
    );
  }

  private readEvents(runner: SqlReader, scope: SpendingScope, { from, to }: Piece): Promise<SpendingSum> {
    const { join, where, values } = scopeSql(scope, 'e', 'e.occurred_at', 'e.id');
    return this.read(
      runner,
      `FROM usage_events e ${this.database.dialect.useIndex('idx_usage_events_team')} ${join}
       WHERE e.team = ? AND e.occurred_at >= ? AND e.occurred_at < ? AND e.status <> ? ${where}`,
      ['e.cost', 'COALESCE(e.input_tokens, 0) + COALESCE(e.output_tokens, 0)'],
      [scope.team, from, to, PENDING, ...values],
    );
  }

  private readCorrections(
    runner: SqlReader,
    scope: SpendingScope,
    { from, to }: Piece,
  ): Promise<SpendingSum> {
    const { join, where, values } = scopeSql(scope, 'a', 'a.event_occurred_at', 'a.event_id');
    return this.read(
      runner,
      `FROM usage_cost_adjustments a ${this.database.dialect.useIndex('idx_usage_cost_adjustments_team')} ${join}
       WHERE a.team = ? AND a.booked_at >= ? AND a.booked_at < ? ${where}`,
      ['a.amount', '0'],
      [scope.team, from, to, ...values],
    );
  }

  private async read(
    runner: SqlReader,
    source: string,
    [cost, tokens]: readonly [string, string],
    values: readonly SqlValue[],
  ): Promise<SpendingSum> {
    const { dialect } = this.database;
    const [row] = await runner.query<{ cost: string | null; tokens: string | null }>(
      `SELECT ${dialect.exactSum(cost)} AS cost, ${dialect.exactSum(tokens)} AS tokens ${source}`,
      values,
    );
    return { cost: BigInt(row?.cost ?? '0'), tokens: BigInt(row?.tokens ?? '0') };
  }
}

interface ScopeSql {
  readonly join: string;
  readonly where: string;
  readonly values: readonly SqlValue[];
}

function scopeSql(
  { kind, dimension }: SpendingScope,
  table: string,
  occurredAt: string,
  id: string,
): ScopeSql {
  if (kind === 'team') return { join: '', where: '', values: [] };
  if (kind === 'tag') {
    const join = `JOIN usage_event_tags t ON t.occurred_at = ${occurredAt} AND t.event_id = ${id}`;
    return { join, where: 'AND t.tag = ?', values: [dimension] };
  }
  return { join: '', where: `AND ${table}.${kind} = ?`, values: [dimension] };
}

/**
 * Covers a time with the coarsest rollups that are clean. Dirty quarter hours are left to the ledger itself; hours and
 * days that hold one are cut around it. What is dirty from one end to the other, as after an import, is one piece.
 * @param dirty starts of quarter hours, ascending
 */
export function coverClean(from: number, to: number, dirty: readonly number[]): Piece[] {
  const pieces: Piece[] = [];
  let start = from;
  for (let index = 0; index < dirty.length; index += 1) {
    const first = dirty[index] ?? to;
    let end = first + QUARTER_MS;
    for (; dirty[index + 1] === end; index += 1) end += QUARTER_MS;
    const dirtyFrom = Math.max(first, start);
    const dirtyTo = Math.min(end, to);
    if (dirtyFrom >= dirtyTo) continue;
    pieces.push(...coverTime(start, dirtyFrom), { grain: null, from: dirtyFrom, to: dirtyTo });
    start = dirtyTo;
  }
  return [...pieces, ...coverTime(start, to)];
}
