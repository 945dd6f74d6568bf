import { BoundedCache } from '../../common/bounded-cache';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export type Granularity = 'hour' | 'day' | 'month';

/** Half-open, UTC milliseconds. `label` is the local date: YYYY-MM-DD, YYYY-MM, or with the hour. */
export interface TimeBucket {
  readonly start: number;
  readonly end: number;
  readonly label: string;
}

interface LocalTime {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** A zone has many spellings (case, offsets), and callers choose them: more than there are zones is enough. */
const formats = new BoundedCache<string, Intl.DateTimeFormat>(1_000, Number.POSITIVE_INFINITY);

function formatFor(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(zone, format);
  return format;
}

/** Whether it is a time zone that reports can be cut in. */
export function isTimeZone(zone: string): boolean {
  try {
    formatFor(zone);
    return true;
  } catch {
    return false;
  }
}

function localTimeAt(at: number, zone: string): LocalTime {
  const fields: Record<string, number> = {};
  for (const { type, value } of formatFor(zone).formatToParts(at)) fields[type] = Number(value);
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = fields;
  return { year, month, day, hour, minute, second };
}

/** The zone's offset from UTC at a moment, in milliseconds: positive east of Greenwich. */
function offsetAt(at: number, zone: string): number {
  const local = localTimeAt(at, zone);
  const asUtc = Date.UTC(local.year, local.month - 1, local.day, local.hour, local.minute, local.second);
  return asUtc - Math.floor(at / 1000) * 1000;
}

/** A local date; a day or month beyond its range is carried over. */
interface LocalDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/**
 * The first moment of a local day. Where midnight is skipped by a change of the clocks the day
 * begins at the change; where midnight comes twice, at the first; a day that is skipped as a whole
 * begins, and ends, with the day after it.
 */
function startOfDay({ year, month, day }: LocalDate, zone: string): number {
  const midnight = Date.UTC(year, month - 1, day);
  const before = midnight - offsetAt(midnight - DAY, zone);
  const after = midnight - offsetAt(midnight + DAY, zone);
  if (before === after) return before;
  const target = dateLabel({ year, month, day });
  const fitting = [before, after].filter((at) => dateLabel(localTimeAt(at, zone)) >= target);
  return Math.min(...(fitting.length > 0 ? fitting : [before, after]));
}

/**
 * The local day that a moment is counted in. It is the date on the clock, but where clocks that have
 * passed midnight go back before it: there the new day, which has begun, goes on.
 */
function dayAt(at: number, zone: string): LocalDate {
  const { year, month, day } = localTimeAt(at, zone);
  const next = { year, month, day: day + 1 };
  return startOfDay(next, zone) <= at ? next : { year, month, day };
}

const pad = (value: number, digits = 2): string => String(value).padStart(digits, '0');

function dateLabel({ year, month, day }: LocalDate): string {
  const date = new Date(Date.UTC(year, month - 1, day));
  return `${pad(date.getUTCFullYear(), 4)}-${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())}`;
}

/** The first moment of the local month that a moment is in, or of one so many months later. */
export function startOfMonth(at: number, zone: string, monthsLater = 0): number {
  const { year, month, day } = dayAt(at, zone);
  const first = new Date(Date.UTC(year, month - 1, day));
  return startOfDay(
    { year: first.getUTCFullYear(), month: first.getUTCMonth() + 1 + monthsLater, day: 1 },
    zone,
  );
}

/** The first moment of the local day that a moment is in, or of one so many days later. */
export function startOfLocalDay(at: number, zone: string, daysLater = 0): number {
  const { year, month, day } = dayAt(at, zone);
  return startOfDay({ year, month, day: day + daysLater }, zone);
}

/** The first moment of a local date (YYYY-MM-DD). */
export function startOfLocalDate(date: string, zone: string): number {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  return startOfDay({ year, month, day }, zone);
}

/** The local date (YYYY-MM-DD) that a moment is counted in: where clocks go back over midnight, the day that has begun. */
export function localDayAt(at: number, zone: string): string {
  return dateLabel(dayAt(at, zone));
}

/** The first moment at which the zone's offset is another one, in (from, to]: to the second. */
function findChange(from: number, to: number, zone: string): number {
  const offset = offsetAt(from, zone);
  let before = from;
  let after = to;
  while (after - before > 1000) {
    const middle = before + Math.floor((after - before) / 2000) * 1000;
    if (offsetAt(middle, zone) === offset) before = middle;
    else after = middle;
  }
  return after;
}

/**
 * The first moment after `at` in another local hour. An hour that comes twice is two buckets, and
 * one that a change of the clocks cuts is shorter.
 */
function nextHour(at: number, zone: string): number {
  const offset = offsetAt(at, zone);
  const next = (Math.floor((at + offset) / HOUR) + 1) * HOUR - offset;
  return offsetAt(next, zone) === offset ? next : findChange(at, next, zone);
}

/** The local hour that a moment is in. */
export function localHourAt(at: number, zone: string): { readonly start: number; readonly end: number } {
  const offset = offsetAt(at, zone);
  const full = Math.floor((at + offset) / HOUR) * HOUR - offset;
  const start = offsetAt(full, zone) === offset ? full : findChange(full, at, zone);
  return { start, end: nextHour(at, zone) };
}

function nextStart(at: number, zone: string, granularity: Granularity): number {
  if (granularity === 'hour') return nextHour(at, zone);
  return granularity === 'month' ? startOfMonth(at, zone, 1) : startOfLocalDay(at, zone, 1);
}

function labelOf(at: number, zone: string, granularity: Granularity): string {
  if (granularity === 'month') return dateLabel(dayAt(at, zone)).slice(0, 7);
  if (granularity === 'day') return dateLabel(dayAt(at, zone));
  const local = localTimeAt(at, zone);
  return `${dateLabel(local)}T${pad(local.hour)}:${pad(local.minute)}`;
}

/** The local hours, days or months of a half-open time, one after the other; the first and the last may be partial. */
export function* eachBucket(
  from: number,
  to: number,
  zone: string,
  granularity: Granularity,
): Generator<TimeBucket, void> {
  for (let start = from; start < to;) {
    const end = Math.min(nextStart(start, zone, granularity), to);
    yield { start, end, label: labelOf(start, zone, granularity) };
    start = end;
  }
}

/** Cuts a half-open time into local hours, days or months; the first and the last may be partial. */
export function cutTime(from: number, to: number, zone: string, granularity: Granularity): TimeBucket[] {
  return [...eachBucket(from, to, zone, granularity)];
}

/** The date on the clock of a zone at a moment, YYYY-MM-DD. */
export function localDateAt(at: number, zone: string): string {
  return dateLabel(localTimeAt(at, zone));
}
