import { Breaker } from './breaker';

describe('A breaker', () => {
  let now: number;
  let breaker: Breaker;
  beforeEach(() => {
    now = 1000;
    breaker = new Breaker(() => now);
  });

  it('lets calls through until three in a row have failed', () => {
    expect([breaker.failed(), breaker.failed(), breaker.succeeded()]).toEqual([false, false, false]);
    expect([breaker.failed(), breaker.failed(), breaker.allows()]).toEqual([false, false, true]);
    expect([breaker.failed(), breaker.allows()]).toEqual([true, false]);
  });

  it('lets one call try after a rest, and the others once that has succeeded', () => {
    for (let count = 0; count < 3; count += 1) breaker.failed();
    now += 1999;
    expect(breaker.allows()).toBe(false);
    now += 1;
    expect([breaker.allows(), breaker.allows()]).toEqual([true, false]);
    expect(breaker.failed()).toBe(false);
    expect(breaker.allows()).toBe(false);
    now += 2000;
    expect([breaker.allows(), breaker.succeeded(), breaker.allows(), breaker.allows()]).toEqual([
      true,
      true,
      true,
      true,
    ]);
  });
});
