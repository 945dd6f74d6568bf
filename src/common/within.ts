/** The work took longer than it may; it goes on, and nobody waits for it. */
export class TookTooLong extends Error {
  override readonly name = 'TookTooLong';
}

/** Waits for work, but no longer than the limit in milliseconds. @throws TookTooLong, and what the work throws */
export function within<T>(work: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new TookTooLong(`It took longer than ${limitMs} ms.`)), limitMs);
  });
  const stop = (): void => clearTimeout(timer);
  work.then(stop, stop);
  return Promise.race([work, late]);
}
