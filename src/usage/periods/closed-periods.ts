import { Injectable } from '@nestjs/common';
import { Database, type SqlReader } from '../../database/database';
import { codeOf } from '../ledger/event';
import { type PeriodLocks } from '../ledger/period-locks';
import { PERIOD_STATES } from './period-state';

/** A time that is closed, half-open, UTC milliseconds. */
export interface ClosedTime {
  readonly start: number;
  readonly end: number;
}

const OPEN = codeOf(PERIOD_STATES, 'open');

/**
 * The months that teams have closed, as whoever writes costs asks for them. What is answered stays true until the
 * asking transaction ends: closing waits for it.
 */
@Injectable()
export class ClosedPeriods implements PeriodLocks {
  /** By transaction and team: a run of corrections asks for each of its events. */
  private readonly answers = new WeakMap<SqlReader, Map<string, Promise<ClosedTime[]>>>();

  constructor(private readonly database: Database) {}

  async bookingMoment(teamId: string, occurredAt: number, now: number, runner: SqlReader): Promise<number> {
    const closed = await this.list(runner, teamId);
    return closed.some(({ start, end }) => occurredAt >= start && occurredAt < end) ? now : occurredAt;
  }

  /**
   * The closed months of a team.
   * @param runner the transaction that will write: its lock keeps any month from being closed meanwhile
   */
  list(runner: SqlReader, teamId: string): Promise<ClosedTime[]> {
    // Outside of a transaction nothing is locked, so no answer lasts.
    if (runner === this.database) return this.read(runner, teamId);
    const teams = this.answers.get(runner) ?? new Map<string, Promise<ClosedTime[]>>();
    const answer = teams.get(teamId) ?? this.read(runner, teamId);
    this.answers.set(runner, teams.set(teamId, answer));
    return answer;
  }

  private async read(runner: SqlReader, teamId: string): Promise<ClosedTime[]> {
    const rows = await runner.query<Record<'starting_at' | 'ending_at' | 'state', number | string>>(
      `SELECT starting_at, ending_at, state FROM cost_periods WHERE team_id = ?${this.database.dialect.forShare}`,
      [teamId],
    );
    return rows
      .filter(({ state }) => Number(state) !== OPEN)
      .map((row) => ({ start: Number(row.starting_at), end: Number(row.ending_at) }));
  }
}
