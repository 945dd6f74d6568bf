import { type Bucket, fullBucket, isFull, refill, spend, stateOf, waitFor } from './token-bucket';

const NOW = 1_764_000_000_000;

/** A bucket of a limit from which so many units were taken just now. */
function after(limit: number, ...units: readonly number[]): Bucket {
  return units.reduce((bucket, taken) => spend(bucket, taken), fullBucket(limit, NOW));
}

describe('A token bucket', () => {
  it.each([
    ['is full at first', after(60), 0, { remaining: 60, resetSeconds: 0 }],
    ['has what was not taken', after(60, 1), 0, { remaining: 59, resetSeconds: 1 }],
    ['gets a minute’s worth in a minute', after(60, 60), 30_000, { remaining: 30, resetSeconds: 30 }],
    ['counts whole units only', after(60, 60), 1_999, { remaining: 1, resetSeconds: 58.001 }],
    ['does not fill over its rim', after(60, 1), 3_600_000, { remaining: 60, resetSeconds: 0 }],
    ['shows a debt as nothing left', after(60, 90), 0, { remaining: 0, resetSeconds: 90 }],
    ['works a debt off first', after(60, 90), 45_000, { remaining: 15, resetSeconds: 45 }],
    ['gets back what was not used', after(60, 50, -40), 0, { remaining: 50, resetSeconds: 10 }],
    ['gets no more back than it holds', after(60, 5, -40), 0, { remaining: 60, resetSeconds: 0 }],
    ['says odd times to the millisecond', after(7, 1), 0, { remaining: 6, resetSeconds: 8.572 }],
    ['is exact for limits that no minute divides', after(7, 7), 60_000, { remaining: 7, resetSeconds: 0 }],
    ['takes the largest limit', after(2e9, 2e9), 59_999, { remaining: 1_999_966_666, resetSeconds: 0.001 }],
    [
      'is not held up by a clock that was set back',
      after(60, 60),
      -9_000,
      { remaining: 0, resetSeconds: 60 },
    ],
  ])('%s', (_name, bucket, elapsed, expected) => {
    expect(stateOf(refill(bucket, NOW + elapsed))).toEqual({ limit: bucket.limit, ...expected });
  });

  it.each([
    ['nothing for what is there', after(10, 9), 1, 0],
    ['for the missing part only', after(10, 10), 1, 6_000],
    ['for all that is missing', after(10, 10), 5, 30_000],
    ['until it is full for more than the limit', after(10, 1), 1_000, 6_000],
    ['nothing for more than the limit when it is full', after(10), 1_000, 0],
    ['for a debt too', after(10, 20), 1, 66_000],
    ['in whole milliseconds, rounded up', after(7, 7), 1, 8_572],
    ['nothing for nothing', after(10, 10), 0, 0],
  ])('makes wait %s', (_name, bucket, units, expected) => {
    expect(waitFor(bucket, units)).toBe(expected);
    expect(waitFor(refill(bucket, NOW + expected), units)).toBe(0);
  });

  it('goes on from the time that a clock was set back to', () => {
    const back = refill(after(60, 60), NOW - 3_600_000);
    expect(stateOf(refill(back, NOW - 3_599_000)).remaining).toBe(1);
  });

  it('is full again once the time is up that it says', () => {
    const bucket = after(7, 3);
    const { resetSeconds } = stateOf(bucket);
    expect(isFull(bucket)).toBe(false);
    expect(isFull(refill(bucket, NOW + resetSeconds * 1000))).toBe(true);
  });
});

/** A generator of its own, so that a failure can be repeated (mulberry32, public domain). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

describe('Whatever is asked for and whenever', () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'no more passes than the limit and what the time refilled (seed %i)',
    (seed) => {
      const random = randomFrom(seed);
      const limit = 1 + random(1_000);
      let bucket = fullBucket(limit, NOW);
      let now = NOW;
      let admitted = 0;
      for (let step = 0; step < 500; step += 1) {
        now += random(3) === 0 ? random(20_000) : random(50);
        const units = random(10) === 0 ? limit + random(limit) : random(Math.ceil(limit / 5) + 1);
        bucket = refill(bucket, now);
        if (waitFor(bucket, units) > 0) continue;
        const allowed = (limit * 60_000 + limit * (now - NOW)) / 60_000;
        // A request over the whole limit passes when all of the limit is there; what it took is owed.
        expect(admitted + Math.min(units, limit)).toBeLessThanOrEqual(allowed + 1e-6);
        admitted += units;
        bucket = spend(bucket, units);
      }
      expect(admitted).toBeGreaterThan(0);
    },
  );
});
