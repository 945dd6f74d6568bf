import { Injectable, type OnModuleInit } from '@nestjs/common';
import { formatDollars } from '../../common/money';
import { type SqlReader } from '../../database/database';
import { codeOf } from '../ledger/event';
import { sha256Of } from '../reports/monthly/canonical-json';
import { type MonthlyReport } from '../reports/monthly/monthly-report';
import { type CheckedTeam, type CheckResult, Comparison, type SelfCheck } from '../self-check/self-check';
import { SelfChecks } from '../self-check/self-checks';
import { SpendingSums } from '../stats/spending-sums';
import { PERIOD_STATES } from './period-state';

const CLOSED = codeOf(PERIOD_STATES, 'closed');

interface Row {
  readonly month: string;
  readonly starting_at: number | string;
  readonly ending_at: number | string;
  readonly hash: string;
  readonly content: string;
}

/** The money of a closed month is what its report froze, and the report is what its hash says. */
@Injectable()
export class PeriodSelfCheck implements SelfCheck, OnModuleInit {
  readonly name = 'periods';

  constructor(
    private readonly sums: SpendingSums,
    private readonly checks: SelfChecks,
  ) {}

  onModuleInit(): void {
    this.checks.register(this);
  }

  async run(runner: SqlReader, team: CheckedTeam): Promise<CheckResult> {
    const comparison = new Comparison();
    const rows = await runner.query<Row>(
      `SELECT p.month AS month, p.starting_at AS starting_at, p.ending_at AS ending_at, p.hash AS hash, r.content AS content
       FROM cost_periods p JOIN cost_reports r ON r.id = p.report_id AND r.team_id = p.team_id
       WHERE p.team_id = ? AND p.state = ? ORDER BY p.month`,
      [team.id, CLOSED],
    );
    for (const { month, starting_at, ending_at, hash, content } of rows) {
      comparison.equal(`hash of the report of ${month}`, hash, sha256Of(content));
      const cost = await this.costOf(runner, team, Number(starting_at), Number(ending_at));
      const { total } = JSON.parse(content) as MonthlyReport;
      comparison.equal(`cost of the closed month ${month}`, formatDollars(cost), total.cost);
    }
    return comparison;
  }

  private async costOf(
    runner: SqlReader,
    { dimension }: CheckedTeam,
    from: number,
    to: number,
  ): Promise<bigint> {
    if (dimension === null) return 0n;
    return (await this.sums.sumUp(runner, { kind: 'team', dimension, team: dimension }, from, to)).cost;
  }
}
