import { type TeamScope } from '../common/tenancy/team-scope';
import { RememberedItems } from './remembered-items';

const HOUR = 60 * 60_000;
const team = (teamId: string): TeamScope => ({ teamId }) as TeamScope;
const A = team('a');
const B = team('b');

function open(): { items: RememberedItems; clock: { time: number } } {
  const clock = { time: 0, now: () => clock.time, date: () => new Date(clock.time) };
  return { items: new RememberedItems(clock), clock };
}

describe('RememberedItems', () => {
  it('finds an item of the same team, as it was kept', () => {
    const { items } = open();
    const item = { id: 'msg_1', content: [{ text: 'Grüße 🙂' }] };
    items.keep(A, 'msg_1', item);
    expect(items.find(A, 'msg_1')).toEqual(item);
    expect(items.find(A, 'msg_2')).toBeUndefined();
    expect(items.find(B, 'msg_1')).toBeUndefined();
  });

  it('keeps the last of two items of one id', () => {
    const { items } = open();
    items.keep(A, 'x', { v: 1 });
    items.keep(A, 'x', { v: 2 });
    expect(items.find(A, 'x')).toEqual({ v: 2 });
  });

  it('forgets after an hour', () => {
    const { items, clock } = open();
    items.keep(A, 'x', {});
    clock.time = HOUR - 1;
    expect(items.find(A, 'x')).toEqual({});
    clock.time = HOUR;
    expect(items.find(A, 'x')).toBeUndefined();
  });

  it('forgets the oldest of a team beyond 2,000', () => {
    const { items } = open();
    items.keep(B, 'x', {});
    for (let n = 0; n <= 2000; n += 1) items.keep(A, `i${n}`, {});
    expect(items.find(A, 'i0')).toBeUndefined();
    expect(items.find(A, 'i1')).toEqual({});
    expect(items.find(A, 'i2000')).toEqual({});
    expect(items.find(B, 'x')).toEqual({});
  });

  it('and beyond 4 MiB', () => {
    const { items } = open();
    const text = 'x'.repeat(500_000);
    for (let n = 0; n < 6; n += 1) items.keep(A, `i${n}`, { text });
    expect(items.find(A, 'i1')).toBeUndefined();
    expect(items.find(A, 'i2')).toEqual({ text });
  });

  it('does not keep what is larger than that, and nothing else goes for it', () => {
    const { items } = open();
    items.keep(A, 'small', {});
    items.keep(A, 'large', { text: 'x'.repeat(5_000_000) });
    expect(items.find(A, 'large')).toBeUndefined();
    expect(items.find(A, 'small')).toEqual({});
  });

  it('forgets beyond 32 MiB those of the teams that were idle the longest', () => {
    const { items } = open();
    const item = { text: 'x'.repeat(1_500_000) };
    for (let n = 0; n < 20; n += 1) items.keep(team(`t${n}`), 'x', item);
    const kept = Array.from({ length: 20 }, (_, n) => items.find(team(`t${n}`), 'x') !== undefined);
    expect(kept.indexOf(true)).toBe(9);
    expect(kept.lastIndexOf(false)).toBe(8);
  });
});
