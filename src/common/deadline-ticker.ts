/** Something that must not wait for ever. */
export interface Deadlined {
  /** @param now milliseconds of `performance.now()` */
  checkDeadlines(now: number): void;
}

/**
 * One coarse timer for many waits: one costs two set operations, where a timer of its own would cost ten times
 * that. A deadline is noticed at most `resolution` milliseconds late.
 */
export class DeadlineTicker {
  private readonly members = new Set<Deadlined>();
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly resolution = 20) {}

  add(member: Deadlined): void {
    this.members.add(member);
    this.timer ??= setInterval(() => this.tick(), this.resolution).unref();
  }

  remove(member: Deadlined): void {
    this.members.delete(member);
  }

  private tick(): void {
    if (this.members.size === 0) {
      if (this.timer) clearInterval(this.timer);
      this.timer = null;
      return;
    }
    const now = performance.now();
    for (const member of this.members) member.checkDeadlines(now);
  }
}
