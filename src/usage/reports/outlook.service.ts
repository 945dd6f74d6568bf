import { Injectable } from '@nestjs/common';
import { TeamsService } from '../../auth/teams.service';
import { Clock } from '../../common/clock';
import { formatDollars, parseDollars } from '../../common/money';
import { InvalidInput } from '../../common/problem';
import { type TeamScope } from '../../common/tenancy/team-scope';
import { readMoment } from '../../common/validation/moment';
import { type GroupView } from '../dto/stats.dto';
import { cutTime, startOfLocalDay, startOfMonth, type TimeBucket } from '../stats/time-buckets';
import { type Anomaly, findAnomalies, type SeriesDay } from './anomalies';
import { filtersOf } from './cost-plan';
import { type CostBucket } from './cost-report';
import { CostsService } from './costs.service';
import {
  type AnomaliesQuery,
  type AnomaliesView,
  type AnomalyView,
  type ForecastQuery,
  type ForecastView,
} from './dto/outlook.dto';
import { forecastMonth } from './forecast';
import { zoneOf } from './report-range';

const HISTORY_DAYS = 56;
const DEFAULT_DAYS = 30;
const MAX_DAYS = 366;
const DAY_MS = 86_400_000;
const DEFAULT_MINIMUM = '1.00';

const weekdayOf = ({ label }: TimeBucket): number => new Date(`${label}T00:00:00Z`).getUTCDay();
const iso = (at: number): string => new Date(at).toISOString();
const isUsed = ({ total }: CostBucket): boolean => !total.isEmpty || total.cost !== 0n;

/** What a team's days of the last weeks say: of the month's end, and of days that are odd. */
@Injectable()
export class OutlookService {
  constructor(
    private readonly costs: CostsService,
    private readonly teams: TeamsService,
    private readonly clock: Clock,
  ) {}

  async forecast(scope: TeamScope, query: ForecastQuery): Promise<ForecastView> {
    const now = this.clock.now();
    const timezone = await this.zone(scope, query.timezone);
    const today = startOfLocalDay(now, timezone);
    const month = startOfMonth(now, timezone);
    const monthEnd = startOfMonth(now, timezone, 1);
    const from = Math.min(month, startOfLocalDay(now, timezone, -HISTORY_DAYS));
    const { folded, completeUntil } = await this.costs.fold(
      scope,
      { selection: { groupings: [], filters: filtersOf(query) }, recordedUntil: null },
      cutTime(from, now + 1, timezone, 'day'),
    );
    const before = folded.filter(({ start }) => start < today);
    const history = before.slice(before.findIndex(isUsed), before.length).slice(-HISTORY_DAYS);
    const known = before.some(isUsed) ? history : [];
    const sum = (days: readonly CostBucket[]): bigint =>
      days.reduce((total, day) => total + day.total.cost, 0n);
    const spent = sum(folded.filter(({ start }) => start >= month));
    const forecast = forecastMonth({
      history: known.map((day) => ({ weekday: weekdayOf(day), cost: day.total.cost })),
      spent,
      spentToday: sum(folded.filter(({ start }) => start >= today)),
      remaining: cutTime(today, monthEnd, timezone, 'day').map(weekdayOf),
    });
    const show = (amount: bigint | undefined): string | null =>
      amount === undefined ? null : formatDollars(amount);
    return {
      month: cutTime(month, month + 1, timezone, 'month')[0]?.label ?? '',
      startingAt: iso(month),
      endingAt: iso(monthEnd),
      timezone,
      currency: 'USD',
      spent: formatDollars(spent),
      low: show(forecast?.low),
      expected: show(forecast?.expected),
      high: show(forecast?.high),
      basedOnDays: known.length,
      coverage: coverageOf(known),
      dataCompleteUntil: iso(completeUntil),
    };
  }

  async anomalies(scope: TeamScope, query: AnomaliesQuery): Promise<AnomaliesView> {
    const now = this.clock.now();
    const timezone = await this.zone(scope, query.timezone);
    const end = query.endingAt === undefined ? now : readMoment(query.endingAt);
    const start =
      query.startingAt === undefined
        ? startOfLocalDay(end, timezone, -DEFAULT_DAYS)
        : readMoment(query.startingAt);
    if (start >= end) throw InvalidInput.field('endingAt', 'must be after startingAt');
    if ((end - start) / DAY_MS > MAX_DAYS)
      throw InvalidInput.field('startingAt', `at most ${MAX_DAYS} days are judged at once`);
    const first = startOfLocalDay(start, timezone);
    const days = cutTime(startOfLocalDay(first, timezone, -HISTORY_DAYS), end, timezone, 'day');
    const { folded, completeUntil } = await this.costs.fold(
      scope,
      { selection: { groupings: ['model'], filters: new Map() }, recordedUntil: null },
      days,
    );
    const over = folded.filter((day) => day.end <= Math.min(now, completeUntil) && isWhole(day, timezone));
    const minimumAmount = query.minimumAmount ?? DEFAULT_MINIMUM;
    const minimum = parseDollars(minimumAmount);
    const judged = new Set(over.filter((day) => day.start >= first).map(({ label }) => label));
    return {
      data: [
        ...viewsOf(findAnomalies(teamSeries(over), minimum), null),
        ...modelSeries(over).flatMap(({ model, days: own }) => viewsOf(findAnomalies(own, minimum), model)),
      ].filter(({ date }) => judged.has(date)),
      startingAt: iso(start),
      endingAt: iso(end),
      timezone,
      minimumAmount,
      dataCompleteUntil: iso(completeUntil),
    };
  }

  private async zone(scope: TeamScope, asked: string | undefined): Promise<string> {
    return zoneOf(asked, (await this.teams.get(scope.teamId)).timezone);
  }
}

const isWhole = ({ start, end }: TimeBucket, timezone: string): boolean =>
  startOfLocalDay(start, timezone, 1) === end;

function coverageOf(days: readonly CostBucket[]): number | null {
  const requests = days.reduce((total, day) => total + day.total.counts.requests, 0);
  const unpriced = days.reduce((total, day) => total + day.total.counts.unpriced_requests, 0);
  return requests === 0 ? null : (requests - unpriced) / requests;
}

const toDay = (day: TimeBucket, cost: bigint): SeriesDay => ({
  date: day.label,
  weekday: weekdayOf(day),
  cost,
});

/** From the first day of use on. */
function teamSeries(days: readonly CostBucket[]): SeriesDay[] {
  const first = days.findIndex(isUsed);
  return first < 0 ? [] : days.slice(first).map((day) => toDay(day, day.total.cost));
}

/** Each model's days from its first to its last use: one that is no longer used is no anomaly of every day. */
function modelSeries(days: readonly CostBucket[]): { model: GroupView; days: SeriesDay[] }[] {
  const models = new Map<string, { model: GroupView; costs: Map<number, bigint> }>();
  for (const [index, { lines }] of days.entries()) {
    for (const { groups, total } of lines) {
      const [model] = groups;
      if (!model) continue;
      const entry = models.get(model.id ?? '') ?? { model, costs: new Map<number, bigint>() };
      entry.costs.set(index, total.cost);
      models.set(model.id ?? '', entry);
    }
  }
  return [...models.values()].map(({ model, costs }) => {
    const used = [...costs.keys()];
    const first = Math.min(...used);
    return {
      model,
      days: days
        .slice(first, Math.max(...used) + 1)
        .map((day, index) => toDay(day, costs.get(first + index) ?? 0n)),
    };
  });
}

function viewsOf(anomalies: readonly Anomaly[], model: GroupView | null): AnomalyView[] {
  return anomalies.map(({ date, direction, cost, expected, deviation }) => ({
    date,
    model,
    direction,
    cost: formatDollars(cost),
    expected: formatDollars(expected),
    deviation: formatDollars(deviation),
    currency: 'USD',
  }));
}
