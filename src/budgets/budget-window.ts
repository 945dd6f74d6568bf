import {
  localDayAt,
  localHourAt,
  startOfLocalDate,
  startOfLocalDay,
  startOfMonth,
} from '../usage/stats/time-buckets';
import { type Budget, type BudgetWindow } from './budget';

type Cut = Pick<Budget, 'windowKind' | 'timezone' | 'anchor'>;

/** The last millisecond of the year 9999: the end of a window that has none. */
export const NO_END = 253_402_300_799_999;

const MONDAY = 1;

/**
 * The window of a budget that a moment (UTC milliseconds) is in; null before the anchor of a total. An anchor moves the
 * beginning of weeks to its weekday, and of months to its day; in a month that is too short, to the last one.
 */
export function windowAt(budget: Cut, at: number): BudgetWindow | null {
  const { timezone: zone, anchor } = budget;
  switch (budget.windowKind) {
    case 'hour':
      return localHourAt(at, zone);
    case 'day':
      return { start: startOfLocalDay(at, zone), end: startOfLocalDay(at, zone, 1) };
    case 'week':
      return weekAt(at, zone, anchor);
    case 'month':
      return monthAt(at, zone, anchor);
    case 'total': {
      const start = anchor === null ? 0 : startOfLocalDate(anchor, zone);
      return at < start ? null : { start, end: NO_END };
    }
  }
}

const weekdayOf = (date: string): number => new Date(`${date}T00:00:00Z`).getUTCDay();

function weekAt(at: number, zone: string, anchor: string | null): BudgetWindow {
  const first = anchor === null ? MONDAY : weekdayOf(anchor);
  const since = (weekdayOf(localDayAt(at, zone)) - first + 7) % 7;
  return { start: startOfLocalDay(at, zone, -since), end: startOfLocalDay(at, zone, 7 - since) };
}

function monthAt(at: number, zone: string, anchor: string | null): BudgetWindow {
  const day = anchor === null ? 1 : Number(anchor.slice(8));
  const startIn = (monthsLater: number): number => {
    const month = startOfMonth(at, zone, monthsLater);
    const next = startOfMonth(at, zone, monthsLater + 1);
    return Math.min(startOfLocalDay(month, zone, day - 1), startOfLocalDay(next, zone, -1));
  };
  const inThis = startIn(0);
  return at < inThis ? { start: startIn(-1), end: inThis } : { start: inThis, end: startIn(1) };
}
