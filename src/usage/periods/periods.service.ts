import { Injectable } from '@nestjs/common';
import { type Principal } from '../../auth/principal';
import { TeamsService } from '../../auth/teams.service';
import { Clock } from '../../common/clock';
import { Conflict, InvalidInput } from '../../common/problem';
import { type TeamScope } from '../../common/tenancy/team-scope';
import { Database } from '../../database/database';
import { MonthlyReports } from '../reports/monthly/monthly-reports.service';
import { monthNamed } from '../reports/monthly/month';
import { type TimeBucket } from '../stats/time-buckets';
import { type PeriodPage, type PeriodView } from './dto/period.dto';
import { type ActRecord, type Period, PeriodsStore } from './periods.store';

/** A close that takes longer was left by a process that died; another one may begin. */
const CLOSING_LIMIT_MS = 10 * 60_000;

/** Months as finance closes them. */
@Injectable()
export class PeriodsService {
  constructor(
    private readonly store: PeriodsStore,
    private readonly reports: MonthlyReports,
    private readonly teams: TeamsService,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** The months that were closed at least once. */
  async list({ teamId }: TeamScope, limit: number, after: string | undefined): Promise<PeriodPage> {
    const periods = await this.store.list(teamId, after, limit + 1);
    const data = periods.slice(0, limit);
    const acts = await this.store.acts(
      teamId,
      data.map(({ month }) => month),
    );
    return {
      data: data.map((period) => toView(period, acts.get(period.month) ?? [])),
      nextCursor: periods.length > limit ? (data.at(-1)?.month ?? null) : null,
    };
  }

  /** Any month: one that was never closed is open. @throws InvalidInput naming `month` */
  async get(scope: TeamScope, name: string): Promise<PeriodView> {
    const { month, timezone } = await this.monthOf(scope, name);
    const period = await this.store.find(scope.teamId, name);
    const acts = await this.store.acts(scope.teamId, [name]);
    return toView(period ?? neverClosed(month, timezone), acts.get(name) ?? []);
  }

  /**
   * Closes a month, in three steps. 1: the month is marked `closing`; this waits for transactions that book
   * costs in it, and what comes after counts in the open month. 2: its report is made; nothing changes its money
   * any more. 3: report and act are kept together. What fails in step 2 opens it again.
   * @throws Conflict `period_not_over`, `period_has_pending_events`, `period_data_incomplete`, `period_closed`,
   *   `period_closing`, `period_overlaps`
   */
  async close({ scope, apiKeyId, apiKeyName }: Principal, name: string): Promise<PeriodView> {
    const { month, timezone } = await this.monthOf(scope, name);
    await this.refuseObstacle(scope, month);
    const now = this.clock.now();
    const claimed = await this.claim(scope, month, timezone, now);
    try {
      // Again: a transaction that this one waited for may have booked something.
      await this.refuseObstacle(scope, month);
      const occasion = `close-${claimed + 1}`;
      const { row } = await this.reports.make(scope, month, timezone, occasion, this.clock.now());
      await this.database.transaction(async (runner) => {
        const current = await this.store.findForUpdate(runner, scope.teamId, name);
        if (current?.state !== 'closing' || current.changedAt !== now) throw closingElsewhere(name);
        await this.reports.keep(scope, row, runner.manager);
        await this.store.record(runner, scope.teamId, current, 'closed', {
          act: 'close',
          at: this.clock.now(),
          actorKeyId: apiKeyId,
          actorName: apiKeyName ?? 'admin key',
          reason: null,
          reportId: row.id,
          hash: row.hash,
        });
      });
    } catch (error) {
      await this.release(scope, name, now);
      throw error;
    }
    return this.get(scope, name);
  }

  /** Opens a closed month again; the act and its reason stay. @throws Conflict `period_not_closed` */
  async reopen(
    { scope, apiKeyId, apiKeyName }: Principal,
    name: string,
    reason: string,
  ): Promise<PeriodView> {
    await this.monthOf(scope, name);
    await this.database.transaction(async (runner) => {
      const period = await this.store.findForUpdate(runner, scope.teamId, name);
      if (period?.state !== 'closed')
        throw new Conflict('period_not_closed', `The month ${name} is not closed, so it cannot be reopened.`);
      await this.store.record(runner, scope.teamId, period, 'open', {
        act: 'reopen',
        at: this.clock.now(),
        actorKeyId: apiKeyId,
        actorName: apiKeyName ?? 'admin key',
        reason,
        reportId: null,
        hash: null,
      });
    });
    return this.get(scope, name);
  }

  /** Marks a month as closing; returns how many acts there were before. */
  private claim(scope: TeamScope, month: TimeBucket, timezone: string, now: number): Promise<number> {
    return this.database.transaction(async (runner) => {
      const period = await this.store.findForUpdate(runner, scope.teamId, month.label);
      if (period?.state === 'closed') {
        throw new Conflict(
          'period_closed',
          `The month ${month.label} is closed already; its report is ${period.reportId ?? 'kept'}.`,
        );
      }
      if (period?.state === 'closing' && now - period.changedAt < CLOSING_LIMIT_MS)
        throw closingElsewhere(month.label);
      const other = await this.store.findOverlapping(runner, scope.teamId, month);
      if (other) throw overlapping(month, other);
      await this.store.markClosing(runner, scope.teamId, month, timezone, now, period !== undefined);
      return period?.acts ?? 0;
    });
  }

  private async release({ teamId }: TeamScope, name: string, claimedAt: number): Promise<void> {
    await this.database.transaction(async (runner) => {
      const period = await this.store.findForUpdate(runner, teamId, name);
      if (period?.state === 'closing' && period.changedAt === claimedAt)
        await this.store.restore(runner, teamId, name, 'open', this.clock.now());
    });
  }

  private async refuseObstacle(scope: TeamScope, month: TimeBucket): Promise<void> {
    const obstacle = await this.reports.findObstacle(scope, month, this.clock.now());
    if (obstacle) throw obstacle;
  }

  private async monthOf(scope: TeamScope, name: string): Promise<{ month: TimeBucket; timezone: string }> {
    const { timezone } = await this.teams.get(scope.teamId);
    const month = monthNamed(name, timezone);
    if (!month) throw InvalidInput.field('month', `"${name.slice(0, 40)}" is not a month such as 2026-10`);
    return { month, timezone };
  }
}

const closingElsewhere = (name: string): Conflict =>
  new Conflict(
    'period_closing',
    `The month ${name} is being closed by another request. Look again in a minute.`,
  );

function neverClosed({ start, end, label }: TimeBucket, timezone: string): Period {
  return {
    month: label,
    timezone,
    start,
    end,
    state: 'open',
    acts: 0,
    changedAt: 0,
    reportId: null,
    hash: null,
  };
}

function toView(period: Period, acts: readonly ActRecord[]): PeriodView {
  return {
    month: period.month,
    status: period.state,
    timezone: period.timezone,
    startingAt: new Date(period.start).toISOString(),
    endingAt: new Date(period.end).toISOString(),
    reportId: period.reportId,
    hash: period.hash,
    acts: acts.map(({ act, at, actorName, reason, reportId, hash }) => ({
      act,
      at: new Date(at).toISOString(),
      by: actorName,
      reason,
      reportId,
      hash,
    })),
  };
}

/** The team's zone changed between two months: an hour must not be in two frozen reports. */
function overlapping(month: TimeBucket, other: Period): Conflict {
  return new Conflict(
    'period_overlaps',
    `The month ${month.label} shares hours with ${other.month}, which was closed in ${other.timezone}. Give the team that time zone while you close ${month.label}, or have ${other.month} reopened and closed again.`,
  );
}
