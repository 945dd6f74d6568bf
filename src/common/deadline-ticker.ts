import { type Enrolled, Roster } from './roster';

/** Something that must not wait for ever. */
export interface Deadlined extends Enrolled {
  /** @param now milliseconds of `performance.now()` */
  checkDeadlines(now: number): void;
}

/**
 * One coarse timer for many waits: a wait comes into a list and leaves it, which costs less than a timer of its own.
 * A deadline is noticed at most `resolution` milliseconds late.
 */
export class DeadlineTicker {
  private readonly members = new Roster<Deadlined>();
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly resolution = 20) {}

  add(member: Deadlined): void {
    this.members.add(member);
    this.timer ??= setInterval(() => this.tick(), this.resolution).unref();
  }

  remove(member: Deadlined): void {
    this.members.remove(member);
  }

  private tick(): void {
    if (this.members.size === 0) {
      if (this.timer) clearInterval(this.timer);
      this.timer = null;
      return;
    }
    const now = performance.now();
    this.members.forEach((member) => member.checkDeadlines(now));
  }
}
