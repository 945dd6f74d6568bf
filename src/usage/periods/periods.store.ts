import { Injectable } from '@nestjs/common';
import { Database, placeholders, type SqlReader, type SqlRunner } from '../../database/database';
import { codeOf, fromCode } from '../ledger/event';
import { type TimeBucket } from '../stats/time-buckets';
import { PERIOD_STATES, type PeriodAct, type PeriodState } from './period-state';

type Int = number | string;

/** A month that was closed at least once. Moments are UTC milliseconds. */
export interface Period {
  readonly month: string;
  readonly timezone: string;
  readonly start: number;
  readonly end: number;
  readonly state: PeriodState;
  /** How many acts there were. */
  readonly acts: number;
  readonly changedAt: number;
  readonly reportId: string | null;
  readonly hash: string | null;
}

/** What was done to a month, and by whom. */
export interface ActRecord {
  readonly act: PeriodAct;
  readonly at: number;
  readonly actorKeyId: string | null;
  readonly actorName: string;
  readonly reason: string | null;
  readonly reportId: string | null;
  readonly hash: string | null;
}

interface PeriodRow {
  readonly month: string;
  readonly timezone: string;
  readonly starting_at: Int;
  readonly ending_at: Int;
  readonly state: Int;
  readonly acts: Int;
  readonly changed_at: Int;
  readonly report_id: string | null;
  readonly hash: string | null;
}

interface ActRow {
  readonly month: string;
  readonly act: PeriodAct;
  readonly acted_at: Int;
  readonly actor_key_id: string | null;
  readonly actor_name: string;
  readonly reason: string | null;
  readonly report_id: string | null;
  readonly hash: string | null;
}

const PERIOD_COLUMNS = 'month, timezone, starting_at, ending_at, state, acts, changed_at, report_id, hash';

/** The tables of months and of the acts upon them. */
@Injectable()
export class PeriodsStore {
  constructor(private readonly database: Database) {}

  /** By month, from after the given one. */
  async list(teamId: string, after: string | undefined, limit: number): Promise<Period[]> {
    const rows = await this.database.query<PeriodRow>(
      `SELECT ${PERIOD_COLUMNS} FROM cost_periods WHERE team_id = ? AND month > ? ORDER BY month LIMIT ${limit}`,
      [teamId, after ?? ''],
    );
    return rows.map(toPeriod);
  }

  async find(teamId: string, month: string): Promise<Period | undefined> {
    return this.read(this.database, teamId, month, '');
  }

  /** The month, locked until the transaction ends. */
  findForUpdate(runner: SqlReader, teamId: string, month: string): Promise<Period | undefined> {
    return this.read(runner, teamId, month, this.database.dialect.forUpdate);
  }

  async acts(teamId: string, months: readonly string[]): Promise<Map<string, ActRecord[]>> {
    const found = new Map<string, ActRecord[]>();
    if (months.length === 0) return found;
    const rows = await this.database.query<ActRow>(
      `SELECT month, act, acted_at, actor_key_id, actor_name, reason, report_id, hash FROM cost_period_acts
       WHERE team_id = ? AND month IN ${placeholders(months.length)} ORDER BY month, sequence`,
      [teamId, ...months],
    );
    for (const row of rows) found.set(row.month, [...(found.get(row.month) ?? []), toAct(row)]);
    return found;
  }

  /** Another month of the team that is closed, or being closed, and shares time with this one. */
  async findOverlapping(
    runner: SqlReader,
    teamId: string,
    { label, start, end }: TimeBucket,
  ): Promise<Period | undefined> {
    const rows = await runner.query<PeriodRow>(
      `SELECT ${PERIOD_COLUMNS} FROM cost_periods
       WHERE team_id = ? AND month <> ? AND state <> ? AND starting_at < ? AND ending_at > ?
       ORDER BY month LIMIT 1${this.database.dialect.forUpdate}`,
      [teamId, label, codeOf(PERIOD_STATES, 'open'), end, start],
    );
    return rows.map(toPeriod)[0];
  }

  /** Makes the month's row, or gives it the state `closing` with the bounds of today's zone. */
  async markClosing(
    runner: SqlRunner,
    teamId: string,
    month: TimeBucket,
    timezone: string,
    now: number,
    exists: boolean,
  ): Promise<void> {
    const closing = codeOf(PERIOD_STATES, 'closing');
    if (exists) {
      await runner.execute(
        `UPDATE cost_periods SET state = ?, timezone = ?, starting_at = ?, ending_at = ?, changed_at = ?
         WHERE team_id = ? AND month = ?`,
        [closing, timezone, month.start, month.end, now, teamId, month.label],
      );
      return;
    }
    await runner.execute(
      `INSERT INTO cost_periods (team_id, month, timezone, starting_at, ending_at, state, acts, changed_at)
       VALUES ${placeholders(8)}`,
      [teamId, month.label, timezone, month.start, month.end, closing, 0, now],
    );
  }

  /** Gives a month a state and nothing more: an act that was begun and came to nothing. */
  async restore(
    runner: SqlRunner,
    teamId: string,
    month: string,
    state: PeriodState,
    now: number,
  ): Promise<void> {
    await runner.execute(
      'UPDATE cost_periods SET state = ?, changed_at = ? WHERE team_id = ? AND month = ?',
      [codeOf(PERIOD_STATES, state), now, teamId, month],
    );
  }

  /** Records an act, and the state that the month has after it. */
  async record(
    runner: SqlRunner,
    teamId: string,
    { month, acts }: Pick<Period, 'month' | 'acts'>,
    state: PeriodState,
    act: ActRecord,
  ): Promise<void> {
    await runner.execute(
      `INSERT INTO cost_period_acts
         (team_id, month, sequence, act, acted_at, actor_key_id, actor_name, reason, report_id, hash)
       VALUES ${placeholders(10)}`,
      [
        teamId,
        month,
        acts + 1,
        act.act,
        act.at,
        act.actorKeyId,
        act.actorName,
        act.reason,
        act.reportId,
        act.hash,
      ],
    );
    await runner.execute(
      `UPDATE cost_periods SET state = ?, acts = ?, changed_at = ?, report_id = ?, hash = ?
       WHERE team_id = ? AND month = ?`,
      [codeOf(PERIOD_STATES, state), acts + 1, act.at, act.reportId, act.hash, teamId, month],
    );
  }

  private async read(
    runner: SqlReader,
    teamId: string,
    month: string,
    lock: string,
  ): Promise<Period | undefined> {
    const rows = await runner.query<PeriodRow>(
      `SELECT ${PERIOD_COLUMNS} FROM cost_periods WHERE team_id = ? AND month = ?${lock}`,
      [teamId, month],
    );
    return rows[0] && toPeriod(rows[0]);
  }
}

function toPeriod(row: PeriodRow): Period {
  return {
    month: row.month,
    timezone: row.timezone,
    start: Number(row.starting_at),
    end: Number(row.ending_at),
    state: fromCode(PERIOD_STATES, row.state),
    acts: Number(row.acts),
    changedAt: Number(row.changed_at),
    reportId: row.report_id,
    hash: row.hash,
  };
}

function toAct(row: ActRow): ActRecord {
  return {
    act: row.act,
    at: Number(row.acted_at),
    actorKeyId: row.actor_key_id,
    actorName: row.actor_name,
    reason: row.reason,
    reportId: row.report_id,
    hash: row.hash,
  };
}
