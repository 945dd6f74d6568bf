interface Entry<V> {
  readonly value: V;
  readonly loadedAt: number;
  readonly freshUntil: number;
}

/** How long an aged value may stand in for one that cannot be loaded, in milliseconds. */
const LONGEST_STAND_IN_MS = 5 * 60_000;
/** How long a stand-in serves before loading is tried again. */
const RETRY_MS = 1_000;

/** A cache that holds at most `size` entries, each fresh for `maxAgeMs`; the oldest goes first. */
export class BoundedCache<K, V> {
  private readonly entries = new Map<K, Entry<V>>();

  constructor(
    private readonly size: number,
    private readonly maxAgeMs: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** The value while it is fresh. */
  get(key: K): V | undefined {
    const entry = this.entries.get(key);
    return entry && entry.freshUntil > this.now() ? entry.value : undefined;
  }

  set(key: K, value: V): void {
    const now = this.now();
    this.entries.delete(key);
    this.entries.set(key, { value, loadedAt: now, freshUntil: now + this.maxAgeMs });
    if (this.entries.size <= this.size) return;
    const oldest = this.entries.keys().next();
    if (!oldest.done) this.entries.delete(oldest.value);
  }

  /**
   * The fresh value, or one that is loaded. When loading fails, the value of before stands in for a
   * while (five minutes at most), so that an outage of the database does not stop what is known.
   */
  async getOrLoad(key: K, load: () => Promise<V>): Promise<V> {
    const fresh = this.get(key);
    if (fresh !== undefined) return fresh;
    try {
      const value = await load();
      this.set(key, value);
      return value;
    } catch (error) {
      const aged = this.standIn(key);
      if (aged === undefined) throw error;
      return aged;
    }
  }

  /** The value of before, to stand in for one that could not be loaded; undefined when there is none. */
  standIn(key: K): V | undefined {
    const entry = this.entries.get(key);
    const now = this.now();
    if (!entry || entry.loadedAt + LONGEST_STAND_IN_MS < now) return undefined;
    this.entries.set(key, { ...entry, freshUntil: now + RETRY_MS });
    return entry.value;
  }

  delete(key: K): void {
    this.entries.delete(key);
  }

  clear(): void {
    this.entries.clear();
  }
}
