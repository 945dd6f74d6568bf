import { isISO8601 } from 'class-validator';
import { Obeys } from './rules';

/** ISO 8601 has forms that no engine of JavaScript reads (weeks, days of the year); these are left. */
const FORM = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * The moment of an ISO 8601 text from 1970 on, in UTC milliseconds; null when it is none. A time
 * without an offset is UTC, wherever the server runs.
 */
export function toMilliseconds(text: string): number | null {
  const match = FORM.exec(text);
  if (!match || !isISO8601(text, { strict: true })) return null;
  const at = Date.parse(match[1] === undefined && text.length > 10 ? `${text}Z` : text);
  return at >= 0 ? at : null;
}

/** A text that `toMilliseconds` reads. */
export function IsMoment(): PropertyDecorator {
  return Obeys((value) =>
    typeof value === 'string' && toMilliseconds(value) !== null
      ? null
      : 'must be a valid ISO 8601 date string such as 2026-11-22T10:00:00Z, from 1970 on',
  );
}

/** A checked text as a moment. @throws RangeError for a text that `IsMoment` refuses */
export function readMoment(text: string): number {
  const at = toMilliseconds(text);
  if (at === null) throw new RangeError(`"${text}" is not a moment.`);
  return at;
}
