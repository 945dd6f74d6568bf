import { cutTime, type Granularity, isTimeZone, startOfLocalDay, startOfMonth } from './time-buckets';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const at = (text: string): number => Date.parse(text);
const iso = (moment: number): string => new Date(moment).toISOString().replace(':00.000Z', 'Z');

/** [zone, from, to, the starts of the days in UTC with their label and their hours] */
const DAYS: readonly [string, string, string, [string, string, number][]][] = [
  [
    'UTC',
    '2024-02-28T00:00Z',
    '2024-03-02T00:00Z',
    [
      ['2024-02-28', '2024-02-28T00:00Z', 24],
      ['2024-02-29', '2024-02-29T00:00Z', 24],
      ['2024-03-01', '2024-03-01T00:00Z', 24],
    ],
  ],
  [
    'Europe/Berlin',
    '2026-03-28T23:00Z',
    '2026-03-30T22:00Z',
    [
      ['2026-03-29', '2026-03-28T23:00Z', 23],
      ['2026-03-30', '2026-03-29T22:00Z', 24],
    ],
  ],
  ['Europe/Berlin', '2026-10-24T22:00Z', '2026-10-25T23:00Z', [['2026-10-25', '2026-10-24T22:00Z', 25]]],
  ['Asia/Kathmandu', '2026-05-01T18:15Z', '2026-05-02T18:15Z', [['2026-05-02', '2026-05-01T18:15Z', 24]]],
  ['America/St_Johns', '2026-03-08T03:30Z', '2026-03-09T02:30Z', [['2026-03-08', '2026-03-08T03:30Z', 23]]],
  // Clocks that are put on by half an hour.
  [
    'Australia/Lord_Howe',
    '2026-10-03T13:30Z',
    '2026-10-04T13:00Z',
    [['2026-10-04', '2026-10-03T13:30Z', 23.5]],
  ],
  [
    'Australia/Lord_Howe',
    '2026-04-04T13:00Z',
    '2026-04-05T13:30Z',
    [['2026-04-05', '2026-04-04T13:00Z', 24.5]],
  ],
  // A midnight that is skipped: the day begins at one o'clock.
  [
    'America/Sao_Paulo',
    '2018-11-03T03:00Z',
    '2018-11-05T02:00Z',
    [
      ['2018-11-03', '2018-11-03T03:00Z', 24],
      ['2018-11-04', '2018-11-04T03:00Z', 23],
    ],
  ],
  ['Africa/Cairo', '2026-04-23T22:00Z', '2026-04-24T21:00Z', [['2026-04-24', '2026-04-23T22:00Z', 23]]],
  ['Asia/Beirut', '2026-03-28T22:00Z', '2026-03-29T21:00Z', [['2026-03-29', '2026-03-28T22:00Z', 23]]],
  // Clocks that go back at midnight: the day before is longer.
  ['Africa/Cairo', '2026-10-28T21:00Z', '2026-10-29T22:00Z', [['2026-10-29', '2026-10-28T21:00Z', 25]]],
  ['America/Sao_Paulo', '2018-02-17T02:00Z', '2018-02-18T03:00Z', [['2018-02-17', '2018-02-17T02:00Z', 25]]],
  // A midnight that comes twice: the day begins at the first.
  ['America/Havana', '2026-11-01T04:00Z', '2026-11-02T05:00Z', [['2026-11-01', '2026-11-01T04:00Z', 25]]],
  // A day that a zone skipped as a whole.
  [
    'Pacific/Apia',
    '2011-12-29T10:00Z',
    '2011-12-31T10:00Z',
    [
      ['2011-12-29', '2011-12-29T10:00Z', 24],
      ['2011-12-31', '2011-12-30T10:00Z', 24],
    ],
  ],
  // One minute after midnight clocks went back before it: the new day goes on.
  [
    'America/St_Johns',
    '2010-11-06T02:30Z',
    '2010-11-08T03:30Z',
    [
      ['2010-11-06', '2010-11-06T02:30Z', 24],
      ['2010-11-07', '2010-11-07T02:30Z', 25],
    ],
  ],
];

describe('Local days', () => {
  it.each(DAYS)('of %s from %s begin and end with the calendar of the zone', (zone, from, to, days) => {
    const cut = cutTime(at(from), at(to), zone, 'day');
    expect(cut.map(({ label, start, end }) => [label, iso(start), (end - start) / HOUR])).toEqual(days);
  });

  it.each(DAYS)('of %s from %s are the same when they are cut from the middle of one', (zone, from, to) => {
    const whole = cutTime(at(from), at(to), zone, 'day');
    for (const { start, end, label } of whole) {
      for (let moment = start; moment < end; moment += 17 * MINUTE) {
        const [first] = cutTime(moment, end + DAY, zone, 'day');
        expect(first).toEqual({ start: moment, end, label });
        expect(startOfLocalDay(moment, zone)).toBe(start);
      }
    }
  });
});

describe('Local months', () => {
  it.each<[string, string, string, [string, string][]]>([
    [
      'UTC',
      '2023-12-31T00:00Z',
      '2024-03-01T00:00Z',
      [
        ['2023-12', '2023-12-31T00:00Z'],
        ['2024-01', '2024-01-01T00:00Z'],
        ['2024-02', '2024-02-01T00:00Z'],
      ],
    ],
    [
      'Asia/Kathmandu',
      '2026-01-31T18:14Z',
      '2026-02-28T18:16Z',
      [
        ['2026-01', '2026-01-31T18:14Z'],
        ['2026-02', '2026-01-31T18:15Z'],
        ['2026-03', '2026-02-28T18:15Z'],
      ],
    ],
  ])('of %s from %s to %s begin at their first midnight', (zone, from, to, months) => {
    const cut = cutTime(at(from), at(to), zone, 'month');
    expect(cut.map(({ label, start }) => [label, iso(start)])).toEqual(months);
  });

  it.each<[string, string, number, string]>([
    ['2026-03-31T12:00Z', 'UTC', 0, '2026-03-01T00:00Z'],
    ['2026-03-31T12:00Z', 'UTC', -1, '2026-02-01T00:00Z'],
    ['2026-03-31T12:00Z', 'UTC', 1, '2026-04-01T00:00Z'],
    ['2026-01-31T12:00Z', 'UTC', -1, '2025-12-01T00:00Z'],
    ['2026-12-31T23:30Z', 'Europe/Berlin', 0, '2026-12-31T23:00Z'],
    ['2026-12-31T22:30Z', 'Europe/Berlin', 1, '2026-12-31T23:00Z'],
  ])('counted from %s in %s, %i months later, begin at %s', (moment, zone, later, start) => {
    expect(iso(startOfMonth(at(moment), zone, later))).toBe(start);
  });
});

describe('Local hours', () => {
  it.each<[string, string, string, [string, string, number][]]>([
    [
      'Asia/Kathmandu',
      '2026-05-01T18:00Z',
      '2026-05-01T19:30Z',
      [
        ['2026-05-01T23:45', '2026-05-01T18:00Z', 15],
        ['2026-05-02T00:00', '2026-05-01T18:15Z', 60],
        ['2026-05-02T01:00', '2026-05-01T19:15Z', 15],
      ],
    ],
    [
      'Europe/Berlin',
      '2026-10-25T00:00Z',
      '2026-10-25T02:00Z',
      [
        ['2026-10-25T02:00', '2026-10-25T00:00Z', 60],
        ['2026-10-25T02:00', '2026-10-25T01:00Z', 60],
      ],
    ],
    [
      'Australia/Lord_Howe',
      '2026-04-04T14:00Z',
      '2026-04-04T16:30Z',
      [
        ['2026-04-05T01:00', '2026-04-04T14:00Z', 60],
        ['2026-04-05T01:30', '2026-04-04T15:00Z', 30],
        ['2026-04-05T02:00', '2026-04-04T15:30Z', 60],
      ],
    ],
    [
      'America/St_Johns',
      '2010-11-07T02:00Z',
      '2010-11-07T04:00Z',
      [
        ['2010-11-06T23:30', '2010-11-07T02:00Z', 30],
        ['2010-11-07T00:00', '2010-11-07T02:30Z', 1],
        ['2010-11-06T23:01', '2010-11-07T02:31Z', 59],
        ['2010-11-07T00:00', '2010-11-07T03:30Z', 30],
      ],
    ],
  ])('of %s from %s follow the clock on the wall', (zone, from, to, hours) => {
    const cut = cutTime(at(from), at(to), zone, 'hour');
    expect(cut.map(({ label, start, end }) => [label, iso(start), (end - start) / MINUTE])).toEqual(hours);
  });
});

describe('A cut time', () => {
  const ZONES = [
    ...new Set(DAYS.map(([zone]) => zone)),
    'Asia/Kolkata',
    'Pacific/Chatham',
    'Pacific/Kiritimati',
  ];
  const GRANULARITIES: readonly Granularity[] = ['hour', 'day', 'month'];
  /** Another way to the same calendar: the Swedish format is that of ISO 8601. */
  const wall = (moment: number, zone: string): string =>
    new Date(moment).toLocaleString('sv-SE', { timeZone: zone, hour12: false }).replace(' ', 'T');

  let seed = 1;
  const random = (limit: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % limit;
  };

  it.each(ZONES.flatMap((zone) => GRANULARITIES.map((granularity) => [zone, granularity] as const)))(
    'is tiled without gap or overlap in %s by %s, and labelled as the clock there says',
    (zone, granularity) => {
      for (let round = 0; round < (granularity === 'hour' ? 5 : 10); round += 1) {
        const from = at('1990-01-01T00:00Z') + random(40 * 365 * 24 * 60) * MINUTE + random(60_000);
        const to = from + 1 + random(granularity === 'hour' ? 2 * DAY : 60 * DAY);
        const cut = cutTime(from, to, zone, granularity);
        expect(cut[0]?.start).toBe(from);
        expect(cut.at(-1)?.end).toBe(to);
        for (const [index, { start, end, label }] of cut.entries()) {
          expect(end).toBeGreaterThan(start);
          if (index > 0) expect(start).toBe(cut[index - 1]?.end);
          const length = granularity === 'hour' ? 16 : granularity === 'day' ? 10 : 7;
          if (granularity !== 'hour' || index > 0) {
            const atEnd = wall(end - 1, zone);
            expect(label.slice(0, granularity === 'hour' ? 13 : length)).toBe(
              atEnd.slice(0, granularity === 'hour' ? 13 : length),
            );
          }
          expect(label).toHaveLength(length);
        }
        const labels = cut.map(({ label }) => label);
        if (granularity !== 'hour') expect(new Set(labels).size).toBe(labels.length);
      }
    },
  );

  it('is empty when it has no length', () => {
    expect(cutTime(5, 5, 'UTC', 'day')).toEqual([]);
  });

  it.each(['Pacific/Apia', 'Pacific/Kwajalein', 'Pacific/Kanton', 'Pacific/Kiritimati', 'Africa/Monrovia'])(
    'has every month of sixty years once, over all changes of clocks in %s',
    (zone) => {
      const labels = cutTime(at('1970-01-01T00:00Z'), at('2030-01-01T00:00Z'), zone, 'month').map(
        ({ label }) => label,
      );
      const from = at(`${labels[0]}-01T00:00Z`);
      const months = labels.map((_, index) =>
        new Date(
          Date.UTC(new Date(from).getUTCFullYear(), new Date(from).getUTCMonth() + index),
        ).toISOString(),
      );
      expect(labels).toEqual(months.map((month) => month.slice(0, 7)));
      expect(labels.length).toBeGreaterThanOrEqual(720);
    },
  );

  it.each([
    ['Pacific/Kwajalein', '1993-08-21'],
    ['Pacific/Kanton', '1994-12-31'],
    ['Pacific/Apia', '2011-12-30'],
  ])('leaves out the day that %s skipped', (zone, skipped) => {
    const middle = at(`${skipped}T12:00Z`);
    const labels = cutTime(middle - 4 * DAY, middle + 4 * DAY, zone, 'day').map(({ label }) => label);
    expect(labels).not.toContain(skipped);
    expect([...labels].sort()).toEqual(labels);
    expect(new Set(labels).size).toBe(labels.length);
  });
});

describe('A time zone', () => {
  it.each(['UTC', 'Europe/Berlin', 'america/sao_paulo', 'Asia/Kathmandu'])('may be %s', (zone) => {
    expect(isTimeZone(zone)).toBe(true);
  });

  it.each(['', 'Mars/Olympus', 'Europe/Berlin ', 'CET-1CEST', '../etc'])('may not be %j', (zone) => {
    expect(isTimeZone(zone)).toBe(false);
  });
});
