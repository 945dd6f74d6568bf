import { type AdjustmentKind } from '../../adjustments/adjustment';
import { type TimeRange } from '../../stats/stats.reader';

/** What charges of one kind and time have in common, as ids of `usage_dimensions`; 0 for none. */
export interface ChargeSubject {
  readonly team: number;
  readonly provider: number;
  readonly model: number;
  readonly vendorModel: number;
  readonly apiKey: number;
  readonly endUser: number;
  /** In the order of their ids. */
  readonly tags: readonly number[];
}

/** Sums of a row; tokens are counted where they are known. */
export interface ChargeAmounts {
  requests: number;
  failedRequests: number;
  unpricedRequests: number;
  inputTokens: number;
  cachedTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  /** Pico-dollars. */
  cost: bigint;
  listCost: bigint;
}

/** A row of the export: use, or corrections of one kind, of the same subject within a time. */
export interface Charge {
  readonly subject: ChargeSubject;
  /** Null: use itself. */
  readonly adjustment: AdjustmentKind | null;
  /** When it was used, half-open, UTC milliseconds. */
  readonly period: TimeRange;
  /** The local month that it counts in. */
  readonly billing: TimeRange;
  readonly amounts: ChargeAmounts;
}

/** Charges while they are summed up, by all that they have in common. */
export class ChargeSums {
  private readonly charges = new Map<string, Charge>();

  get size(): number {
    return this.charges.size;
  }

  add(charge: Charge): void {
    const { subject, adjustment, period } = charge;
    const { team, provider, model, vendorModel, apiKey, endUser, tags } = subject;
    const key = [
      team,
      provider,
      model,
      vendorModel,
      apiKey,
      endUser,
      adjustment,
      period.start,
      ...tags,
    ].join();
    const existing = this.charges.get(key);
    if (existing) addTo(existing.amounts, charge.amounts);
    else this.charges.set(key, { ...charge, amounts: { ...charge.amounts } });
  }

  /** Gives what was summed up, and starts anew. */
  take(): Charge[] {
    const taken = [...this.charges.values()];
    this.charges.clear();
    return taken;
  }
}

function addTo(into: ChargeAmounts, more: ChargeAmounts): void {
  into.requests += more.requests;
  into.failedRequests += more.failedRequests;
  into.unpricedRequests += more.unpricedRequests;
  into.inputTokens += more.inputTokens;
  into.cachedTokens += more.cachedTokens;
  into.outputTokens += more.outputTokens;
  into.reasoningTokens += more.reasoningTokens;
  into.cost += more.cost;
  into.listCost += more.listCost;
}
