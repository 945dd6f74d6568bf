import { randomUUID } from 'node:crypto';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { Clock } from '../../src/common/clock';
import { type Charge, type LimitedSubject } from '../../src/budgets/rate-limits/limited-subject';
import { RateLimited } from '../../src/budgets/rate-limits/rate-limited';
import {
  SharedLimits,
  SharedLimitsFailure,
  type SharedTake,
} from '../../src/budgets/rate-limits/shared-limits';
import { readSettings } from '../../src/config/settings';
import { until } from '../support/until';

const url = process.env.TEST_REDIS_URL || undefined;
Logger.overrideLogger(false);

function subject(requestsPerMinute: number | null, tokensPerMinute: number | null): LimitedSubject {
  return {
    id: `key:${randomUUID()}`,
    label: 'The key',
    advice: 'or wait',
    requestsPerMinute,
    tokensPerMinute,
  };
}

const charge = (of: LimitedSubject, tokens = 0): Charge => ({ subject: of, tokens });

/** Instances of the limits, in front of one Redis. */
class Instances {
  private readonly open: SharedLimits[] = [];

  async start(redisUrl: string, clock = new Clock()): Promise<SharedLimits> {
    const limits = new SharedLimits(clock, { ...readSettings({}), redisUrl });
    this.open.push(limits);
    await limits.onModuleInit();
    return limits;
  }

  async close(): Promise<void> {
    await Promise.all(this.open.map((limits) => limits.onApplicationShutdown()));
    this.open.length = 0;
  }
}

async function outcomesOf(
  takes: readonly Promise<SharedTake>[],
): Promise<{ admitted: SharedTake[]; refused: unknown[] }> {
  const settled = await Promise.allSettled(takes);
  return {
    admitted: settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])),
    refused: settled.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : [])),
  };
}

interface Proxy {
  readonly url: string;
  /** Holds back what Redis answers, or lets it go on. */
  hold(held: boolean): void;
  close(): Promise<void>;
}

/** Stands between a client and Redis, which it can make slow. */
async function startProxy(redisUrl: string): Promise<Proxy> {
  const { hostname, port } = new URL(redisUrl);
  const upstreams = new Set<Socket>();
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    clients.add(client.on('error', () => undefined));
    upstreams.add(upstream.on('error', () => undefined));
    client.pipe(upstream);
    upstream.pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold: (held) => {
      for (const upstream of upstreams) {
        if (held) upstream.unpipe().pause();
      }
      if (held) return;
      for (const client of clients) client.destroy();
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of [...clients, ...upstreams]) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** A Redis that was started for tests is asked only where there is one; the rest needs none. */
(url === undefined ? describe.skip : describe)('Rate limits in Redis', () => {
  const instances = new Instances();
  const redisUrl = url ?? '';
  const ready = async (limits: SharedLimits): Promise<SharedLimits> => {
    await until(() =>
      limits.take([charge(subject(1, null))]).then(
        () => true,
        () => false,
      ),
    );
    return limits;
  };
  const three = (): Promise<SharedLimits[]> =>
    Promise.all([1, 2, 3].map(async () => ready(await instances.start(redisUrl))));
  afterEach(() => instances.close());

  it('admit exactly as many requests as the limit has, however many instances race', async () => {
    const limits = await three();
    const key = subject(60, null);
    const takes = Array.from({ length: 200 }, (_, index) => limits[index % 3]?.take([charge(key)]));
    const { admitted, refused } = await outcomesOf(takes.filter((take) => take !== undefined));
    expect(admitted).toHaveLength(60);
    expect(refused).toHaveLength(140);
    for (const error of refused) expect(error).toBeInstanceOf(RateLimited);
    const [first] = refused as RateLimited[];
    expect(first?.state.requests).toMatchObject({ limit: 60, remaining: 0 });
    expect(first?.retryAfterSeconds).toBeGreaterThan(0);
    expect(first?.retryAfterSeconds).toBeLessThanOrEqual(60);
  });

  it('never admit more tokens than the limit has', async () => {
    const limits = await three();
    const key = subject(null, 1000);
    const takes = Array.from({ length: 60 }, (_, index) => limits[index % 3]?.take([charge(key, 90)]));
    const { admitted } = await outcomesOf(takes.filter((take) => take !== undefined));
    expect(admitted.length).toBeGreaterThan(0);
    expect(admitted.length * 90).toBeLessThanOrEqual(1000);
    // What refused calls added is gone: what is left can still be taken.
    const [limit] = limits;
    await until(async () => {
      const left = 1000 - admitted.length * 90;
      return (
        limit?.take([charge(key, left)]).then(
          () => true,
          () => false,
        ) ?? false
      );
    });
  });

  it('hold for the key and the team at once, and take nothing of the one when the other refuses', async () => {
    const [one, two] = await three();
    const team = subject(2, null);
    const key = subject(5, null);
    await one?.take([charge(key), charge(team)]);
    await two?.take([charge(subject(9, null)), charge(team)]);
    await expect(one?.take([charge(key), charge(team)])).rejects.toThrow(/limit of 2 requests/);
    await until(async () => (await two?.take([charge(key)]))?.state.requests?.remaining === 3);
  });

  it('put what was used in the place of what was expected', async () => {
    const [one, two] = await three();
    const key = subject(null, 1000);
    const first = await one?.take([charge(key, 800)]);
    if (first) one?.correct(first, 100);
    await until(async () => (await two?.take([charge(key, 0)]))?.state.tokens?.remaining === 900);
    const second = await two?.take([charge(key, 800)]);
    if (second) two?.correct(second, 1500);
    await until(
      () =>
        one?.take([charge(key, 0)]).then(
          () => false,
          () => true,
        ) ?? false,
    );
  });

  it('give nothing back at the very end of a minute, where it could come into the next one', async () => {
    const clock = new Clock();
    const limits = await ready(await instances.start(redisUrl, clock));
    const key = subject(null, 1000);
    const first = await limits.take([charge(key, 800)]);
    const at = Date.now();
    const now = jest.spyOn(clock, 'now').mockReturnValue(at + 59_950);
    limits.correct(first, 100);
    now.mockRestore();
    expect((await limits.take([charge(key, 100)])).state.tokens?.remaining).toBe(100);
  });

  it('fail while Redis is slow, and are shared again once it answers', async () => {
    const proxy = await startProxy(redisUrl);
    try {
      const limits = await ready(await instances.start(proxy.url));
      const key = subject(100, null);
      await limits.take([charge(key)]);
      proxy.hold(true);
      for (let count = 0; count < 3; count += 1) {
        await expect(limits.take([charge(key)])).rejects.toThrow('Redis did not answer');
      }
      await expect(limits.take([charge(key)])).rejects.toThrow('left alone');
      proxy.hold(false);
      await until(() =>
        limits.take([charge(key)]).then(
          () => true,
          () => false,
        ),
      );
    } finally {
      await proxy.close();
    }
  });

  it('leave nothing in Redis for longer than the minute', async () => {
    const [one] = await three();
    const key = subject(5, 5);
    await one?.take([charge(key, 1)]);
    const redis = new Redis(redisUrl);
    const names = await redis.keys(`*${key.id}*`);
    const lives = await Promise.all(names.map((name) => redis.ttl(name)));
    redis.disconnect();
    expect(names).toHaveLength(2);
    for (const life of lives) expect(life).toBeLessThanOrEqual(60);
    for (const life of lives) expect(life).toBeGreaterThan(0);
  });
});

describe('A Redis that does not answer', () => {
  const instances = new Instances();
  let silent: Server;
  const sockets = new Set<Socket>();
  beforeAll(async () => {
    silent = createServer((socket) => void sockets.add(socket.on('error', () => undefined)));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => instances.close());
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
  });

  it.each([
    ['is dead', () => 'redis://127.0.0.1:1'],
    ['is silent', () => `redis://127.0.0.1:${(silent.address() as AddressInfo).port}`],
  ])('and %s is told of as a failure, and is left alone after three of them', async (_what, address) => {
    const limits = await instances.start(address());
    const key = subject(5, 100);
    for (let count = 0; count < 3; count += 1) {
      await expect(limits.take([charge(key, 1)])).rejects.toThrow(SharedLimitsFailure);
    }
    await expect(limits.take([charge(key, 1)])).rejects.toThrow(/left alone/);
  });

  it('is named in the log with the reason, and without its password', async () => {
    const said: string[] = [];
    const note = (message: unknown): void => void said.push(JSON.stringify(message));
    Logger.overrideLogger({ log: note, warn: note, error: note });
    try {
      const limits = await instances.start('redis://:canary-password@127.0.0.1:1');
      for (let count = 0; count < 3; count += 1) {
        await expect(limits.take([charge(subject(5, null))])).rejects.toThrow(SharedLimitsFailure);
      }
    } finally {
      Logger.overrideLogger(false);
    }
    expect(said).toHaveLength(2);
    expect(said[0]).toMatch(/REDIS_URL.* could not be reached yet \(.*ECONNREFUSED/);
    expect(said[1]).toMatch(/does not answer \(.*ECONNREFUSED.*: the rate limits are not shared/);
    expect(said.join('')).not.toContain('canary-password');
  });
});
