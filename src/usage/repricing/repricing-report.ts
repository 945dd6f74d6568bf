import { formatDollars } from '../../common/money';
import { type RepricedTeamView, type RepricingSumsView, type RepricingView } from '../dto/repricing.dto';
import { cutTime, type TimeBucket } from '../stats/time-buckets';
import { type ChargedEvent, effectiveCost, type JudgedEvent, type Outcome } from './correction';

class Sums {
  events = 0;
  changedEvents = 0;
  unpriceableEvents = 0;
  before = 0n;
  difference = 0n;
  listDifference = 0n;

  add(event: ChargedEvent, outcome: Outcome): void {
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

/** A team whose events are repriced, with the time cut into its own months. */
interface RepricedTeam {
  readonly view: RepricedTeamView;
  readonly months: readonly TimeBucket[];
  /** The ledger comes in the order of time: the month is the same as before, or a later one. */
  month: number;
}

interface Group {
  readonly month: string;
  readonly team: RepricedTeamView;
  readonly event: ChargedEvent;
  readonly sums: Sums;
}

/** What a repricing changes, by month of the events, team and model. */
export class RepricingReport {
  private readonly totals = new Sums();
  private readonly groups = new Map<string, Group>();
  private readonly teams = new Map<string, RepricedTeam>();

  /** @param from UTC milliseconds, half-open with `to` */
  constructor(
    private readonly from: number,
    private readonly to: number,
  ) {}

  knows(teamId: string): boolean {
    return this.teams.has(teamId);
  }

  /** Before the first of the team's events. */
  addTeam(view: RepricedTeamView): void {
    const months = cutTime(this.from, this.to, view.timezone, 'month');
    this.teams.set(view.id, { view, months, month: 0 });
  }

  add(judged: readonly JudgedEvent[]): void {
    for (const { event, outcome } of judged) {
      const team = this.teams.get(event.teamId);
      if (!team) throw new Error(`The team ${event.teamId} was not added to the report.`);
      const month = monthOf(team, event.occurredAt);
      const key = `${month} ${event.dimensions.team} ${event.dimensions.vendorModel}`;
      const group = this.groups.get(key) ?? { month, team: team.view, event, sums: new Sums() };
      this.groups.set(key, group);
      group.sums.add(event, outcome);
      this.totals.add(event, outcome);
    }
  }

  view(): Pick<RepricingView, 'data' | 'totals'> {
    const data = [...this.groups.values()].map(({ month, team, event, sums }) => ({
      month,
      team,
      vendor: event.vendor,
      vendorModel: event.vendorModel,
      ...sums.view(),
    }));
    return { data, totals: this.totals.view() };
  }
}

function monthOf(team: RepricedTeam, at: number): string {
  const current = team.months[team.month];
  if (!current || at < current.start || at >= current.end)
    team.month = team.months.findIndex(({ start, end }) => start <= at && at < end);
  return team.months[team.month]?.label ?? '';
}
