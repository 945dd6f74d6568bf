import { grainMs } from '../../src/usage/rollup/bucket';
import { type TotalsView } from '../../src/usage/dto/stats.dto';
import { type FinalStatus, type Settlement } from '../../src/usage/ledger/event';
import { dimension, openEvent, settlementOf } from './settlements';
import { type Studio } from './studio';

/** An event as it was made, with its groups as reports show them; null for none. */
export interface MadeUsage {
  readonly teamId: string;
  readonly settlement: Settlement;
  readonly groups: Readonly<
    Record<'model' | 'provider' | 'vendor' | 'vendorModel' | 'apiKey' | 'user', string | null>
  >;
  readonly tags: readonly string[];
}

/** Random numbers that are the same on every run. */
export class Dice {
  constructor(private seed: number) {}

  /** From 0 up to, not including, the limit. */
  roll(limit: number): number {
    this.seed = (this.seed * 48_271) % 2_147_483_647;
    return this.seed % limit;
  }

  pick<T>(list: readonly T[]): T {
    const value = list[this.roll(list.length)];
    if (value === undefined) throw new Error('There is nothing to pick.');
    return value;
  }
}

const VENDOR_MODELS = ['openai/gpt-a', 'openai/gpt-b', 'google/gemini-a'];
const STATUSES: readonly FinalStatus[] = [
  'succeeded',
  'succeeded',
  'succeeded',
  'failed',
  'aborted',
  'unknown',
];

/** Any usage of a team within a time, many events in the same few quarter hours, some on their borders. */
export async function makeUsage(
  studio: Studio,
  dice: Dice,
  teamId: string,
  count: number,
  quarters: readonly number[],
): Promise<MadeUsage[]> {
  const team = await dimension(studio, 'team', teamId);
  const made: MadeUsage[] = [];
  const maybe = (list: readonly string[]): string | null => (dice.roll(4) === 0 ? null : dice.pick(list));
  const idOf = async (kind: Parameters<typeof dimension>[1], value: string | null, label?: string) =>
    value === null ? 0 : dimension(studio, kind, value, label);
  for (let index = 0; index < count; index += 1) {
    const vendorModel = dice.pick(VENDOR_MODELS);
    const groups = {
      model: maybe([`${teamId}-m1`, `${teamId}-m2`]),
      provider: maybe([`${teamId}-p1`, `${teamId}-p2`]),
      vendor: vendorModel.slice(0, vendorModel.indexOf('/')),
      vendorModel,
      apiKey: maybe([`${teamId}-k1`, `${teamId}-k2`]),
      user: maybe(['ada', 'bob', 'eve']),
    };
    const tags = ['red', 'green', 'blue'].filter(() => dice.roll(3) === 0);
    const tagIds: number[] = [];
    for (const tag of tags) tagIds.push(await dimension(studio, 'tag', `${teamId}/${tag}`, tag));
    const event = openEvent(
      {
        team,
        apiKey: await idOf('api_key', groups.apiKey),
        provider: await idOf('provider', groups.provider),
        model: await idOf('model', groups.model),
        vendorModel: await dimension(studio, 'vendor_model', vendorModel, vendorModel.split('/')[1]),
        endUser:
          groups.user === null
            ? 0
            : await dimension(studio, 'end_user', `${teamId}/${groups.user}`, groups.user),
      },
      {
        occurredAt:
          dice.pick(quarters) +
          dice.pick([0, 1, grainMs(15) - 1, dice.roll(grainMs(15)), dice.roll(grainMs(15))]),
        tags: tagIds,
      },
    );
    // What has no configured model is grouped by the vendor's model.
    const shown = { ...groups, model: groups.model ?? vendorModel };
    made.push({ teamId, settlement: settle(dice, event), groups: shown, tags });
  }
  return made;
}

function settle(dice: Dice, event: ReturnType<typeof openEvent>): Settlement {
  const known = dice.roll(6) > 0;
  const priced = known && dice.roll(5) > 0;
  const input = dice.roll(100_000);
  const output = dice.roll(10_000);
  const large = dice.roll(10) === 0;
  const cost = priced ? BigInt(dice.roll(1_000_000_000)) * (large ? 8_999_999_999n : 1n) : null;
  return settlementOf(event, {
    status: dice.pick(STATUSES),
    endsCall: dice.roll(5) > 0,
    tokens: known ? { input, output, cached: dice.roll(input + 1), reasoning: dice.roll(output + 1) } : null,
    vector: null,
    cost,
    // What the list says is another amount where a team has prices of its own.
    listCost: cost !== null && dice.roll(3) === 0 ? cost + BigInt(dice.roll(1_000_000)) : null,
    costStatus: priced ? 'priced' : 'unpriced',
    latencyMs: dice.roll(8) === 0 ? null : Math.floor(Math.exp(dice.roll(1_200) / 100)),
  });
}

interface Correction {
  readonly adjustment: { readonly amount: bigint; readonly unpricedDelta: number };
}

/** The totals of some usage and of the corrections that count with it, by plain sums; percentiles exact. */
export function sumUp(
  usages: readonly MadeUsage[],
  corrections: readonly Correction[] = [],
): Omit<TotalsView, 'cost'> & { cost: bigint } {
  const all = usages.map(({ settlement }) => settlement);
  const calls = all.filter(({ endsCall }) => endsCall);
  const sum = (count: (settlement: Settlement) => number | undefined): number =>
    all.reduce((total, settlement) => total + (count(settlement) ?? 0), 0);
  const latencies = all
    .flatMap(({ latencyMs }) => (latencyMs === null ? [] : [latencyMs]))
    .sort((a, b) => a - b);
  const percentile = (p: number): number | null =>
    latencies[Math.ceil((p / 100) * latencies.length) - 1] ?? null;
  const unpricedRequests = corrections.reduce(
    (total, { adjustment }) => total + adjustment.unpricedDelta,
    calls.filter(({ costStatus }) => costStatus === 'unpriced').length,
  );
  const inputTokens = sum(({ tokens }) => tokens?.input);
  const outputTokens = sum(({ tokens }) => tokens?.output);
  return {
    requests: calls.length,
    attempts: all.length,
    failedRequests: calls.filter(({ status }) => status !== 'succeeded').length,
    inputTokens,
    outputTokens,
    cachedTokens: sum(({ tokens }) => tokens?.cached),
    reasoningTokens: sum(({ tokens }) => tokens?.reasoning),
    totalTokens: inputTokens + outputTokens,
    cost: corrections.reduce(
      (total, { adjustment }) => total + adjustment.amount,
      all.reduce((total, { cost }) => total + (cost ?? 0n), 0n),
    ),
    unpricedRequests,
    coverage: calls.length === 0 ? null : (calls.length - unpricedRequests) / calls.length,
    averageLatencyMs:
      latencies.length === 0
        ? null
        : Math.round((latencies.reduce((a, b) => a + b, 0) / latencies.length) * 100) / 100,
    p50LatencyMs: percentile(50),
    p95LatencyMs: percentile(95),
    p99LatencyMs: percentile(99),
  };
}
