import { formatDollars } from '../../common/money';
import { type RepricingSumsView, type RepricingView } from '../dto/repricing.dto';
import { type TimeBucket } from '../stats/time-buckets';
import { type ChargedEvent, type Correction, effectiveCost } from './correction';

class Sums {
  events = 0;
  changedEvents = 0;
  unpriceableEvents = 0;
  before = 0n;
  difference = 0n;
  listDifference = 0n;

  add(event: ChargedEvent, outcome: Correction | 'same' | 'unpriceable'): void {
    this.events += 1;
    this.before += effectiveCost(event);
    if (outcome === 'unpriceable') this.unpriceableEvents += 1;
    if (typeof outcome === 'string') return;
    this.changedEvents += 1;
    this.difference += outcome.amount;
    this.listDifference += outcome.listAmount;
  }

  view(): RepricingSumsView {
    return {
      events: this.events,
      changedEvents: this.changedEvents,
      unpriceableEvents: this.unpriceableEvents,
      before: formatDollars(this.before),
      after: formatDollars(this.before + this.difference),
      difference: formatDollars(this.difference),
      listDifference: formatDollars(this.listDifference),
      currency: 'USD',
    };
  }
}

/** What a repricing changes, by month of the events and by model. */
export class RepricingReport {
  private readonly totals = new Sums();
  private readonly groups = new Map<string, { month: string; event: ChargedEvent; sums: Sums }>();
  /** The ledger comes in the order of time: the month is the same, or a later one. */
  private month = 0;

  constructor(
    private readonly months: readonly TimeBucket[],
    private readonly team: { readonly id: string; readonly name: string },
  ) {}

  add(
    judged: readonly {
      readonly event: ChargedEvent;
      readonly outcome: Correction | 'same' | 'unpriceable';
    }[],
  ): void {
    for (const { event, outcome } of judged) {
      const month = this.monthOf(event.occurredAt);
      const key = `${month} ${event.dimensions.vendorModel}`;
      const group = this.groups.get(key) ?? { month, event, sums: new Sums() };
      this.groups.set(key, group);
      group.sums.add(event, outcome);
      this.totals.add(event, outcome);
    }
  }

  view(): Pick<RepricingView, 'data' | 'totals'> {
    const team = { id: this.team.id, name: this.team.name };
    const data = [...this.groups.values()].map(({ month, event, sums }) => ({
      month,
      team,
      vendor: event.vendor,
      vendorModel: event.vendorModel,
      ...sums.view(),
    }));
    return { data, totals: this.totals.view() };
  }

  private monthOf(at: number): string {
    const current = this.months[this.month];
    if (!current || at < current.start || at >= current.end)
      this.month = this.months.findIndex(({ start, end }) => start <= at && at < end);
    return this.months[this.month]?.label ?? '';
  }
}
