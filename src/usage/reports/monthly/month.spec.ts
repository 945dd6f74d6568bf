import { monthBefore, monthNamed } from './month';

const iso = ({ start, end }: { start: number; end: number }): string[] =>
  [start, end].map((at) => new Date(at).toISOString());

describe('A month', () => {
  it.each([
    ['2026-10', 'UTC', '2026-10-01T00:00:00.000Z', '2026-11-01T00:00:00.000Z'],
    ['2026-10', 'Asia/Kathmandu', '2026-09-30T18:15:00.000Z', '2026-10-31T18:15:00.000Z'],
    ['2026-04', 'Australia/Lord_Howe', '2026-03-31T13:00:00.000Z', '2026-04-30T13:30:00.000Z'],
    ['2026-12', 'America/St_Johns', '2026-12-01T03:30:00.000Z', '2027-01-01T03:30:00.000Z'],
  ])('named %s in %s is from %s to %s', (name, zone, start, end) => {
    const month = monthNamed(name, zone);
    expect(month && iso(month)).toEqual([start, end]);
    expect(month?.label).toBe(name);
    expect(month && monthBefore(month.end, zone, 1)).toEqual(month);
  });

  it.each(['', '2026', '2026-13', '2026-00', '2026-1', '1969-12', '2026-10-01'])('may not be %j', (name) => {
    expect(monthNamed(name, 'UTC')).toBeUndefined();
  });
});
