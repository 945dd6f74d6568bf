import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { type Redis } from 'ioredis';
import { type RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import { Clock } from '../../common/clock';
import { pause } from '../../common/pause';
import { within } from '../../common/within';
import { SETTINGS, type Settings } from '../../config/settings';
import { Breaker } from './breaker';
import { type Charge, type LimitedSubject } from './limited-subject';
import { refuse, type Reached } from './rate-limited';
import { type RateLimitState, tighterState } from './rate-limit-state';

/** How long Redis may take, milliseconds. */
const TIMEOUT_MS = 100;
/** After so long without an answer the connection is given up for a new one, milliseconds. */
const SILENCE_MS = 2_000;
/** How long the server waits for its first connection, milliseconds. */
const CONNECT_MS = 1_000;
const MINUTE_SECONDS = 60;
const PREFIX = 'studio:rate';
/** Different limits whose limiters are kept. */
const MAX_LIMITERS = 1_000;

type Kind = 'requests' | 'tokens';

/** What is left of a limit, as the library tells it. */
type Left = Pick<RateLimiterRes, 'remainingPoints' | 'consumedPoints' | 'msBeforeNext'>;

/** What was taken from one limit, in the minute that ends at `until` (UTC milliseconds). */
interface Taken {
  readonly charge: Charge;
  readonly kind: Kind;
  readonly points: number;
  readonly left: Left;
  readonly until: number;
}

/** What a call took, so that it can be corrected in the minute that it was taken from. */
export interface SharedTake {
  readonly state: RateLimitState;
  readonly taken: readonly Taken[];
}

/** Redis did not answer, or not in time. */
export class SharedLimitsFailure extends Error {
  override readonly name = 'SharedLimitsFailure';
}

/**
 * The requests and tokens per minute of API keys and teams, counted in Redis, so that they hold across instances.
 * A minute is a window that begins with its first call. Each limit is one atomic increment; what a refused call
 * added is taken away again, so a limit may refuse a moment too early, and never admits too much.
 */
@Injectable()
export class SharedLimits implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('RateLimits');
  /** Null without a Redis; set when the server starts. */
  private backend: Backend | null = null;
  /** Why the connection failed last, null since it has been there. */
  private lastError: string | null = null;
  private readonly limiters = new Map<number, RateLimiterRedis>();
  private readonly breaker: Breaker;

  constructor(
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {
    this.breaker = new Breaker(() => clock.now());
  }

  /** Waits for the connection, but not for long: a Redis that is away does not keep the server from starting. */
  async onModuleInit(): Promise<void> {
    const { redisUrl } = this.settings;
    if (redisUrl === null) return;
    this.backend = await openBackend(redisUrl);
    const { redis } = this.backend;
    // Whoever needs Redis is told by its own command, but only the connection knows why there is none.
    redis.on('error', (error) => (this.lastError = describe(error)));
    redis.on('ready', () => (this.lastError = null));
    const over = new AbortController();
    redis.once('ready', () => {
      over.abort();
    });
    await pause(CONNECT_MS, over.signal);
    if (isReady(redis)) return;
    this.logger.warn(`Redis (REDIS_URL) could not be reached yet${this.reason()}. It is tried again.`);
  }

  /** Whether there is a Redis to count in. */
  get isConfigured(): boolean {
    return this.settings.redisUrl !== null;
  }

  /**
   * Takes one request and the tokens of each charge.
   * @throws RateLimited when a limit does not have them; SharedLimitsFailure when Redis does not answer
   */
  async take(charges: readonly Charge[]): Promise<SharedTake> {
    if (!this.backend || !this.breaker.allows())
      throw new SharedLimitsFailure('Redis is left alone for a while.');
    const wanted = charges.flatMap((charge) => listPoints(charge).map((each) => ({ charge, ...each })));
    const results = await Promise.allSettled(
      wanted.map(({ charge, kind, limit, points }) => this.consume(charge, kind, limit, points)),
    );
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw this.noteFailure(failed.reason);
    if (this.breaker.succeeded()) this.logger.log('Redis answers again: the rate limits are shared.');
    const all = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const reached = findLongest(all);
    if (reached) {
      for (const each of all) this.giveBack(each, each.points);
      throw refuse(reached);
    }
    return { state: all.map(stateOf).reduce(tighterState), taken: all };
  }

  /** Puts the tokens that a call used in the place of those that were taken; it does not wait for Redis. */
  correct({ taken }: SharedTake, countedTokens: number): void {
    for (const each of taken) {
      if (each.kind !== 'tokens' || each.points === countedTokens) continue;
      if (countedTokens < each.points) this.giveBack(each, each.points - countedTokens);
      else this.send(this.limiterOf(limitOf(each)).penalty(keyOf(each), countedTokens - each.points));
    }
  }

  async onApplicationShutdown(): Promise<void> {
    this.backend?.redis.disconnect();
    await Promise.resolve();
  }

  private async consume(charge: Charge, kind: Kind, limit: number, points: number): Promise<Taken> {
    const key = `${kind}:${charge.subject.id}`;
    const at = this.clock.now();
    try {
      const left = await within(this.limiterOf(limit).consume(key, points), TIMEOUT_MS);
      return { charge, kind, points, left, until: at + left.msBeforeNext };
    } catch (error) {
      // The library tells of a limit that is reached by rejecting with what is left of it.
      if (!isLeft(error)) throw error;
      return { charge, kind, points, left: error, until: at + error.msBeforeNext };
    }
  }

  /**
   * In a later minute there is nothing to give back to: it began with all. What would only get there at its very
   * end could come too late, and is not sent.
   */
  private giveBack(taken: Taken, points: number): void {
    if (points === 0 || this.clock.now() >= taken.until - TIMEOUT_MS) return;
    this.send(this.limiterOf(limitOf(taken)).reward(keyOf(taken), points));
  }

  private send(command: Promise<unknown>): void {
    command.catch((error: unknown) => this.noteFailure(error));
  }

  private noteFailure(cause: unknown): SharedLimitsFailure {
    const failure = new SharedLimitsFailure('Redis did not answer.', { cause });
    if (this.breaker.failed()) {
      const message = `Redis does not answer${this.reason()}: the rate limits are not shared.`;
      this.logger.warn({ message, err: failure });
    }
    return failure;
  }

  /** In brackets, where the connection said one. */
  private reason(): string {
    return this.lastError === null ? '' : ` (${this.lastError})`;
  }

  private limiterOf(limit: number): RateLimiterRedis {
    const known = this.limiters.get(limit);
    if (known) return known;
    if (this.limiters.size >= MAX_LIMITERS) this.limiters.clear();
    if (!this.backend) throw new SharedLimitsFailure('There is no Redis to count in.');
    const limiter = this.backend.createLimiter(limit);
    this.limiters.set(limit, limiter);
    return limiter;
  }
}

interface Backend {
  readonly redis: Redis;
  createLimiter(limit: number): RateLimiterRedis;
}

/** Both packages take a tenth of a second and 30 MB: only who has a Redis pays for them. */
async function openBackend(url: string): Promise<Backend> {
  const [{ Redis }, { RateLimiterRedis }] = await Promise.all([
    import('ioredis'),
    import('rate-limiter-flexible'),
  ]);
  const redis = new Redis(url, {
    connectTimeout: 2_000,
    socketTimeout: SILENCE_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(2_000, 100 * attempt),
  });
  return {
    redis,
    createLimiter: (limit) =>
      new RateLimiterRedis({
        storeClient: redis,
        points: limit,
        duration: MINUTE_SECONDS,
        keyPrefix: PREFIX,
        rejectIfRedisNotReady: true,
      }),
  };
}

function isLeft(error: unknown): error is Left {
  return typeof error === 'object' && error !== null && 'msBeforeNext' in error && 'consumedPoints' in error;
}

/** Without what the error carries beside its message: of a refused password that is the command with it. */
function describe(error: Error & { readonly code?: unknown }): string {
  return error.message || (typeof error.code === 'string' ? error.code : error.name);
}

const isReady = ({ status }: Redis): boolean => status === 'ready';

const keyOf = ({ charge, kind }: Taken): string => `${kind}:${charge.subject.id}`;

const limitOf = ({ charge, kind }: Taken): number => limitFor(charge.subject, kind) ?? 0;

function limitFor(subject: LimitedSubject, kind: Kind): number | null {
  return kind === 'requests' ? subject.requestsPerMinute : subject.tokensPerMinute;
}

function listPoints({ subject, tokens }: Charge): { kind: Kind; limit: number; points: number }[] {
  const { requestsPerMinute, tokensPerMinute } = subject;
  return [
    ...(requestsPerMinute === null
      ? []
      : [{ kind: 'requests' as const, limit: requestsPerMinute, points: 1 }]),
    ...(tokensPerMinute === null
      ? []
      : [{ kind: 'tokens' as const, limit: tokensPerMinute, points: tokens }]),
  ];
}

function stateOf(taken: Taken): RateLimitState {
  const { remainingPoints, msBeforeNext } = taken.left;
  const state = {
    limit: limitOf(taken),
    remaining: remainingPoints,
    resetSeconds: Math.max(0, msBeforeNext) / 1000,
  };
  return taken.kind === 'requests' ? { requests: state, tokens: null } : { requests: null, tokens: state };
}

/** What is reached and has to be waited for longest. */
function findLongest(all: readonly Taken[]): Reached | null {
  let longest: Reached | null = null;
  for (const taken of all) {
    const { consumedPoints, msBeforeNext } = taken.left;
    if (consumedPoints <= limitOf(taken)) continue;
    if (longest && longest.waitMs >= msBeforeNext) continue;
    const { charge, kind } = taken;
    const state = all.filter((other) => other.charge === charge).map((other) => stateOf(withoutOwn(other)));
    longest = { charge, kind, waitMs: Math.max(1, msBeforeNext), state: state.reduce(tighterState) };
  }
  return longest;
}

/** As it is once what the refused call added is taken away again. */
function withoutOwn(taken: Taken): Taken {
  const { consumedPoints, msBeforeNext } = taken.left;
  const consumed = consumedPoints - taken.points;
  const remaining = Math.max(0, limitOf(taken) - consumed);
  return { ...taken, left: { remainingPoints: remaining, msBeforeNext, consumedPoints: consumed } };
}
