import { type SqlReader } from '../../database/database';

/** For so long after its end a month waits for calls that began in it, and cannot be closed. */
export const PERIOD_GRACE_MS = 15 * 60_000;

/** Asked of whoever closes months: a closed month's numbers stay, so what corrects them counts later. */
export interface PeriodLocks {
  /**
   * When a correction of an event counts in reports, UTC milliseconds: the event's own moment while its
   * month is open, otherwise `now`, which lies in an open month.
   * @param teamId the team's id
   * @param occurredAt the event's moment, UTC milliseconds
   * @param runner the transaction that will write the correction: ask the database through it alone
   */
  bookingMoment(teamId: string, occurredAt: number, now: number, runner: SqlReader): number | Promise<number>;
}

export const PERIOD_LOCKS = Symbol('PeriodLocks');
