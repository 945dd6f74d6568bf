/** The longest that the items of a long list are worked on without a pause, milliseconds. */
const SLICE_MS = 10;

/** The same items, with pauses in which all else that waits has its turn: for long work in one process. */
export async function* paced<T>(items: Iterable<T>): AsyncGenerator<T, void, undefined> {
  let pauseAt = performance.now() + SLICE_MS;
  for (const item of items) {
    yield item;
    if (performance.now() < pauseAt) continue;
    await new Promise((resolve) => setImmediate(resolve));
    pauseAt = performance.now() + SLICE_MS;
  }
}
