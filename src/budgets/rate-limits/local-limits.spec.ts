import { grantTeamScope } from '../../common/tenancy/team-scope';
import { type Charge, type LimitedCaller, listSubjects, toCharges } from './limited-subject';
import { LocalLimits } from './local-limits';
import { RateLimited } from './rate-limited';

const START = 1_764_000_000_000;

describe('Limits in memory', () => {
  let now: number;
  let limits: LocalLimits;

  beforeEach(() => {
    now = START;
    limits = new LocalLimits({ now: () => now, date: () => new Date(now) });
  });

  /** What a call takes of its key alone. */
  const limiter = {
    take: (caller: LimitedCaller, tokens: number) => {
      const charges = chargesOf(caller, tokens);
      return charges.length === 0 ? null : limits.take(charges);
    },
    correct: (caller: LimitedCaller, expected: number, counted: number) =>
      limits.correct(chargesOf(caller, expected), counted),
    get size(): number {
      return limits.size;
    },
  };

  function chargesOf(caller: LimitedCaller, tokens: number): Charge[] {
    return listSubjects(caller, undefined).map((subject) => ({ subject, tokens }));
  }

  const caller = (
    requestsPerMinute: number | null,
    tokensPerMinute: number | null,
    apiKeyId: string | null = 'key-1',
  ): LimitedCaller => ({
    scope: grantTeamScope('team-1'),
    apiKeyId,
    apiKeyName: 'ada',
    requestsPerMinute,
    tokensPerMinute,
  });

  function refusalOf(work: () => unknown): RateLimited {
    try {
      work();
    } catch (error) {
      if (error instanceof RateLimited) return error;
      throw error;
    }
    throw new Error('It was not refused.');
  }

  it.each([
    ['a key without limits', caller(null, null)],
    ['the admin key', caller(null, null, null)],
  ])('has nothing to say of %s, and remembers nothing', (_name, free) => {
    expect(limiter.take(free, 1_000_000)).toBeNull();
    limiter.correct(free, 1, 1_000_000);
    expect(limiter.size).toBe(0);
  });

  it('says what is left of each limit', () => {
    expect(limiter.take(caller(60, null), 10)).toEqual({
      requests: { limit: 60, remaining: 59, resetSeconds: 1 },
      tokens: null,
    });
    expect(limiter.take(caller(null, 6_000, 'key-2'), 100)).toEqual({
      requests: null,
      tokens: { limit: 6_000, remaining: 5_900, resetSeconds: 1 },
    });
  });

  it('refuses requests over the limit until time has refilled it', () => {
    const limited = caller(2, null);
    limiter.take(limited, 0);
    limiter.take(limited, 0);
    const refusal = refusalOf(() => limiter.take(limited, 0));
    expect(refusal).toMatchObject({
      status: 429,
      code: 'rate_limit_exceeded',
      retryAfterSeconds: 30,
      headers: { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1m0s' },
    });
    expect(refusal.message).toMatch(/"ada" has a limit of 2 requests a minute.* in 30 seconds/);
    now += 29_999;
    refusalOf(() => limiter.take(limited, 0));
    now += 1;
    expect(limiter.take(limited, 0)?.requests?.remaining).toBe(0);
  });

  it('refuses tokens over the limit, and takes no request with it', () => {
    const limited = caller(10, 1_000);
    limiter.take(limited, 900);
    const refusal = refusalOf(() => limiter.take(limited, 200));
    expect(refusal.message).toMatch(/1000 tokens a minute \(about 200 were expected/);
    expect(refusal.retryAfterSeconds).toBe(6);
    expect(refusal.state).toMatchObject({ requests: { remaining: 9 }, tokens: { remaining: 100 } });
    expect(limiter.take(limited, 100)?.requests?.remaining).toBe(8);
  });

  it('names the limit that has to be waited for longest', () => {
    const limited = caller(1, 1_000);
    limiter.take(limited, 900);
    expect(refusalOf(() => limiter.take(limited, 200)).message).toMatch(/requests a minute/);
  });

  it('lets a call that is larger than the limit pass when nothing was used', () => {
    const limited = caller(null, 1_000);
    expect(limiter.take(limited, 5_000)?.tokens).toEqual({ limit: 1_000, remaining: 0, resetSeconds: 300 });
    now += 299_000;
    refusalOf(() => limiter.take(limited, 5_000));
    now += 1_000;
    limiter.take(limited, 5_000);
  });

  it.each([
    ['gives back what was not used', 100, { remaining: 900, resetSeconds: 6 }],
    ['gives all back for a call that used nothing', 0, { remaining: 1_000, resetSeconds: 0 }],
  ])('%s', (_name, counted, expected) => {
    const limited = caller(null, 1_000);
    limiter.take(limited, 800);
    limiter.correct(limited, 800, counted);
    expect(limiter.take(limited, 0)?.tokens).toEqual({ limit: 1_000, ...expected });
  });

  it('goes into debt for what was used beyond, and admits nothing until it is paid', () => {
    const limited = caller(null, 1_000);
    limiter.take(limited, 800);
    limiter.correct(limited, 800, 1_500);
    const refusal = refusalOf(() => limiter.take(limited, 0));
    expect(refusal.retryAfterSeconds).toBe(30);
    expect(refusal.state.tokens).toEqual({ limit: 1_000, remaining: 0, resetSeconds: 90 });
    now += 30_000;
    expect(limiter.take(limited, 0)?.tokens?.remaining).toBe(0);
  });

  it('keeps keys apart', () => {
    limiter.take(caller(1, null, 'a'), 0);
    expect(limiter.take(caller(1, null, 'b'), 0)?.requests?.remaining).toBe(0);
    refusalOf(() => limiter.take(caller(1, null, 'a'), 0));
  });

  it('begins anew with a limit that was changed', () => {
    limiter.take(caller(1, null), 0);
    expect(limiter.take(caller(5, null), 0)?.requests?.remaining).toBe(4);
  });

  it('remembers no more than 50,000 keys, and forgets first what comes back as it was', () => {
    const busy = caller(1, null, 'busy');
    limiter.take(busy, 0);
    const idle = caller(60, null, 'idle');
    limiter.take(idle, 0);
    now += 2_000;
    for (let index = 0; limiter.size < 50_000; index += 1) limiter.take(caller(1, null, `key-${index}`), 0);
    limiter.take(caller(1, null, 'one more'), 0);
    expect(limiter.size).toBe(50_000);
    refusalOf(() => limiter.take(busy, 0));
    limiter.take(caller(1, null, 'yet another'), 0);
    limiter.take(busy, 0);
    expect(limiter.size).toBe(50_000);
  });

  describe('of a team', () => {
    const team = { name: 'research', requestsPerMinute: 3, tokensPerMinute: 1_000 };
    const chargesFor = (key: LimitedCaller, tokens: number): Charge[] =>
      toCharges(listSubjects(key, team), tokens);

    it('hold for all its keys together, and for the admin key', () => {
      limits.take(chargesFor(caller(null, null, 'a'), 100));
      limits.take(chargesFor(caller(10, null, 'b'), 100));
      expect(limits.take(chargesFor(caller(null, null, null), 100))).toEqual({
        requests: { limit: 3, remaining: 0, resetSeconds: 60 },
        tokens: { limit: 1_000, remaining: 700, resetSeconds: 18 },
      });
      const refusal = refusalOf(() => limits.take(chargesFor(caller(10, null, 'b'), 100)));
      expect(refusal.message).toMatch(/^The team "research" has a limit of 3 requests a minute/);
    });

    it('take nothing of the key when they refuse, nor the key of them', () => {
      const key = caller(2, null, 'a');
      limits.take(chargesFor(key, 1_000));
      refusalOf(() => limits.take(chargesFor(key, 500)));
      now += 30_000;
      expect(limits.take(chargesFor(key, 500)).requests).toMatchObject({ limit: 2, remaining: 1 });
      limits.take(chargesFor(key, 0));
      refusalOf(() => limits.take(chargesFor(key, 0)));
      now += 60_000;
      expect(limits.take(chargesFor(caller(null, null, 'b'), 0)).requests?.remaining).toBe(2);
    });

    it('say of each kind the limit that has less left', () => {
      const key = caller(100, 500, 'a');
      expect(limits.take(chargesFor(key, 200))).toMatchObject({
        requests: { limit: 3, remaining: 2 },
        tokens: { limit: 500, remaining: 300 },
      });
    });

    it('are corrected for the key and the team, each by what was taken of it', () => {
      const key = caller(null, 500, 'a');
      const charges = chargesFor(key, 5_000);
      expect(charges.map(({ tokens }) => tokens)).toEqual([500, 1_000]);
      limits.take(charges);
      limits.correct(charges, 100);
      expect(limits.take(chargesFor(key, 0)).tokens).toEqual({
        limit: 500,
        remaining: 400,
        resetSeconds: 12,
      });
      expect(limits.take(chargesFor(caller(null, null, 'b'), 0)).tokens?.remaining).toBe(900);
    });
  });
});
