/** What the load generator is told to do. */
export interface LoadOrder {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly calls: number;
  readonly connections: number;
}

/** How it went. Times in milliseconds. */
export interface LoadResult {
  readonly calls: number;
  readonly milliseconds: number;
  readonly p50: number;
  readonly p99: number;
  readonly failures: number;
  /** The first answer that was not 200, or why there was none. */
  readonly firstFailure: string | null;
}
