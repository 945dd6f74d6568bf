import { type Budget } from './budget';
import { NO_END, windowAt } from './budget-window';

const at = (text: string): number => Date.parse(text);

function windowOf(
  windowKind: Budget['windowKind'],
  moment: string,
  timezone = 'UTC',
  anchor: string | null = null,
): readonly [string, string] | null {
  const found = windowAt({ windowKind, timezone, anchor }, at(moment));
  return found && [new Date(found.start).toISOString(), new Date(found.end).toISOString()];
}

describe('windowAt', () => {
  it.each([
    ['hour', '2026-11-28T10:20:00Z', 'UTC', null, '2026-11-28T10:00:00.000Z', '2026-11-28T11:00:00.000Z'],
    [
      'hour',
      '2026-11-28T10:20:00Z',
      'Asia/Kathmandu',
      null,
      '2026-11-28T10:15:00.000Z',
      '2026-11-28T11:15:00.000Z',
    ],
    [
      'day',
      '2026-11-28T23:30:00Z',
      'Europe/Berlin',
      null,
      '2026-11-28T23:00:00.000Z',
      '2026-11-29T23:00:00.000Z',
    ],
    [
      'day',
      '2026-03-29T12:00:00Z',
      'Europe/Berlin',
      null,
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
    ],
    [
      'day',
      '2026-11-01T12:00:00Z',
      'America/New_York',
      null,
      '2026-11-01T04:00:00.000Z',
      '2026-11-02T05:00:00.000Z',
    ],
    ['week', '2026-11-28T10:00:00Z', 'UTC', null, '2026-11-23T00:00:00.000Z', '2026-11-30T00:00:00.000Z'],
    ['week', '2026-11-23T00:00:00Z', 'UTC', null, '2026-11-23T00:00:00.000Z', '2026-11-30T00:00:00.000Z'],
    [
      'week',
      '2026-11-28T10:00:00Z',
      'UTC',
      '2026-01-03',
      '2026-11-28T00:00:00.000Z',
      '2026-12-05T00:00:00.000Z',
    ],
    ['month', '2026-11-28T10:00:00Z', 'UTC', null, '2026-11-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z'],
    [
      'month',
      '2026-12-01T03:00:00Z',
      'America/St_Johns',
      null,
      '2026-11-01T02:30:00.000Z',
      '2026-12-01T03:30:00.000Z',
    ],
    [
      'month',
      '2026-11-14T23:59:59Z',
      'UTC',
      '2026-01-15',
      '2026-10-15T00:00:00.000Z',
      '2026-11-15T00:00:00.000Z',
    ],
    [
      'month',
      '2026-11-15T00:00:00Z',
      'UTC',
      '2026-01-15',
      '2026-11-15T00:00:00.000Z',
      '2026-12-15T00:00:00.000Z',
    ],
    [
      'month',
      '2026-02-28T12:00:00Z',
      'UTC',
      '2026-01-31',
      '2026-02-28T00:00:00.000Z',
      '2026-03-31T00:00:00.000Z',
    ],
    [
      'month',
      '2026-02-10T12:00:00Z',
      'UTC',
      '2026-01-31',
      '2026-01-31T00:00:00.000Z',
      '2026-02-28T00:00:00.000Z',
    ],
    [
      'total',
      '2026-11-28T10:00:00Z',
      'Europe/Berlin',
      '2026-11-01',
      '2026-10-31T23:00:00.000Z',
      new Date(NO_END).toISOString(),
    ],
    [
      'total',
      '2026-11-28T10:00:00Z',
      'UTC',
      null,
      '1970-01-01T00:00:00.000Z',
      new Date(NO_END).toISOString(),
    ],
  ] as const)('cuts a %s at %s in %s from %s', (kind, moment, zone, anchor, start, end) => {
    expect(windowOf(kind, moment, zone, anchor)).toEqual([start, end]);
  });

  it('has no window before the anchor of a total', () => {
    expect(windowOf('total', '2026-10-31T00:00:00Z', 'UTC', '2026-11-01')).toBeNull();
  });

  it.each(['hour', 'day', 'week', 'month'] as const)(
    'cuts a year into %ss without gap or overlap, in zones with odd offsets and changes of the clocks',
    (windowKind) => {
      for (const timezone of ['Asia/Kathmandu', 'America/St_Johns', 'Australia/Lord_Howe', 'Europe/Berlin']) {
        for (const anchor of [null, '2026-01-31']) {
          const until = at(windowKind === 'hour' ? '2026-04-20T00:00:00Z' : '2027-02-01T00:00:00Z');
          let moment = at(windowKind === 'hour' ? '2026-03-20T00:00:00Z' : '2026-01-31T12:00:00Z');
          while (moment < until) {
            const found = windowAt({ windowKind, timezone, anchor }, moment);
            if (!found) throw new Error('There is no window.');
            expect(found.start).toBeLessThanOrEqual(moment);
            expect(found.end).toBeGreaterThan(moment);
            expect(windowAt({ windowKind, timezone, anchor }, found.end - 1)).toEqual(found);
            expect(windowAt({ windowKind, timezone, anchor }, found.end)?.start).toBe(found.end);
            moment = found.end;
          }
        }
      }
    },
  );
});
