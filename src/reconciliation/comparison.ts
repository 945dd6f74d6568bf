import { type PicoDollars } from '../common/money';
import {
  type BillingReport,
  dayOf,
  type ReportedCost,
  type ReportedUsage,
} from '../providers/contract/billing-report';
import { listModelIds } from '../providers/contract/price-choice';
import { type ProviderDay } from '../usage/ledger/provider-days.reader';
import { explainMoney, explainTokens } from './causes';
import { type Difference, type ReconciledLine, type Side, type Tokens, type Verdict } from './reconciled';

/**
 * Compares by day and model: tokens first, since they have to be equal, then money. What differs is set against
 * the known causes one after the other, each for as much as it can be; the rest is unexplained.
 * @param ownKeys the vendor's ids of the keys that the provider uses; empty when they are not known
 */
export function compareReport(
  days: readonly ProviderDay[],
  report: BillingReport,
  ownKeys: ReadonlySet<string>,
): ReconciledLine[] {
  return pairSides(days, report)
    .map((side) => compareSide(side, ownKeys, report.usage.length > 0))
    .sort(
      (left, right) => compareTexts(left.day, right.day) || compareTexts(left.model ?? '', right.model ?? ''),
    );
}

function compareTexts(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A model's id without the date of its snapshot: answers name the snapshot, some reports the alias. */
export function modelKey(model: string): string {
  return listModelIds(model).at(-1) ?? model;
}

interface GrowingSide extends Side {
  readonly days: ProviderDay[];
  readonly usage: ReportedUsage[];
  readonly costs: ReportedCost[];
}

function pairSides(days: readonly ProviderDay[], report: BillingReport): Side[] {
  const sides = new Map<string, GrowingSide>();
  const sideOf = (day: string, model: string | null): GrowingSide => {
    const named = model === null ? null : modelKey(model);
    const key = `${day}\n${named ?? ''}`;
    const side = sides.get(key) ?? { day, model: named, days: [], usage: [], costs: [] };
    sides.set(key, side);
    return side;
  };
  for (const entry of days) sideOf(dayOf(entry.day), entry.vendorModel).days.push(entry);
  for (const entry of report.usage) sideOf(entry.day, entry.model).usage.push(entry);
  for (const entry of report.costs) sideOf(entry.day, entry.model).costs.push(entry);
  return [...sides.values()];
}

function compareSide(side: Side, ownKeys: ReadonlySet<string>, hasUsage: boolean): ReconciledLine {
  const ours = sumTokens(side.days);
  const vendor = sumTokens(side.usage);
  const oursCost = side.days.reduce((sum, { cost }) => sum + cost, 0n);
  const vendorCost = side.costs.reduce((sum, { amount }) => sum + amount, 0n);
  // A report without any usage says nothing of tokens: then money alone is compared.
  const tokens = hasUsage
    ? explainTokens(side, vendor.total - ours.total, ownKeys)
    : { difference: 0, causes: [], unexplained: 0 };
  const money = explainMoney(side, vendorCost - oursCost, tokens, ownKeys);
  return {
    day: side.day,
    model: side.model,
    verdict: judge(tokens, money),
    tokens: { ours, vendor, ...tokens },
    money: { ours: oursCost, vendor: vendorCost, ...money },
  };
}

function judge(tokens: Difference<number>, money: Difference<PicoDollars>): Verdict {
  if (tokens.unexplained !== 0 || money.unexplained !== 0n) return 'unexplained';
  return tokens.difference === 0 && money.difference === 0n ? 'equal' : 'explained';
}

export function sumTokens(entries: readonly { input: number; cached: number; output: number }[]): Tokens {
  let [input, cached, output] = [0, 0, 0];
  for (const entry of entries) {
    input += entry.input;
    cached += entry.cached;
    output += entry.output;
  }
  return { input, cached, output, total: input + output };
}
