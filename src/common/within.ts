/** The work took longer than it may; it goes on, and nobody waits for it. */
export class TookTooLong extends Error {
  override readonly name = 'TookTooLong';
}

/** Waits for work, but no longer than the limit in milliseconds. @throws TookTooLong, and what the work throws */
export function within<T>(work: Promise<T>, limitMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new TookTooLong(`It took longer than ${limitMs} ms.`)), limitMs);
    work.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
