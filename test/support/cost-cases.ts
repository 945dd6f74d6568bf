import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDecimal } from '../../src/common/money';
import { loadPriceBook } from '../../src/models/prices/price-book';
import { isTokenClass, type PriceRow } from '../../src/providers/contract/price';
import { type UsageClass, type UsageVector } from '../../src/providers/contract/usage';

/** The shared acceptance cases: what a vendor reported, what it means, and what it costs to the last pico-dollar. */

type Prices = Readonly<Record<string, string>>;

export interface CostCase {
  readonly id: string;
  readonly vendor: string;
  readonly api: string;
  readonly model: string;
  readonly certainty: 'documented' | 'inferred' | 'uncertain';
  readonly context?: {
    readonly batch?: boolean;
    readonly timestamp?: string;
    readonly response_service_tier?: string;
    readonly base_url?: string;
  };
  readonly prices_usd_per_1m: Prices;
  readonly unit_prices_usd?: Prices;
  readonly price_tiers?: readonly { readonly above: number; readonly prices: Prices }[];
  readonly multipliers?: readonly { readonly name: string; readonly factor: string }[];
  readonly usage: unknown;
  readonly expected_vector: UsageVector | null;
  readonly expected_lines?: readonly {
    readonly model: string;
    readonly vector: UsageVector;
    readonly prices_usd_per_1m: Prices;
  }[];
  readonly expected_prompt_total_tokens?: number;
  readonly expected_cost_exact_usd: string | null;
  readonly expected_flags?: readonly string[];
}

const file = join(__dirname, 'cost-cases.json');
export const { cases: costCases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: readonly CostCase[] };

const book = loadPriceBook();

/** When the case happened, UTC milliseconds. */
export function timeOfCase(each: CostCase): number {
  return Date.parse(each.context?.timestamp ?? '2026-11-22T12:00:00Z');
}

/** The rows that the case says its prices are, valid at all times. */
export function listCaseRows(each: CostCase): PriceRow[] {
  const lines = each.expected_lines ?? [];
  return [
    toRow(each, each.model, each.prices_usd_per_1m),
    ...(each.price_tiers ?? []).map((tier) => toRow(each, each.model, tier.prices, tier.above)),
    ...lines.map((line) => toRow(each, line.model, line.prices_usd_per_1m)),
  ].filter((row, _index, rows) => row === rows.findLast((other) => other.id === row.id));
}

export function withoutZeros(vector: UsageVector | null): UsageVector | null {
  return vector && Object.fromEntries(Object.entries(vector).filter(([, count]) => count !== 0));
}

/** The tier that the case's prices are for, told from the case and not from what was metered. */
function findPricedTier(each: CostCase): string {
  const factor = each.multipliers?.map((multiplier) => multiplier.name.replace(/^speed_/, ''))[0];
  if (factor) return factor;
  if (each.context?.batch || each.api.includes('batch')) return 'batch';
  const stated =
    each.context?.response_service_tier ?? /"serviceTier":"(\w+)"/.exec(JSON.stringify(each.usage))?.[1];
  return stated && stated !== 'default' ? stated : 'standard';
}

function scale(prices: Prices, each: CostCase): Prices {
  const factors = (each.multipliers ?? []).map((multiplier) => parseDecimal(multiplier.factor, 6));
  const scaled = Object.entries(prices).map(([name, price]) => {
    if (!isTokenClass(name as UsageClass)) return [name, price];
    const micro = factors.reduce((value, factor) => (value * factor) / 1_000_000n, parseDecimal(price, 6));
    const digits = micro.toString().padStart(7, '0');
    return [name, `${digits.slice(0, -6)}.${digits.slice(-6)}`];
  });
  return Object.fromEntries(scaled) as Prices;
}

function toRow(each: CostCase, model: string, prices: Prices, above = 0): PriceRow {
  return {
    id: `${each.id}-${model}-${above}`,
    teamId: null,
    vendor: each.vendor,
    vendorModel: model,
    surface: null,
    servedTier: findPricedTier(each),
    regionClass: null,
    aboveContextTokens: above,
    validFrom: 0,
    validTo: null,
    guaranteedUntil: findGuarantee(each, model),
    pricesPerMillion: scale(prices, each),
    unitPrices: each.unit_prices_usd ?? {},
    source: 'cost-cases.json',
    checkedOn: '2026-11-22',
  };
}

/** The cases have no field for a promotion's promised end, so it comes from the shipped row of that moment. */
function findGuarantee(each: CostCase, model: string): number | null {
  const at = timeOfCase(each);
  const held = book.rows.find(
    (row) => row.vendorModel === model && row.validFrom <= at && (row.validTo === null || at < row.validTo),
  );
  return held?.guaranteedUntil ?? null;
}
