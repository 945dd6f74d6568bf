import { pause } from '../../common/pause';

/** Is told what became of a member. */
export interface Outcome<T, R = null> {
  committed(result: R | null, member: T): void;
  failed(error: unknown, member: T): void;
}

interface Waiting<T, R> {
  readonly member: T;
  readonly outcome: Outcome<T, R>;
}

export interface GroupCommitOptions {
  /** Members of one commit at most. */
  readonly maxBatch: number;
  /** Members that may wait; one more is refused. */
  readonly maxWaiting: number;
  /** For members that nobody waits for: how long a commit waits for more of them, in milliseconds. Absent: not at all. */
  readonly lingerMs?: number;
}

/** More members wait for a commit than may: the database does not keep up or is away. */
export class GroupCommitFull extends Error {
  override readonly name = 'GroupCommitFull';
}

/**
 * Shares the cost of a commit: members that come while one is in flight join the next, in their
 * order, so a member waits for two commits at most. When a commit of several fails, each is
 * committed alone, so that one member's error is never another's.
 */
export class GroupCommit<T, R = null> {
  private waiting: Waiting<T, R>[] = [];
  private flushing: Promise<void> | null = null;

  constructor(
    /**
     * Commits members in their order; what each is told stands at its index, null where there is nothing to tell.
     * `again`: the member was in a commit that failed, of which nobody knows whether it came through.
     */
    private readonly commit: (members: readonly T[], again: boolean) => Promise<readonly (R | null)[] | null>,
    private readonly options: GroupCommitOptions,
  ) {}

  /** Members that are not committed yet. */
  get size(): number {
    return this.waiting.length;
  }

  /** Resolves when the member is committed, with what it is told. @throws what its commit threw, or GroupCommitFull */
  submit(member: T): Promise<R | null> {
    if (this.waiting.length >= this.options.maxWaiting) {
      return Promise.reject(new GroupCommitFull(`${this.waiting.length} members wait for a commit already.`));
    }
    return new Promise<R | null>((committed, failed) => this.put(member, { committed, failed }));
  }

  /** The same without a limit and a promise, for members that nobody waits for: they can share what is told of them. */
  put(member: T, outcome: Outcome<T, R>): void {
    this.waiting.push({ member, outcome });
    this.flushing ??= this.flush();
  }

  /** Resolves when nothing waits and nothing is in flight. */
  async drain(): Promise<void> {
    while (this.flushing) await this.flushing;
  }

  private async flush(): Promise<void> {
    // Members of the same turn of the event loop share the first commit already.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      await this.linger();
      const batch = this.waiting.slice(0, this.options.maxBatch);
      this.waiting = this.waiting.slice(batch.length);
      await this.commitBatch(batch);
    }
    this.flushing = null;
  }

  /** A commit costs as much for one member as for a hundred. A full batch waits for no more. */
  private async linger(): Promise<void> {
    const { lingerMs, maxBatch } = this.options;
    if (lingerMs === undefined || this.waiting.length >= maxBatch) return;
    await pause(lingerMs);
  }

  private async commitBatch(batch: readonly Waiting<T, R>[], again = false): Promise<void> {
    let results: readonly (R | null)[] | null;
    try {
      results = await this.commit(
        batch.map(({ member }) => member),
        again,
      );
    } catch (error) {
      const [only] = batch;
      if (only && batch.length === 1) only.outcome.failed(error, only.member);
      else for (const single of batch) await this.commitBatch([single], true);
      return;
    }
    batch.forEach(({ member, outcome }, index) => outcome.committed(results?.[index] ?? null, member));
  }
}
