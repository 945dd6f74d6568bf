const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;
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

const formats = new Map<string, Intl.DateTimeFormat>();

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

/**
 * The first moment of a local day. Where midnight is skipped by a change of the clocks the day
 * begins at the change; where midnight comes twice, at the first.
 */
function startOfDay(year: number, month: number, day: number, zone: string): number {
  const midnight = Date.UTC(year, month - 1, day);
  const candidates = [midnight - offsetAt(midnight - DAY, zone), midnight - offsetAt(midnight + DAY, zone)];
  const target = new Date(midnight).toISOString().slice(0, 10);
  const fitting = candidates.filter((at) => dateLabel(localTimeAt(at, zone)) === target);
  return Math.min(...(fitting.length > 0 ? fitting : candidates));
}

const pad = (value: number, digits = 2): string => String(value).padStart(digits, '0');

function dateLabel({ year, month, day }: LocalTime): string {
  return `${pad(year, 4)}-${pad(month)}-${pad(day)}`;
}

/** The local day that a moment is in, as YYYY-MM-DD. */
export function localDateOf(at: number, zone: string): string {
  return dateLabel(localTimeAt(at, zone));
}

/** The first moment of the local month that a moment is in, or of one so many months later. */
export function startOfMonth(at: number, zone: string, monthsLater = 0): number {
  const { year, month } = localTimeAt(at, zone);
  const first = new Date(Date.UTC(year, month - 1 + monthsLater, 1));
  return startOfDay(first.getUTCFullYear(), first.getUTCMonth() + 1, 1, zone);
}

/** The first moment of the local day that a moment is in, or of one so many days later. */
export function startOfLocalDay(at: number, zone: string, daysLater = 0): number {
  const { year, month, day } = localTimeAt(at, zone);
  const date = new Date(Date.UTC(year, month - 1, day + daysLater));
  return startOfDay(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), zone);
}

/**
 * The first moment after `at` in another local hour. An hour that comes twice is two buckets, and
 * one that a change of the clocks cuts is shorter: a change never falls inside a quarter of an hour.
 */
function nextHour(at: number, zone: string): number {
  const offset = offsetAt(at, zone);
  const next = (Math.floor((at + offset) / HOUR) + 1) * HOUR - offset;
  for (let quarter = (Math.floor(at / QUARTER) + 1) * QUARTER; quarter < next; quarter += QUARTER) {
    if (offsetAt(quarter, zone) !== offset) return quarter;
  }
  return next;
}

function nextStart(at: number, zone: string, granularity: Granularity): number {
  if (granularity === 'hour') return nextHour(at, zone);
  return granularity === 'day' ? startOfLocalDay(at, zone, 1) : startOfMonth(at, zone, 1);
}

function labelOf(at: number, zone: string, granularity: Granularity): string {
  const local = localTimeAt(at, zone);
  const date = dateLabel(local);
  if (granularity === 'month') return date.slice(0, 7);
  return granularity === 'day' ? date : `${date}T${pad(local.hour)}:${pad(local.minute)}`;
}

/** Cuts a half-open time into local hours, days or months; the first and the last may be partial. */
export function cutTime(from: number, to: number, zone: string, granularity: Granularity): TimeBucket[] {
  const buckets: TimeBucket[] = [];
  for (let start = from; start < to;) {
    const end = Math.min(nextStart(start, zone, granularity), to);
    buckets.push({ start, end, label: labelOf(start, zone, granularity) });
    start = end;
  }
  return buckets;
}
