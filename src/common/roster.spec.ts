import { type Enrolled, Roster } from './roster';

class Member implements Enrolled {
  place = -1;
  constructor(readonly name: string) {}
}

describe('A roster', () => {
  let roster: Roster<Member>;
  let members: Member[];
  const names = (): string[] => {
    const found: string[] = [];
    roster.forEach(({ name }) => found.push(name));
    return found.sort();
  };
  const member = (name: string): Member => {
    const found = members.find((one) => one.name === name);
    if (!found) throw new Error(`There is no ${name}.`);
    return found;
  };

  beforeEach(() => {
    roster = new Roster();
    members = ['a', 'b', 'c', 'd'].map((name) => new Member(name));
    for (const one of members) roster.add(one);
  });

  it.each(['a', 'b', 'c', 'd'])('has all others once %s has left', (gone) => {
    roster.remove(member(gone));
    expect(names()).toEqual(['a', 'b', 'c', 'd'].filter((name) => name !== gone));
    expect(roster.size).toBe(3);
  });

  it('has a member once, and none that was never in it', () => {
    roster.add(member('a'));
    roster.remove(new Member('z'));
    expect(names()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('lets a member leave twice, and come back', () => {
    roster.remove(member('b'));
    roster.remove(member('b'));
    expect(names()).toEqual(['a', 'c', 'd']);
    roster.add(member('b'));
    expect(names()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('calls with each once, though they leave as they are called', () => {
    const called: string[] = [];
    roster.forEach((one) => {
      called.push(one.name);
      roster.remove(one);
    });
    expect(called.sort()).toEqual(['a', 'b', 'c', 'd']);
    expect(roster.size).toBe(0);
  });

  it('keeps its members right over any comings and goings', () => {
    const inside = new Set<Member>(members);
    for (let step = 0; step < 1_000; step += 1) {
      const one = members[(step * 7 + (step >> 3)) % 4] ?? members[0];
      if (!one) continue;
      if (inside.has(one)) {
        inside.delete(one);
        roster.remove(one);
      } else {
        inside.add(one);
        roster.add(one);
      }
      expect(names()).toEqual([...inside].map(({ name }) => name).sort());
    }
  });
});
