interface Entry<V> {
  readonly value: V;
  readonly expiresAt: number;
}

/** A cache that holds at most `size` entries, each for at most `maxAgeMs`; the oldest goes first. */
export class BoundedCache<K, V> {
  private readonly entries = new Map<K, Entry<V>>();

  constructor(
    private readonly size: number,
    private readonly maxAgeMs: number,
    private readonly now: () => number = Date.now,
  ) {}

  get(key: K): V | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    if (entry.expiresAt > this.now()) return entry.value;
    this.entries.delete(key);
    return undefined;
  }

  set(key: K, value: V): void {
    this.entries.delete(key);
    this.entries.set(key, { value, expiresAt: this.now() + this.maxAgeMs });
    if (this.entries.size <= this.size) return;
    const oldest = this.entries.keys().next();
    if (!oldest.done) this.entries.delete(oldest.value);
  }

  delete(key: K): void {
    this.entries.delete(key);
  }

  clear(): void {
    this.entries.clear();
  }
}
