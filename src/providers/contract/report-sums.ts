import { type BillingReport, type ReportedCost, type ReportedUsage } from './billing-report';

/** Adds up the many lines of an export, so that what is kept of them is what a comparison needs. */
export class ReportSums {
  private readonly usage = new Map<string, ReportedUsage>();
  private readonly costs = new Map<string, ReportedCost>();

  addUsage(entry: ReportedUsage): void {
    const { day, model, batch, tier, apiKeyId, region } = entry;
    const key = JSON.stringify([day, model, batch, tier, apiKeyId, region]);
    const known = this.usage.get(key);
    this.usage.set(key, {
      ...entry,
      input: (known?.input ?? 0) + entry.input,
      cached: (known?.cached ?? 0) + entry.cached,
      output: (known?.output ?? 0) + entry.output,
    });
  }

  /** Credits stay apart from what they reduce. */
  addCost(entry: ReportedCost): void {
    const key = JSON.stringify([entry.day, entry.model, entry.apiKeyId, entry.amount < 0n]);
    const amount = (this.costs.get(key)?.amount ?? 0n) + entry.amount;
    this.costs.set(key, { ...entry, amount });
  }

  toReport(): BillingReport {
    return { usage: [...this.usage.values()], costs: [...this.costs.values()] };
  }
}
