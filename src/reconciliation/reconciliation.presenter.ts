import { formatDollars } from '../common/money';
import {
  type ReconciliationDetailView,
  type ReconciliationLineView,
  type ReconciliationView,
  type SummaryView,
} from './dto/reconciliation.dto';
import { type ReconciledLine } from './reconciled';
import { type Reconciliation } from './reconciliation.entity';

const magnitude = (amount: bigint): bigint => (amount < 0n ? -amount : amount);

export function toLineView({ day, model, verdict, tokens, money }: ReconciledLine): ReconciliationLineView {
  return {
    day,
    model,
    verdict,
    tokens: { ...tokens, causes: [...tokens.causes] },
    money: {
      ours: formatDollars(money.ours),
      vendor: formatDollars(money.vendor),
      difference: formatDollars(money.difference),
      causes: money.causes.map((each) => ({ ...each, amount: formatDollars(each.amount) })),
      unexplained: formatDollars(money.unexplained),
    },
  };
}

export function toSummary(lines: readonly ReconciledLine[]): SummaryView {
  const count = (verdict: ReconciledLine['verdict']): number =>
    lines.filter((line) => line.verdict === verdict).length;
  const tokens = (of: (line: ReconciledLine) => number): number =>
    lines.reduce((sum, line) => sum + of(line), 0);
  const money = (of: (line: ReconciledLine) => bigint): string =>
    formatDollars(lines.reduce((sum, line) => sum + of(line), 0n));
  return {
    lines: lines.length,
    equal: count('equal'),
    explained: count('explained'),
    unexplained: count('unexplained'),
    oursTokens: tokens((line) => line.tokens.ours.total),
    vendorTokens: tokens((line) => line.tokens.vendor.total),
    unexplainedTokens: tokens((line) => Math.abs(line.tokens.unexplained)),
    oursCost: money((line) => line.money.ours),
    vendorCost: money((line) => line.money.vendor),
    unexplainedCost: money((line) => magnitude(line.money.unexplained)),
  };
}

export function toReconciliationView(row: Reconciliation): ReconciliationView {
  return {
    id: row.id,
    providerId: row.providerId,
    providerName: row.providerName,
    vendor: row.vendor,
    source: row.source,
    from: row.fromDay,
    to: row.toDay,
    isScheduled: row.isScheduled,
    status: row.status,
    problem: row.problem,
    currency: 'USD',
    summary: row.summary === null ? null : (JSON.parse(row.summary) as SummaryView),
    createdAt: row.createdAt.toISOString(),
  };
}

export function toReconciliationDetail(row: Reconciliation): ReconciliationDetailView {
  const lines = row.reportLines === null ? [] : (JSON.parse(row.reportLines) as ReconciliationLineView[]);
  return { ...toReconciliationView(row), lines };
}
