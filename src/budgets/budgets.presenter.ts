import { type BudgetRow, budgetOf } from './budget.entity';
import { showEnd, showValue } from './budget-refusals';
import { type BudgetStatusView, type BudgetView } from './dto/budget.dto';
import { forecastExhaustion } from './exhaustion';
import { type BudgetStatus } from './budgets.service';

export function toBudgetView(row: BudgetRow): BudgetView {
  const { unit, limitValue } = row;
  const limit = showValue(unit, BigInt(limitValue));
  return {
    id: row.id,
    teamId: row.teamId,
    name: row.name,
    scope: { kind: row.scopeKind, id: row.scopeKind === 'team' ? null : row.scopeId },
    limit: typeof limit === 'string' ? { amount: limit } : { tokens: limit },
    window: row.windowKind,
    timezone: row.timezone,
    anchor: row.anchor,
    enforcement: row.enforcement,
    unpriced: row.unpriced,
    unbounded: row.unbounded,
    thresholds: row.thresholds,
    webhookUrl: row.webhookUrl,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

export function toStatusView({ row, window, spent, reserved, since, at }: BudgetStatus): BudgetStatusView {
  const { unit, limit } = budgetOf(row);
  const exhausted = forecastExhaustion({
    limit,
    spent,
    from: since ?? at,
    now: at,
    end: window.end,
  });
  return {
    budget: toBudgetView(row),
    windowStart: new Date(window.start).toISOString(),
    windowEnd: showEnd(window.end),
    limit: showValue(unit, limit),
    spent: showValue(unit, spent),
    reserved: showValue(unit, reserved),
    remaining: showValue(unit, limit - spent - reserved),
    exhaustedAt: exhausted === null ? null : new Date(exhausted).toISOString(),
  };
}
