/** The request that is sent again and again. */
export interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** So many connections that each make one call after the other. */
export interface ClosedLoop {
  readonly kind: 'closed';
  readonly calls: number;
  readonly connections: number;
}

/** Calls that begin at even distances, whether or not earlier ones have ended. */
export interface OpenLoop {
  readonly kind: 'open';
  readonly calls: number;
  readonly perSecond: number;
}

export type LoadShape = ClosedLoop | OpenLoop;

/** What the load generator is told to do. */
export interface LoadOrder {
  readonly target: Target;
  readonly shape: LoadShape;
}

/** Milliseconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

export interface LoadResult {
  readonly calls: number;
  readonly milliseconds: number;
  /** From the request's sending to the answer's last byte. */
  readonly duration: Percentiles;
  /** From the upstream's writing of its first byte to its arrival; null where no answer said when it was written. */
  readonly firstByte: Percentiles | null;
  readonly failures: number;
  /** The first answer that was not 200 or not whole, or why there was none. */
  readonly firstFailure: string | null;
}

/** What the load generator says: `begun` once every answer of an open loop has begun. */
export type LoadMessage = { readonly begun: true } | { readonly result: LoadResult };
