import {
  type CostCase,
  costCases as cases,
  listCaseRows,
  timeOfCase,
  withoutZeros,
} from '../../../test/support/cost-cases';
import { parseDollars } from '../../common/money';
import { type Metered, type MeterContext } from '../../providers/contract/usage';
import { meterUsage as meterAnthropic } from '../../providers/vendors/anthropic/usage';
import { meterUsage as meterGoogle } from '../../providers/vendors/google/usage';
import { meterUsage as meterOpenAi } from '../../providers/vendors/openai/usage';
import { loadPriceBook } from './price-book';
import { priceMetered } from './price-choice';

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

describe.each(['documented', 'inferred', 'uncertain'])('cost cases marked %s', (certainty) => {
  const chosen = cases.filter((each) => each.certainty === certainty);

  it.each(chosen.map((each) => [each.id, each] as const))(
    '%s means and costs what the vendor says',
    (_id, each) => {
      const metered = meter(each);
      const at = timeOfCase(each);
      const rows = listCaseRows(each);
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
      return {
        each,
        cost: priceMetered(meter(each), () => rows, { surface: each.api, at: timeOfCase(each) }),
      };
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
