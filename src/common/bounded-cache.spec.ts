import { BoundedCache } from './bounded-cache';

describe('A bounded cache', () => {
  it('gives back what was put in, an undefined key included', () => {
    const cache = new BoundedCache<string | undefined, number>(2, 100, () => 0);
    cache.set('a', 1);
    cache.set(undefined, 2);
    expect([cache.get('a'), cache.get(undefined), cache.get('b')]).toEqual([1, 2, undefined]);
  });

  it('forgets an entry when it is as old as it may be', () => {
    let now = 0;
    const cache = new BoundedCache<string, number>(2, 100, () => now);
    cache.set('a', 1);
    now = 99;
    expect(cache.get('a')).toBe(1);
    now = 100;
    expect(cache.get('a')).toBeUndefined();
  });

  it('lets the oldest go when it is full', () => {
    const cache = new BoundedCache<number, number>(3, 100, () => 0);
    for (const key of [1, 2, 3, 4]) cache.set(key, key);
    expect([1, 2, 3, 4].map((key) => cache.get(key))).toEqual([undefined, 2, 3, 4]);
  });

  it('counts an entry that is set again as new', () => {
    let now = 0;
    const cache = new BoundedCache<number, string>(2, 100, () => now);
    cache.set(1, 'old');
    cache.set(2, 'two');
    now = 50;
    cache.set(1, 'new');
    cache.set(3, 'three');
    now = 120;
    expect([cache.get(1), cache.get(2), cache.get(3)]).toEqual(['new', undefined, 'three']);
  });

  it('forgets on request, one or all', () => {
    const cache = new BoundedCache<number, number>(5, 100, () => 0);
    for (const key of [1, 2, 3]) cache.set(key, key);
    cache.delete(2);
    expect([1, 2, 3].map((key) => cache.get(key))).toEqual([1, undefined, 3]);
    cache.clear();
    expect([1, 2, 3].map((key) => cache.get(key))).toEqual([undefined, undefined, undefined]);
  });

  it('lets a value of before stand in while loading fails, for a while', async () => {
    let now = 0;
    const cache = new BoundedCache<string, number>(2, 100, () => now);
    const fails = () => Promise.reject(new Error('away'));
    await expect(cache.getOrLoad('a', fails)).rejects.toThrow('away');
    expect(await cache.getOrLoad('a', () => Promise.resolve(1))).toBe(1);
    now = 200;
    expect(await cache.getOrLoad('a', fails)).toBe(1);
    expect(await cache.getOrLoad('a', () => Promise.resolve(2))).toBe(1);
    now = 1_300;
    expect(await cache.getOrLoad('a', () => Promise.resolve(2))).toBe(2);
    now = 400_000;
    await expect(cache.getOrLoad('a', fails)).rejects.toThrow('away');
  });
});
