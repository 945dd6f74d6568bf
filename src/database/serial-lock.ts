interface Waiter {
  readonly admit: () => void;
  readonly timer: NodeJS.Timeout;
}

/** A lock that is given in the order of asking; a waiter gives up after `limitMs` with an error that says why. */
export class SerialLock {
  private held = false;
  private readonly waiters = new Set<Waiter>();

  constructor(private readonly limitMs = 30_000) {}

  acquire(): Promise<void> {
    if (!this.held) {
      this.held = true;
      return Promise.resolve();
    }
    return new Promise<void>((resolve, reject) => {
      const waiter: Waiter = {
        admit: resolve,
        timer: setTimeout(() => {
          this.waiters.delete(waiter);
          reject(
            new Error(
              `Waited ${this.limitMs} ms for the database. Inside a transaction, use only its own manager: anything else waits for the transaction itself.`,
            ),
          );
        }, this.limitMs),
      };
      this.waiters.add(waiter);
    });
  }

  release(): void {
    const next = this.waiters.values().next();
    if (next.done) {
      this.held = false;
      return;
    }
    this.waiters.delete(next.value);
    clearTimeout(next.value.timer);
    next.value.admit();
  }
}
