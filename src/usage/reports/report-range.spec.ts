import { InvalidInput } from '../../common/problem';
import { countNext, resolveRange, resumeRange, takeBuckets, toCursor } from './report-range';

const at = (text: string): number => Date.parse(text);
const NOW = at('2026-11-22T10:30:00Z');

describe('The range of a report', () => {
  it('is by default the current month of the zone up to now, in days', () => {
    const range = resolveRange({}, 'Asia/Kathmandu', NOW);
    expect(range).toEqual({
      start: at('2026-10-31T18:15:00Z'),
      end: NOW,
      timezone: 'Asia/Kathmandu',
      granularity: 'day',
      page: 31,
    });
  });

  it('is that of the month of its end when only that is given: a month whole, not an empty one', () => {
    const range = resolveRange({ endingAt: '2026-11-01T00:00:00Z' }, 'UTC', NOW);
    expect([range.start, range.end]).toEqual([at('2026-10-01T00:00:00Z'), at('2026-11-01T00:00:00Z')]);
  });

  it.each([
    ['timezone', { timezone: 'Nowhere/Land' }],
    ['endingAt', { startingAt: '2026-11-02', endingAt: '2026-11-02' }],
    ['endingAt', { startingAt: '2026-11-02', endingAt: '2026-11-01' }],
    ['endingAt', { startingAt: '2027-01-01' }],
    ['bucketWidth', { startingAt: '1990-01-01', bucketWidth: '1h' as const }],
  ])('is refused by %s for %j', (field, query) => {
    try {
      resolveRange(query, 'UTC', NOW);
      throw new Error('It was not refused.');
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidInput);
      expect((error as InvalidInput).errors.map((each) => each.field)).toEqual([field]);
    }
  });

  it('is cut a page at a time into the same buckets as at once', () => {
    const range = resolveRange(
      { startingAt: '2026-03-01T05:17:00Z', endingAt: '2026-05-01', limit: 9 },
      'Australia/Lord_Howe',
      NOW,
    );
    const whole = takeBuckets(range, range.start, Number.POSITIVE_INFINITY);
    const paged = [];
    for (let from = range.start; from < range.end;) {
      const page = takeBuckets(range, from, range.page);
      expect(page.length).toBeLessThanOrEqual(9);
      paged.push(...page);
      from = page.at(-1)?.end ?? range.end;
    }
    expect(paged).toEqual(whole);
    expect(whole[0]?.start).toBe(range.start);
    expect(whole.at(-1)?.end).toBe(range.end);
  });

  it('is read in fewer buckets at once the more lines they have, and in more the fewer', () => {
    expect([countNext(1, 1, 31), countNext(2, 0, 31), countNext(16, 16, 31)]).toEqual([2, 4, 31]);
    expect([countNext(16, 100_000, 31), countNext(8, 4_000, 31), countNext(1, 50_000, 31)]).toEqual([
      1, 4, 1,
    ]);
  });

  it('goes on by a cursor, with the end that the first page had', () => {
    const first = resolveRange({ startingAt: '2026-11-01' }, 'UTC', NOW);
    const cursor = toCursor(at('2026-11-10'), first.end);
    const later = resolveRange({ startingAt: '2026-11-01' }, 'UTC', NOW + 60_000);
    expect(resumeRange(later, cursor, false)).toMatchObject({ from: at('2026-11-10'), end: NOW });
  });

  it.each([
    ['nonsense', 'x'],
    ['before the range', toCursor(at('2026-10-01'), NOW)],
    ['after its end', toCursor(NOW, NOW)],
    ['of another end', toCursor(at('2026-11-10'), NOW - 1)],
  ])('refuses a cursor that is %s', (_what, cursor) => {
    const range = resolveRange({ startingAt: '2026-11-01', endingAt: '2026-11-22T10:30:00Z' }, 'UTC', NOW);
    expect(() => resumeRange(range, cursor, true)).toThrow(InvalidInput);
  });
});
