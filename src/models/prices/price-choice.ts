import { MAX_EVENT_PICO, type PicoDollars } from '../../common/money';
import { type CostLine, type PriceRow, priceVector } from '../../providers/contract/price';
import { choosePriceRow } from '../../providers/contract/price-choice';
import {
  FREE_CLASS_FLAG,
  type Metered,
  type MeteredLine,
  type UsageClass,
} from '../../providers/contract/usage';

export type CostStatus = 'priced' | 'estimated' | 'unpriced' | 'free';

export interface PricedUsage {
  /** Null when the usage or any price of it is unknown. */
  readonly amount: PicoDollars | null;
  /** What the shipped list prices say, where a team's own price was used and they know it; otherwise as the amount. */
  readonly listAmount?: PicoDollars | null;
  readonly status: CostStatus;
  /** The price row of the answer's own model, null when none fits. */
  readonly priceId: string | null;
  readonly lines: readonly CostLine[];
  /** Classes that were used and have no price. */
  readonly unpricedClasses: readonly UsageClass[];
  /** What is odd about the price: `amount_overflow`, `price_guarantee_expires_<date>`, `price_past_guarantee`. */
  readonly flags: readonly string[];
}

export interface PricingMoment {
  /** The API called, such as `responses`. */
  readonly surface: string;
  /** When the call started, UTC milliseconds. */
  readonly at: number;
}

/**
 * Prices metered usage: each line at its own model's row, by the tier and region that were served. The sum
 * is exact. A used class without a price leaves the whole amount unknown, never zero.
 * @param rowsFor the rows that may price a vendor model: its own and those of its undated id.
 */
export function priceMetered(
  metered: Metered,
  rowsFor: (vendorModel: string) => readonly PriceRow[],
  moment: PricingMoment,
): PricedUsage {
  const priced = metered.lines.map((line) => priceLine(line, metered, rowsFor(line.model), moment));
  const lines = joinLines(priced);
  const flags: string[] = [];
  for (const { row } of priced) describeGuarantee(row, moment.at, flags);
  const unpricedClasses: UsageClass[] = [];
  let sum = 0n;
  for (const { amount, usageClass } of lines) {
    if (amount !== null) sum += amount;
    else if (!unpricedClasses.includes(usageClass)) unpricedClasses.push(usageClass);
  }
  if (sum > MAX_EVENT_PICO) flags.push('amount_overflow');
  const known = metered.vector !== null && unpricedClasses.length === 0 && sum <= MAX_EVENT_PICO;
  const ownPrice = known && priced.some(({ row }) => row !== null && row.teamId !== null);
  return {
    amount: known ? sum : null,
    listAmount: ownPrice ? priceByList(metered, rowsFor, moment) : null,
    status: known ? judgeStatus(metered, sum) : 'unpriced',
    priceId: priced[0]?.row?.id ?? null,
    lines,
    unpricedClasses,
    flags,
  };
}

interface PricedLine {
  readonly row: PriceRow | null;
  readonly lines: readonly CostLine[];
}

function joinLines(priced: readonly PricedLine[]): readonly CostLine[] {
  const only = priced.length === 1 ? priced[0] : undefined;
  return only ? only.lines : priced.flatMap(({ lines }) => lines);
}

/** The same usage by the shipped rows alone; null when they do not price it. */
function priceByList(
  metered: Metered,
  rowsFor: (vendorModel: string) => readonly PriceRow[],
  moment: PricingMoment,
): PicoDollars | null {
  const shipped = (vendorModel: string): readonly PriceRow[] =>
    rowsFor(vendorModel).filter(({ teamId }) => teamId === null);
  return priceMetered(metered, shipped, moment).amount;
}

function judgeStatus(metered: Metered, amount: PicoDollars): CostStatus {
  if (metered.quality !== 'exact') return 'estimated';
  return amount === 0n ? 'free' : 'priced';
}

function priceLine(
  line: MeteredLine,
  metered: Metered,
  rows: readonly PriceRow[],
  moment: PricingMoment,
): PricedLine {
  const row = choosePriceRow(rows, {
    vendorModel: line.model,
    surface: moment.surface,
    servedTier: metered.served.tier,
    region: metered.served.region,
    promptTotal: line.promptTotal,
    at: moment.at,
  });
  const lines = priceVector(row, line.model, line.vector);
  if (metered.flags.length === 0) return { row, lines };
  const charged = lines.map((cost) =>
    metered.flags.includes(FREE_CLASS_FLAG + cost.usageClass)
      ? { ...cost, unitPrice: '0', amount: 0n }
      : cost,
  );
  return { row, lines: charged };
}

/** Adds what there is to say of the row's promise, once. */
function describeGuarantee(row: PriceRow | null, at: number, flags: string[]): void {
  if (!row || row.guaranteedUntil === null) return;
  const day = new Date(row.guaranteedUntil).toISOString().slice(0, 10);
  const found = [`price_guarantee_expires_${day}`];
  if (at > row.guaranteedUntil) found.push('price_past_guarantee');
  for (const flag of found) if (!flags.includes(flag)) flags.push(flag);
}
