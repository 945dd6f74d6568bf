/** A limit is so many units (requests or tokens) a minute; a bucket holds at most a minute's worth. */
const MINUTE_MS = 60_000;

/**
 * What is left of a limit. Counted in parts of a unit, 60,000 to one: a millisecond then adds exactly as many
 * parts as the limit has units, and the arithmetic stays in whole numbers (2³¹ units are 1.3 × 10¹⁴ parts).
 */
export interface Bucket {
  /** Units per minute. */
  readonly limit: number;
  /** Negative while it is in debt. */
  readonly parts: number;
  /** UTC milliseconds of the last change. */
  readonly at: number;
}

export interface BucketState {
  /** Units per minute. */
  readonly limit: number;
  /** Whole units that may be taken now. */
  readonly remaining: number;
  /** Seconds until the bucket is full, to the millisecond. */
  readonly resetSeconds: number;
}

const rimOf = ({ limit }: Pick<Bucket, 'limit'>): number => limit * MINUTE_MS;

export function fullBucket(limit: number, now: number): Bucket {
  return { limit, parts: rimOf({ limit }), at: now };
}

/** The bucket as time has refilled it. A clock that was set back refills nothing, and holds nothing up. */
export function refill(bucket: Bucket, now: number): Bucket {
  const elapsed = Math.max(0, now - bucket.at);
  return { ...bucket, parts: Math.min(rimOf(bucket), bucket.parts + elapsed * bucket.limit), at: now };
}

/**
 * Milliseconds until so many units may be taken; 0 for now. More than the whole limit may be taken from a full
 * bucket, or it could never be.
 */
export function waitFor(bucket: Bucket, units: number): number {
  const missing = Math.min(units, bucket.limit) * MINUTE_MS - bucket.parts;
  return missing <= 0 ? 0 : Math.ceil(missing / bucket.limit);
}

/** Takes units, or with a negative number puts them back. The bucket may go into debt, but not over its rim. */
export function spend(bucket: Bucket, units: number): Bucket {
  return { ...bucket, parts: Math.min(rimOf(bucket), bucket.parts - units * MINUTE_MS) };
}

export function isFull(bucket: Bucket): boolean {
  return bucket.parts >= rimOf(bucket);
}

export function stateOf(bucket: Bucket): BucketState {
  const missing = rimOf(bucket) - bucket.parts;
  return {
    limit: bucket.limit,
    remaining: Math.max(0, Math.floor(bucket.parts / MINUTE_MS)),
    resetSeconds: Math.max(0, Math.ceil(missing / bucket.limit)) / 1000,
  };
}
