/** A job that one instance at a time runs: one file in the module that owns it, registered with JobRunner. */
export interface Job {
  /** Stable, at most 64 characters: it names the lease and the runs. */
  readonly name: string;
  /** Milliseconds between runs. */
  readonly every: number;
  /** Does the work; returns what it did in a few words, or null when there was nothing to do. */
  run(): Promise<string | null>;
}
