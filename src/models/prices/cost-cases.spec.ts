import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDecimal, parseDollars } from '../../common/money';
import { isTokenClass, type PriceRow } from '../../providers/contract/price';
import {
  type Metered,
  type MeterContext,
  type UsageClass,
  type UsageVector,
} from '../../providers/contract/usage';
import { meterUsage as meterAnthropic } from '../../providers/vendors/anthropic/usage';
import { meterUsage as meterGoogle } from '../../providers/vendors/google/usage';
import { meterUsage as meterOpenAi } from '../../providers/vendors/openai/usage';
import { loadPriceBook } from './price-book';
import { priceMetered } from './price-choice';

/** The shared acceptance cases: what a vendor reported, what it means, and what it costs to the last pico-dollar. */

type Prices = Readonly<Record<string, string>>;

interface CostCase {
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

const file = join(__dirname, '../../../test/support/cost-cases.json');
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: readonly CostCase[] };

const book = loadPriceBook();

function meter(each: CostCase): Metered {
  const context: MeterContext = {
    api: each.api,
    model: each.model,
    batch: each.context?.batch,
    servedTier: each.context?.response_service_tier,
    baseUrl: each.context?.base_url,
  };
  if (each.vendor.startsWith('google')) return meterGoogle(each.usage, context);
  return each.vendor.startsWith('anthropic')
    ? meterAnthropic(each.usage, context)
    : meterOpenAi(each.usage, context);
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
  const at = toTime(each);
  const held = book.rows.find(
    (row) => row.vendorModel === model && row.validFrom <= at && (row.validTo === null || at < row.validTo),
  );
  return held?.guaranteedUntil ?? null;
}

function toTime(each: CostCase): number {
  return Date.parse(each.context?.timestamp ?? '2026-11-22T12:00:00Z');
}

function listRows(each: CostCase): PriceRow[] {
  const lines = each.expected_lines ?? [];
  return [
    toRow(each, each.model, each.prices_usd_per_1m),
    ...(each.price_tiers ?? []).map((tier) => toRow(each, each.model, tier.prices, tier.above)),
    ...lines.map((line) => toRow(each, line.model, line.prices_usd_per_1m)),
  ].filter((row, _index, rows) => row === rows.findLast((other) => other.id === row.id));
}

function withoutZeros(vector: UsageVector | null): UsageVector | null {
  return vector && Object.fromEntries(Object.entries(vector).filter(([, count]) => count !== 0));
}

describe.each(['documented', 'inferred', 'uncertain'])('cost cases marked %s', (certainty) => {
  const chosen = cases.filter((each) => each.certainty === certainty);

  it.each(chosen.map((each) => [each.id, each] as const))(
    '%s means and costs what the vendor says',
    (_id, each) => {
      const metered = meter(each);
      const at = toTime(each);
      const rows = listRows(each);
      const priced = priceMetered(metered, () => rows, { surface: each.api, at });

      expect(metered.vector).toEqual(withoutZeros(each.expected_vector));
      expect([...metered.flags, ...priced.flags]).toEqual(
        expect.arrayContaining([...(each.expected_flags ?? [])]),
      );
      if (each.expected_prompt_total_tokens !== undefined) {
        expect(metered.promptTotal).toBe(each.expected_prompt_total_tokens);
      }
      if (each.expected_lines) {
        expect(metered.lines.map(({ model, vector }) => ({ model, vector }))).toEqual(
          each.expected_lines.map(({ model, vector }) => ({ model, vector })),
        );
      }
      const expected = each.expected_cost_exact_usd;
      expect(priced.amount).toBe(expected === null ? null : parseDollars(expected));
    },
  );
});

describe('the shipped price book', () => {
  const priced = cases
    .map((each) => {
      const vendor = each.vendor.replace(/-(vertex|compatible)$/, '');
      const rows = book.rows.filter((row) => row.vendor === vendor);
      return { each, cost: priceMetered(meter(each), () => rows, { surface: each.api, at: toTime(each) }) };
    })
    .filter(({ each, cost }) => each.certainty !== 'uncertain' && cost.amount !== null);

  it.each(priced.map(({ each, cost }) => [each.id, each, cost] as const))(
    'costs %s the same',
    (_id, each, cost) => {
      expect(cost.amount).toBe(parseDollars(each.expected_cost_exact_usd ?? ''));
    },
  );

  it('knows a price for every case that has a cost', () => {
    const costing = cases.filter((each) => each.certainty !== 'uncertain' && each.expected_vector !== null);
    expect(priced).toHaveLength(costing.length);
  });
});

it('covers every shared case', () => {
  expect(cases).toHaveLength(63);
});
