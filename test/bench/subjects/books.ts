import { type StudioClient } from '../../support/demo/studio-client';
import { type Way } from './subject';

const COMPLETE_LIMIT_MS = 120_000;

/**
 * What a call costs, in pico-dollars. gpt-4o: 292 × 2.50 + 128 × 1.25 + 96 × 10.00 dollars per million;
 * claude-sonnet-4-5: 292 × 3.00 + 128 × 0.30 + 96 × 15.00.
 */
const PICO_DOLLARS: Record<Way, bigint> = { native: 1_850_000_000n, translated: 2_354_400_000n };

interface Stats {
  readonly totals: { readonly requests: number; readonly failedRequests: number; readonly cost: string };
  readonly dataCompleteUntil: string;
}

/** The calls that a server was sent: a benchmark of a server that loses calls would be worth nothing. */
export class Books {
  private calls = 0;
  private cost = 0n;

  add(way: Way, calls: number): void {
    this.calls += calls;
    this.cost += PICO_DOLLARS[way] * BigInt(calls);
  }

  /** Of the calls so far, in pico-dollars. */
  get total(): bigint {
    return this.cost;
  }

  /** @throws Error unless all calls are in the server's statistics, at their exact cost */
  async verify(studio: StudioClient): Promise<void> {
    const { requests, failedRequests, cost } = (await completeStats(studio)).totals;
    if (requests === this.calls && failedRequests === 0 && BigInt(cost.replace('.', '')) === this.cost)
      return;
    throw new Error(
      `${this.calls} calls for ${this.cost} pico-dollars were made, but the statistics say ${requests}, ${failedRequests} of them failed, for ${cost} dollars.`,
    );
  }
}

async function completeStats(studio: StudioClient): Promise<Stats> {
  const now = Date.now();
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const stats = await studio.get<Stats>('/api/v1/usage/stats');
    if (Date.parse(stats.dataCompleteUntil) >= now) return stats;
    if (Date.now() > now + COMPLETE_LIMIT_MS)
      throw new Error('The statistics are not complete after two minutes.');
  }
}
