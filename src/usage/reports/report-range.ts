import { InvalidInput } from '../../common/problem';
import { readMoment } from '../../common/validation/moment';
import {
  eachBucket,
  type Granularity,
  isTimeZone,
  startOfMonth,
  type TimeBucket,
} from '../stats/time-buckets';
import { type BucketWidth, type CostsQuery } from './dto/costs.dto';

const HOUR_MS = 3_600_000;
const MAX_BUCKETS = 20_000;

/** How buckets of a width are cut, how long one is about (milliseconds), and how many a page has. */
const WIDTHS: Readonly<Record<BucketWidth, { granularity: Granularity; about: number; page: number }>> = {
  '1h': { granularity: 'hour', about: HOUR_MS, page: 24 },
  '1d': { granularity: 'day', about: 24 * HOUR_MS, page: 31 },
  '1mo': { granularity: 'month', about: 30 * 24 * HOUR_MS, page: 12 },
};

/** The time of a report, checked: half-open, UTC milliseconds. */
export interface ReportRange {
  readonly start: number;
  readonly end: number;
  readonly timezone: string;
  readonly granularity: Granularity;
  /** Buckets on a page. */
  readonly page: number;
}

type RangeQuery = Pick<CostsQuery, 'startingAt' | 'endingAt' | 'timezone' | 'bucketWidth' | 'limit'>;

/** The zone that was asked for, or the team's own. @throws InvalidInput naming `timezone` */
export function zoneOf(asked: string | undefined, teamZone: string): string {
  const timezone = asked ?? teamZone;
  if (isTimeZone(timezone)) return timezone;
  throw InvalidInput.field('timezone', `"${timezone}" is not an IANA zone such as Europe/Berlin`);
}

/** The time that a query asks for: by default the current month of the zone, up to now. @throws InvalidInput by field */
export function resolveRange(query: RangeQuery, teamZone: string, now: number): ReportRange {
  const timezone = zoneOf(query.timezone, teamZone);
  const { granularity, about, page } = WIDTHS[query.bucketWidth ?? '1d'];
  const end = query.endingAt === undefined ? now : readMoment(query.endingAt);
  const start =
    query.startingAt === undefined ? startOfMonth(end - 1, timezone) : readMoment(query.startingAt);
  if (start >= end)
    throw InvalidInput.field(
      'endingAt',
      'must be after startingAt: the time is half-open, [startingAt, endingAt)',
    );
  if ((end - start) / about > MAX_BUCKETS) {
    throw InvalidInput.field(
      'bucketWidth',
      `a report has at most ${MAX_BUCKETS} buckets; ask for wider ones, or for less time`,
    );
  }
  return { start, end, timezone, granularity, page: query.limit ?? page };
}

/** The next buckets of a range from a moment on, at most so many. */
export function takeBuckets(range: ReportRange, from: number, count: number): TimeBucket[] {
  const taken: TimeBucket[] = [];
  for (const bucket of eachBucket(from, range.end, range.timezone, range.granularity)) {
    taken.push(bucket);
    if (taken.length === count) break;
  }
  return taken;
}

/** What is read at once of a report that is sent as it is made has about so many lines. */
const LINES_AT_ONCE = 2_000;

/** How many buckets to read next, when the last ones had so many lines: a bucket may have one, or one for each user. */
export function countNext(count: number, lines: number, max: number): number {
  const fitting = Math.floor((count * LINES_AT_ONCE) / Math.max(lines, 1));
  return Math.max(1, Math.min(fitting, 2 * count, max));
}

/** Where a page ended, and the end of the whole time: a default end stays what it was on the first page. */
export function toCursor(next: number, end: number): string {
  return Buffer.from(`${next}:${end}`).toString('base64url');
}

/** The range that a cursor goes on with. @throws InvalidInput naming `cursor` */
export function resumeRange(
  range: ReportRange,
  cursor: string,
  endWasGiven: boolean,
): ReportRange & { from: number } {
  const match = /^(\d{1,16}):(\d{1,16})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  const [from, end] = match ? [Number(match[1]), Number(match[2])] : [0, 0];
  if (!match || from < range.start || from >= end || (endWasGiven && end !== range.end)) {
    throw InvalidInput.field(
      'cursor',
      'is not a cursor of this report; send nextCursor as it came with the same range, or leave it out to start anew',
    );
  }
  return { ...range, end, from };
}
