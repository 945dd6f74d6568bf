import { randomBytes } from 'node:crypto';
import { type Principal } from '../../src/auth/principal';
import { Clock } from '../../src/common/clock';
import { type Problem } from '../../src/common/problem';
import { grantTeamScope } from '../../src/common/tenancy/team-scope';
import { hashRequest, keyIdOf } from '../../src/completions/idempotency/idempotency-key';
import { IDEMPOTENCY_EXPIRY_JOB } from '../../src/completions/idempotency/idempotency-expiry.job';
import {
  type Claim,
  IdempotencyService,
  MAX_ANSWER_BYTES,
  type RunningClaim,
} from '../../src/completions/idempotency/idempotency.service';
import { IdempotencyStore } from '../../src/completions/idempotency/idempotency.store';
import { type StoredAnswer } from '../../src/completions/idempotency/stored-answer';
import { Database } from '../../src/database/database';
import { Instance } from '../../src/jobs/instance';
import { engines } from '../support/engines';
import { startStudio, type Studio } from '../support/studio';
import { until } from '../support/until';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe.each(engines)('Idempotency keys on $name', (engine) => {
  let studio: Studio;
  let service: IdempotencyService;
  let database: Database;
  let key: string;

  beforeAll(async () => {
    studio = await startStudio(engine);
    service = studio.app.get(IdempotencyService);
    database = studio.app.get(Database);
  });
  beforeEach(() => {
    key = randomBytes(8).toString('hex');
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  afterAll(() => studio.close());

  const principal: Principal = {
    scope: grantTeamScope('0190aaaa-0000-7000-8000-000000000001'),
    role: 'member',
    platform: false,
    apiKeyId: 'key-1',
    apiKeyName: 'ada',
    allowedModels: null,
    requestsPerMinute: null,
    tokensPerMinute: null,
  };

  function claim(body = 'body'): Promise<Claim> {
    const bodyHash = hashRequest(body);
    return service.claim({ principal, method: 'POST', path: '/p', key, bodyHash });
  }

  async function run(body?: string): Promise<RunningClaim> {
    const claimed = await claim(body);
    if (claimed.kind !== 'run') throw new Error('It is a replay.');
    return claimed;
  }

  const refusal = (body?: string): Promise<Problem> =>
    claim(body).then(
      () => Promise.reject(new Error('It was not refused.')),
      (error: unknown) => error as Problem,
    );

  const answer = (body: string | Buffer): StoredAnswer => ({
    status: 200,
    headers: { 'content-type': 'text/event-stream' },
    body: Buffer.from(body),
  });

  /** Lets this much time pass, in milliseconds. */
  function later(milliseconds: number): void {
    const now = Date.now() + milliseconds;
    jest.spyOn(studio.app.get(Clock), 'now').mockReturnValue(now);
  }

  /** How many rows there are that expire before a time. */
  async function rows(before = Number.MAX_SAFE_INTEGER): Promise<number> {
    const [row] = await database.query<{ n: number | string }>(
      'SELECT COUNT(*) AS n FROM idempotency_keys WHERE expires_at < ?',
      [before],
    );
    return Number(row?.n);
  }

  it('let one of many at a time run, and tell the others to wait', async () => {
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => claim()));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const { reason } of all.filter((one) => one.status === 'rejected')) {
      expect(reason).toMatchObject({
        status: 409,
        code: 'idempotency_in_flight',
        retryAfterSeconds: 2,
        headers: { 'x-should-retry': 'false' },
      });
    }
  });

  it('give an answer back byte for byte', async () => {
    const body = Buffer.from([...Buffer.from('data: Grüße 🙂\n\n'), 0, 255, 254]);
    await (await run()).keep(answer(body));
    expect(await claim()).toEqual({ kind: 'replay', answer: answer(body) });
    expect(await claim()).toEqual({ kind: 'replay', answer: answer(body) });
  });

  it('refuse another body, whether the first is answered or not', async () => {
    const first = await run();
    const expected = { status: 409, code: 'idempotency_key_reused', headers: { 'x-should-retry': 'false' } };
    expect(await refusal('other')).toMatchObject(expected);
    await first.keep(answer('x'));
    expect(await refusal('other')).toMatchObject(expected);
  });

  it('are free again after a call that failed, also for another body', async () => {
    await (await run()).release();
    await (await run('other')).release();
    const again = await run();
    await again.keep(answer('second'));
    expect(await claim()).toMatchObject({ kind: 'replay', answer: answer('second') });
  });

  it('store an answer at the limit, and remember one over it without its bytes', async () => {
    const largest = randomBytes(MAX_ANSWER_BYTES);
    await (await run()).keep(answer(largest));
    const replay = await claim();
    expect(replay.kind === 'replay' && replay.answer.body.equals(largest)).toBe(true);
    key += '-larger';
    await (await run()).keep(answer(Buffer.alloc(MAX_ANSWER_BYTES + 1)));
    expect(await refusal()).toMatchObject({ status: 409, code: 'idempotency_answer_too_large' });
    key += '-none';
    await (await run()).keep(null);
    expect(await refusal()).toMatchObject({ status: 409, code: 'idempotency_answer_too_large' });
  });

  it('hold answers encrypted, each bound to its row', async () => {
    await (await run()).keep(answer('the-answer-in-clear'));
    const stored = await database.query<{ id: Buffer; answer: string | null }>(
      'SELECT id, answer FROM idempotency_keys WHERE answer IS NOT NULL',
    );
    expect(stored.length).toBeGreaterThan(0);
    for (const row of stored) expect(row.answer).toMatch(/^v1\.k1\.[\w-]+$/);
    const moved = key;
    key += '-other';
    await (await run()).keep(answer('y'));
    const [first, second] = [await rowOf(moved), await rowOf(key)];
    await database.execute('UPDATE idempotency_keys SET answer = ? WHERE id = ?', [first.answer, second.id]);
    expect(await refusal()).toMatchObject({ status: 409, code: 'idempotency_answer_unreadable' });
  });

  async function rowOf(name: string): Promise<{ id: Buffer; answer: string }> {
    const id = keyIdOf(principal, 'POST', '/p', name);
    const [row] = await database.query<{ id: Buffer; answer: string }>(
      'SELECT id, answer FROM idempotency_keys WHERE id = ?',
      [id],
    );
    if (!row) throw new Error('There is no such row.');
    return row;
  }

  it('are new again after a day, and not before', async () => {
    await (await run()).keep(answer('old'));
    later(DAY - MINUTE);
    expect((await claim()).kind).toBe('replay');
    later(DAY + MINUTE);
    const again = await run('other');
    await again.keep(answer('new'));
    expect(await claim('other')).toMatchObject({ kind: 'replay', answer: answer('new') });
  });

  it('are deleted after a day, in batches, those in use excepted', async () => {
    const before = await rows();
    for (let index = 0; index < 150; index += 1) {
      key = `${index}-${key}`;
      await (await run()).keep(answer('x'));
    }
    expect(await rows()).toBe(before + 150);
    later(DAY + MINUTE);
    key += '-young';
    await run();
    await studio.runJob(IDEMPOTENCY_EXPIRY_JOB);
    expect(await rows(Date.now() + DAY)).toBe(0);
    expect(await rows()).toBeGreaterThan(0);
    expect(await refusal()).toMatchObject({ code: 'idempotency_in_flight' });
  });

  describe('of another process', () => {
    async function instance(heartbeatAt: number, endedAt: number | null): Promise<number> {
      const name = `other-${Math.random()}`;
      await database.execute(
        'INSERT INTO instances (name, started_at, heartbeat_at, ended_at) VALUES (?, ?, ?, ?)',
        [name, heartbeatAt, heartbeatAt, endedAt],
      );
      const [row] = await database.query<{ id: number | string }>('SELECT id FROM instances WHERE name = ?', [
        name,
      ]);
      return Number(row?.id);
    }

    /** Claims as that process, and is this one again. */
    async function claimAs(id: number): Promise<RunningClaim> {
      const spy = jest.spyOn(studio.app.get(Instance), 'id', 'get').mockReturnValue(id);
      try {
        return await run();
      } finally {
        spy.mockRestore();
      }
    }

    it.each([
      ['that shows no sign of life', -2 * MINUTE, null],
      ['that ended', 0, 0],
    ])('%s are taken over by one of many', async (_name, heartbeat, ended) => {
      const owner = await instance(Date.now() + heartbeat, ended === null ? null : Date.now());
      const dead = await claimAs(owner);
      const all = await Promise.allSettled(Array.from({ length: 10 }, () => claim('other')));
      expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      // Should it live after all, what it does changes nothing any more.
      await dead.keep(answer('late'));
      await dead.release();
      expect(await refusal('other')).toMatchObject({ code: 'idempotency_in_flight' });
    });

    if (engine.name !== 'SQLite')
      it('that lives are left to it', async () => {
        await claimAs(await instance(Date.now(), null));
        expect(await refusal()).toMatchObject({ code: 'idempotency_in_flight' });
      });

    it('do not disturb the answers that it left', async () => {
      const answered = await claimAs(await instance(Date.now() - 2 * MINUTE, null));
      await answered.keep(answer('left'));
      expect(await claim()).toMatchObject({ kind: 'replay', answer: answer('left') });
    });
  });

  describe('when the database fails', () => {
    const away = new Error('connect ECONNREFUSED');

    it('to take an answer, the key is remembered without it', async () => {
      const running = await run();
      jest.spyOn(studio.app.get(IdempotencyStore), 'finish').mockRejectedValueOnce(away);
      await running.keep(answer('x'));
      expect(await refusal()).toMatchObject({ code: 'idempotency_answer_too_large' });
    });

    it('to free a key, it is freed as soon as it can be', async () => {
      const running = await run();
      jest.spyOn(studio.app.get(IdempotencyStore), 'remove').mockRejectedValueOnce(away);
      await running.release();
      expect(await refusal()).toMatchObject({ code: 'idempotency_in_flight' });
      await until(async () => (await claim().catch(() => null))?.kind === 'run');
    });
  });
});
