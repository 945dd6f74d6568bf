/** What can be in a roster, in one at a time. */
export interface Enrolled {
  /** Its place, which the roster keeps; -1 while it is in none. */
  place: number;
}

/**
 * Members that come and go with every call. A `Set` would keep them for long: each time that it makes room the engine
 * leaves its table behind, with all that is in it and a way to the next; once one of those has grown old, it keeps
 * all that come after it from the young generation's collections.
 */
export class Roster<M extends Enrolled> {
  private readonly members: M[] = [];

  get size(): number {
    return this.members.length;
  }

  add(member: M): void {
    if (member.place >= 0) return;
    member.place = this.members.push(member) - 1;
  }

  /** Its place goes to the last one. Does nothing to one that is not there. */
  remove(member: M): void {
    const { place } = member;
    if (place < 0) return;
    const last = this.members.pop();
    if (last && last !== member) {
      this.members[place] = last;
      last.place = place;
    }
    member.place = -1;
  }

  /** Calls it with each, the last one first: it may remove the one that it is given. */
  forEach(work: (member: M) => void): void {
    for (let at = this.members.length - 1; at >= 0; at -= 1) {
      const member = this.members[at];
      if (member) work(member);
    }
  }
}
