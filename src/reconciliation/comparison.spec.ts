import {
  type BillingReport,
  type ReportedCost,
  type ReportedUsage,
} from '../providers/contract/billing-report';
import { type ProviderDay } from '../usage/ledger/provider-days.reader';
import { compareReport } from './comparison';
import { type ReconciledLine } from './reconciled';

const DAY = '2026-11-20';
const DOLLAR = 1_000_000_000_000n;

function ours(change: Partial<ProviderDay> = {}): ProviderDay {
  return {
    day: Date.parse(`${DAY}T00:00:00Z`),
    vendorModel: 'gpt-x-2026-01-02',
    status: 'succeeded',
    isEstimated: false,
    events: 10,
    unknownUsage: 0,
    unpriced: 0,
    input: 1000,
    cached: 100,
    output: 500,
    cost: 3n * DOLLAR,
    ...change,
  };
}

function used(change: Partial<ReportedUsage> = {}): ReportedUsage {
  const base = { day: DAY, model: 'gpt-x', batch: false, tier: 'standard', apiKeyId: null, region: null };
  return { ...base, input: 1000, cached: 100, output: 500, ...change };
}

function billed(amount: bigint, change: Partial<ReportedCost> = {}): ReportedCost {
  return { day: DAY, model: 'gpt-x', amount, apiKeyId: null, ...change };
}

function compare(
  days: readonly ProviderDay[],
  report: BillingReport,
  keys: readonly string[] = [],
): ReconciledLine {
  const lines = compareReport(days, report, new Set(keys));
  const [line] = lines;
  if (!line || lines.length > 1) throw new Error(`${lines.length} lines.`);
  return line;
}

const causesOf = (line: ReconciledLine): unknown => [
  line.tokens.causes.map(({ cause, amount, events }) => [cause, amount, events]),
  line.money.causes.map(({ cause, amount }) => [cause, Number(amount) / Number(DOLLAR)]),
];

describe('comparing the ledger with a report', () => {
  it('finds days and models equal, whatever snapshot they are named by', () => {
    const line = compare([ours()], { usage: [used()], costs: [billed(3n * DOLLAR)] });
    expect(line).toMatchObject({ day: DAY, model: 'gpt-x', verdict: 'equal' });
    expect(line.tokens).toMatchObject({ difference: 0, ours: { total: 1500 }, vendor: { total: 1500 } });
  });

  it('leaves what no cause explains unexplained, whether more or less', () => {
    const more = compare([ours()], { usage: [used({ output: 900 })], costs: [billed(5n * DOLLAR)] });
    expect(more).toMatchObject({
      verdict: 'unexplained',
      tokens: { difference: 400, causes: [], unexplained: 400 },
      money: { difference: 2n * DOLLAR, unexplained: 2n * DOLLAR },
    });
    const less = compare([ours()], { usage: [used({ output: 400 })], costs: [billed(2n * DOLLAR)] });
    expect(less).toMatchObject({ tokens: { unexplained: -100 }, money: { unexplained: -DOLLAR } });
  });

  it('tells apart what other keys used, by the bill where it names keys', () => {
    const report = {
      usage: [used({ apiKeyId: 'ours' }), used({ apiKeyId: 'theirs', input: 50, output: 50 })],
      costs: [billed(3n * DOLLAR, { apiKeyId: 'ours' }), billed(DOLLAR, { apiKeyId: 'theirs' })],
    };
    const line = compare([ours()], report, ['ours']);
    expect(line.verdict).toBe('explained');
    expect(causesOf(line)).toEqual([[['other_keys', 100, null]], [['other_keys', 1]]]);
    expect(compare([ours()], report).verdict).toBe('unexplained');
  });

  it('takes the share of other keys from the tokens where the bill names no keys', () => {
    const report = {
      usage: [used({ apiKeyId: 'ours' }), used({ apiKeyId: 'theirs', input: 1000, output: 500 })],
      costs: [billed(6n * DOLLAR)],
    };
    expect(causesOf(compare([ours()], report, ['ours']))).toEqual([
      [['other_keys', 1500, null]],
      [['other_keys', 3]],
    ]);
  });

  it('explains batches by the tokens that were batched', () => {
    const report = {
      usage: [used(), used({ batch: true, tier: 'batch', input: 1500, output: 0 })],
      costs: [billed(6n * DOLLAR)],
    };
    expect(causesOf(compare([ours()], report))).toEqual([[['batch', 1500, null]], [['token_difference', 3]]]);
  });

  it('lets what was estimated of ended calls be off by as much as it is, and no more', () => {
    const days = [
      ours(),
      ours({ status: 'aborted', isEstimated: true, events: 2, input: 100, output: 50, cost: 0n }),
    ];
    const within = compare(days, { usage: [used({ output: 520 })], costs: [billed(3n * DOLLAR)] });
    expect(within).toMatchObject({ verdict: 'explained' });
    expect(causesOf(within)).toEqual([[['aborted', -130, 2]], []]);
    const beyond = compare(days, { usage: [used({ output: 1000 })], costs: [billed(3n * DOLLAR)] });
    expect(beyond.tokens).toMatchObject({ difference: 350, unexplained: 200 });
  });

  it('explains more tokens by calls whose usage never became known, and fewer by nothing', () => {
    const days = [
      ours(),
      ours({ status: 'unknown', unknownUsage: 3, input: 0, cached: 0, output: 0, cost: 0n }),
    ];
    const line = compare(days, { usage: [used({ output: 700 })], costs: [billed(3n * DOLLAR)] });
    expect(line.tokens.causes).toEqual([{ cause: 'missing_usage', amount: 200, events: 3 }]);
    expect(compare(days, { usage: [used({ output: 300 })], costs: [] }).tokens.unexplained).toBe(-200);
  });

  it.each([
    ['credits', [ours()], [billed(3n * DOLLAR), billed(-DOLLAR)], used(), -1],
    ['unpriced', [ours({ unpriced: 4, cost: DOLLAR })], [billed(3n * DOLLAR)], used(), 2],
    ['priority_commitment', [ours()], [], used({ tier: 'priority' }), -3],
    ['service_tier', [ours()], [billed(4n * DOLLAR)], used({ tier: 'flex' }), 1],
    ['regional', [ours({ cost: 10n * DOLLAR })], [billed(11n * DOLLAR)], used({ region: 'us' }), 1],
    ['rounding', [ours()], [billed(3n * DOLLAR + 5_000_000_000n)], used(), 0.005],
  ] as const)('explains money by %s', (cause, days, costs, usage, amount) => {
    const line = compare(days, { usage: [usage], costs });
    expect(line.verdict).toBe('explained');
    expect(causesOf(line)).toEqual([[], [[cause, amount]]]);
  });

  it('puts what is billed for no model on a line of its own, as fees of tools', () => {
    const [fees, model] = compareReport(
      [ours()],
      { usage: [used()], costs: [billed(3n * DOLLAR), billed(DOLLAR, { model: null })] },
      new Set(),
    );
    expect(model?.verdict).toBe('equal');
    expect(fees).toMatchObject({
      model: null,
      verdict: 'explained',
      money: { causes: [{ cause: 'tool_fees' }] },
    });
  });

  it('compares money alone with a report that has no usage', () => {
    const line = compare([ours()], { usage: [], costs: [billed(3n * DOLLAR)] });
    expect(line).toMatchObject({ verdict: 'equal', tokens: { difference: 0, ours: { total: 1500 } } });
  });

  it('always accounts for the whole difference: the causes and the rest add up to it', () => {
    let state = 11;
    const random = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    for (let round = 0; round < 500; round += 1) {
      const days = Array.from({ length: random(4) }, () =>
        ours({
          status: (['succeeded', 'aborted', 'unknown'] as const)[random(3)] ?? 'failed',
          isEstimated: random(2) === 0,
          unknownUsage: random(2),
          unpriced: random(2),
          input: random(900),
          output: random(900),
          cost: BigInt(random(1e9)) * 1000n,
        }),
      );
      const usage = Array.from({ length: random(4) }, () =>
        used({
          input: random(900),
          output: random(900),
          batch: random(3) === 0,
          tier: ['standard', 'priority', 'flex'][random(3)] ?? null,
          apiKeyId: ['a', 'b', null][random(3)] ?? null,
          region: random(2) === 0 ? 'us' : null,
        }),
      );
      const costs = Array.from({ length: random(4) }, () => billed(BigInt(random(2e9) - 2e8) * 1000n));
      for (const { tokens, money } of compareReport(days, { usage, costs }, new Set(['a']))) {
        const tokenSum = tokens.causes.reduce((sum, { amount }) => sum + amount, tokens.unexplained);
        expect(tokenSum).toBe(tokens.difference);
        expect(money.causes.reduce((sum, { amount }) => sum + amount, money.unexplained)).toBe(
          money.difference,
        );
      }
    }
  });
});
