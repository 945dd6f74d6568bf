import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database, type SqlReader } from '../database/database';
import {
  type CheckedTeam,
  type CheckResult,
  Comparison,
  type SelfCheck,
} from '../usage/self-check/self-check';
import { SelfChecks } from '../usage/self-check/self-checks';
import { SpendingSums } from '../usage/stats/spending-sums';
import { type Budget, DIMENSION_OF } from './budget';
import { showValue } from './budget-refusals';
import { storedColumns, type StoredBudget, toBudget } from './budget.entity';

/** Windows that ended longer ago than this are left as they are. */
const RECENT_MS = 62 * 86_400_000;

type Int = number | string;

interface StoredWindow extends StoredBudget {
  readonly starts_at: Int;
  readonly ends_at: Int;
  readonly spent: string;
  readonly reserved: string;
  readonly held: string | null;
}

/** What a window says was spent is what the ledger holds of its time and scope; what it reserves, its calls hold. */
@Injectable()
export class BudgetSelfCheck implements SelfCheck, OnModuleInit {
  readonly name = 'budgets';

  constructor(
    private readonly database: Database,
    private readonly sums: SpendingSums,
    private readonly checks: SelfChecks,
  ) {}

  onModuleInit(): void {
    this.checks.register(this);
  }

  async run(runner: SqlReader, team: CheckedTeam, now: number): Promise<CheckResult> {
    const comparison = new Comparison();
    for (const row of await this.listWindows(runner, team.id, now)) {
      const budget = toBudget(row);
      const from = Number(row.starts_at);
      const label = `of the budget "${budget.name}" from ${new Date(from).toISOString()} on`;
      const show = (value: bigint | string): string => String(showValue(budget.unit, BigInt(value)));
      const to = Number(row.ends_at);
      const spent = await this.spentIn(runner, budget, team.dimension, {
        from,
        to,
        ledgerFrom: now - RECENT_MS,
      });
      comparison.equal(`spent ${label}`, spent, BigInt(row.spent), show);
      comparison.equal(`reserved ${label}`, BigInt(row.held ?? '0'), BigInt(row.reserved), show);
    }
    return comparison;
  }

  private async spentIn(
    runner: SqlReader,
    { scopeKind, dimension, unit }: Budget,
    team: number | null,
    { from, to, ledgerFrom }: { readonly from: number; readonly to: number; readonly ledgerFrom: number },
  ): Promise<bigint> {
    if (team === null) return 0n;
    const scope = { kind: DIMENSION_OF[scopeKind], dimension, team };
    const { cost, tokens } = await this.sums.sumUp(runner, scope, from, to, ledgerFrom);
    return unit === 'tokens' ? tokens : cost;
  }

  private listWindows(runner: SqlReader, teamId: string, now: number): Promise<StoredWindow[]> {
    const { dialect } = this.database;
    return runner.query<StoredWindow>(
      `SELECT ${storedColumns('b', dialect)}, w.starts_at AS starts_at, w.ends_at AS ends_at,
         ${dialect.integerText('w.spent')} AS spent, ${dialect.integerText('w.reserved')} AS reserved,
         (SELECT ${dialect.exactSum('r.amount')} FROM budget_reservations r
          WHERE r.budget = w.budget AND r.window_start = w.starts_at) AS held
       FROM budgets b JOIN budget_windows w ON w.budget = b.number
       WHERE b.team_id = ? AND w.ends_at > ? ORDER BY b.number, w.starts_at`,
      [teamId, now - RECENT_MS],
    );
  }
}
