import { Injectable } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import { EntityManager } from 'typeorm';
import { TeamsService } from '../../../auth/teams.service';
import { Conflict, NotFound } from '../../../common/problem';
import { type TeamScope } from '../../../common/tenancy/team-scope';
import { uuidv7 } from '../../../common/uuid';
import { Database } from '../../../database/database';
import { type Page, TeamRepository } from '../../../database/team-repository';
import { Dimensions } from '../../ledger/dimensions';
import { codeOf, EVENT_STATUSES } from '../../ledger/event';
import { PERIOD_GRACE_MS } from '../../ledger/period-locks';
import { QUARTER_MS } from '../../rollup/bucket';
import { StatsReader, type TimeRange } from '../../stats/stats.reader';
import { cutTime, type TimeBucket } from '../../stats/time-buckets';
import { dimensionsNeeded } from '../cost-report';
import { canonicalJson, sha256Of } from './canonical-json';
import { CostReport } from './cost-report.entity';
import { makeMonthlyReport, REPORT_SECTIONS } from './monthly-report';

export interface MadeReport {
  readonly row: Omit<CostReport, 'teamId'>;
  /** Nothing was used, and nothing corrected. */
  readonly isEmpty: boolean;
}

/** Monthly reports: made from the rollups, kept with their hashes. */
@Injectable()
export class MonthlyReports {
  private readonly reports: TeamRepository<CostReport>;

  constructor(
    @InjectEntityManager() manager: EntityManager,
    private readonly database: Database,
    private readonly reader: StatsReader,
    private readonly dimensions: Dimensions,
    private readonly teams: TeamsService,
  ) {
    this.reports = new TeamRepository(CostReport, manager);
  }

  page(scope: TeamScope, limit: number, cursor: string | undefined): Promise<Page<CostReport>> {
    return this.reports.page(scope, limit, cursor);
  }

  async get(scope: TeamScope, id: string): Promise<CostReport> {
    const report = await this.reports.get(scope, id);
    if (!report) throw new NotFound(`The report "${id}"`);
    return report;
  }

  find(scope: TeamScope, month: string, occasion: string): Promise<CostReport | null> {
    return this.reports.find(scope, { month, occasion });
  }

  /**
   * Why a month cannot be reported for good yet, or null.
   * @param now UTC milliseconds
   */
  async findObstacle(scope: TeamScope, month: TimeBucket, now: number): Promise<Conflict | null> {
    if (now < month.end + PERIOD_GRACE_MS) {
      const from = new Date(month.end + PERIOD_GRACE_MS).toISOString();
      return new Conflict('period_not_over', `The month ${month.label} can be closed from ${from} on.`);
    }
    const pending = await this.countPending(scope, month);
    if (pending > 0) {
      return new Conflict(
        'period_has_pending_events',
        `In ${month.label} ${pending} calls are still pending. Wait until they have ended (what a dead process left is closed within two minutes).`,
      );
    }
    if (await this.lacksRollups(month)) {
      return new Conflict(
        'period_data_incomplete',
        `The rollups of ${month.label} are being brought up to date. Try again in a minute.`,
      );
    }
    return null;
  }

  /** Makes the report of a month, not kept yet. @param recordedAt UTC milliseconds: the moment of it */
  async make(
    scope: TeamScope,
    month: TimeBucket,
    timezone: string,
    occasion: string,
    recordedAt: number,
  ): Promise<MadeReport> {
    const { id, name } = await this.teams.get(scope.teamId);
    const days = cutTime(month.start, month.end, timezone, 'day');
    const { rows } = await this.reader.read(scope, days, { latencies: false });
    const needed = dimensionsNeeded(rows, { groupings: REPORT_SECTIONS, filters: new Map() });
    const described = await this.dimensions.describe(needed);
    const report = makeMonthlyReport({
      team: { id, name },
      month,
      days,
      timezone,
      recordedAt,
      rows,
      described,
    });
    const content = canonicalJson(report);
    return {
      row: {
        id: uuidv7(recordedAt),
        month: month.label,
        occasion,
        recordedAt: new Date(recordedAt),
        content,
        hash: sha256Of(content),
      },
      isEmpty: rows.length === 0,
    };
  }

  /** Keeps a report, in a transaction if one is given. */
  keep(scope: TeamScope, report: MadeReport['row'], manager?: EntityManager): Promise<CostReport> {
    return (manager ? this.reports.within(manager) : this.reports).insert(scope, report);
  }

  private async countPending(scope: TeamScope, { start, end }: TimeRange): Promise<number> {
    const team = await this.dimensions.find('team', scope.teamId);
    if (team === undefined) return 0;
    // Only pending events have an owner, and its index is short.
    const rows = await this.database.query<{ n: number | string }>(
      `SELECT COUNT(*) AS n FROM usage_events
       WHERE owner IS NOT NULL AND team = ? AND occurred_at >= ? AND occurred_at < ? AND status = ?`,
      [team, start, end, codeOf(EVENT_STATUSES, 'pending')],
    );
    return Number(rows[0]?.n);
  }

  private async lacksRollups({ start, end }: TimeRange): Promise<boolean> {
    const rows = await this.database.query(
      'SELECT bucket FROM usage_dirty_buckets WHERE bucket > ? AND bucket < ? LIMIT 1',
      [start - QUARTER_MS, end],
    );
    return rows.length > 0;
  }
}
