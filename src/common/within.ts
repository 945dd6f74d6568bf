import { type Deadlined, DeadlineTicker } from './deadline-ticker';

/** The work took longer than it may; it goes on, and nobody waits for it. */
export class TookTooLong extends Error {
  override readonly name = 'TookTooLong';
}

/**
 * Waits for work, but no longer than the limit in milliseconds. Time in which this process itself could not run is
 * not held against the work: what has arrived by then is read first.
 * @throws TookTooLong, and what the work throws
 */
export function within<T>(work: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const giveUp = (): void => reject(new TookTooLong(`It took longer than ${limitMs} ms.`));
    // Timers run before sockets are read, and this after them.
    timer = setTimeout(() => setImmediate(giveUp), limitMs);
  });
  const stop = (): void => clearTimeout(timer);
  work.then(stop, stop);
  return Promise.race([work, late]);
}

const ROUGH_MS = 100;
const roughly = new DeadlineTicker(ROUGH_MS);

/** The same for limits of seconds, at less than half the cost: one is noticed up to 100 ms late. */
export function withinRoughly<T>(work: Promise<T>, limitMs: number): Promise<T> {
  const deadline = performance.now() + limitMs;
  return new Promise((resolve, reject) => {
    const wait: Deadlined = {
      place: -1,
      checkDeadlines(now) {
        if (now < deadline) return;
        roughly.remove(wait);
        setImmediate(() => reject(new TookTooLong(`It took longer than ${limitMs} ms.`)));
      },
    };
    const finish = (): void => {
      roughly.remove(wait);
      resolve(work);
    };
    roughly.add(wait);
    work.then(finish, finish);
  });
}
