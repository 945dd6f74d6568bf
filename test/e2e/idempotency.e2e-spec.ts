import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Clock } from '../../src/common/clock';
import { type CompletionView } from '../../src/completions/dto/completion-view.dto';
import { createDataSource, databaseOptions } from '../../src/database/data-source';
import { Database } from '../../src/database/database';
import { type ModelView } from '../../src/models/dto/model.dto';
import { type EventPage, type EventView } from '../../src/usage/dto/event.dto';
import { createKey, createModel, createTeam, directed } from '../support/configure';
import { engines, type TestDatabase } from '../support/engines';
import { type Simulator, startSimulator } from '../support/simulator/server';
import { ADMIN_KEY, type Answer, startStudio, type Studio, testSettings } from '../support/studio';
import { startProcess } from '../support/studio-process';
import { until } from '../support/until';

const PATH = '/api/v1/completions';
const usage = { input: 10, output: 5 };

describe.each(engines)('An Idempotency-Key on $name', (engine) => {
  let studio: Studio;
  let simulator: Simulator;
  let model: ModelView;
  let key: string;

  beforeAll(async () => {
    simulator = await startSimulator();
    studio = await startStudio(engine);
  });
  beforeEach(async () => {
    simulator.reset();
    model = await createModel(studio, simulator);
    key = `key-${randomBytes(6).toString('hex')}`;
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  afterAll(async () => {
    await studio.close();
    await simulator.close();
  });

  interface Asked {
    readonly stream?: boolean;
    readonly key?: string;
    readonly credential?: string;
    readonly team?: string;
    readonly signal?: AbortSignal;
  }

  function ask(directive: object, { stream = false, credential, team, signal, ...asked }: Asked = {}) {
    return studio.fetch(
      'POST',
      PATH,
      { model: model.name, prompt: directed({ usage, ...directive }), stream },
      {
        headers: { 'idempotency-key': asked.key ?? key },
        ...(credential === undefined ? {} : { key: credential }),
        ...(team === undefined ? {} : { team }),
        ...(signal ? { signal } : {}),
      },
    );
  }

  /** What a client sees of an answer. */
  async function read(response: Response): Promise<Answer<string>> {
    return { status: response.status, headers: response.headers, body: await response.text() };
  }

  async function events(): Promise<EventView[]> {
    const { body } = await studio.request<EventPage>(
      'GET',
      `/api/v1/usage/events?model=${model.name}&limit=1000`,
    );
    return body.data;
  }

  const codeOf = ({ body }: Answer<string>): string => (JSON.parse(body) as { code: string }).code;

  it.each([
    ['a plain answer', false, 'application/json; charset=utf-8'],
    ['a stream', true, 'text/event-stream; charset=utf-8'],
  ])('gives %s again byte for byte, and charges it once', async (_name, stream, contentType) => {
    const first = await read(await ask({ text: 'Grüße 🙂 again', chunks: 3 }, { stream }));
    const second = await read(await ask({ text: 'Grüße 🙂 again', chunks: 3 }, { stream }));
    expect(first.status).toBe(200);
    expect([second.status, second.body]).toEqual([200, first.body]);
    expect(second.headers.get('content-type')).toBe(contentType);
    expect(first.headers.get('content-type')).toBe(contentType);
    expect(second.headers.get('cache-control')).toBe(first.headers.get('cache-control'));
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(second.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
    expect(simulator.requests()).toHaveLength(1);
    expect(await events()).toHaveLength(1);
  });

  it('is refused for another body', async () => {
    await read(await ask({ text: 'one' }));
    const other = await read(await ask({ text: 'two' }));
    expect([other.status, codeOf(other)]).toEqual([409, 'idempotency_key_reused']);
    expect(other.headers.get('x-should-retry')).toBe('false');
    expect(await events()).toHaveLength(1);
  });

  it.each([false, true])('is refused while the first request is under way (streamed: %s)', async (stream) => {
    const slow = { text: 'one two three', chunks: 3, latencyMs: 1_500, chunkDelayMs: 100 };
    const first = ask(slow, { stream });
    await until(() => simulator.requests().length > 0);
    const second = await read(await ask(slow, { stream }));
    expect([second.status, codeOf(second)]).toEqual([409, 'idempotency_in_flight']);
    expect(second.headers.get('retry-after')).toBe('2');
    expect(second.headers.get('x-should-retry')).toBe('false');
    const { body } = await read(await first);
    expect((await read(await ask(slow, { stream }))).body).toBe(body);
  });

  it('lets one of many requests at a time run', async () => {
    const slow = { latencyMs: 1_000 };
    const all = await Promise.all(Array.from({ length: 8 }, async () => read(await ask(slow))));
    expect(all.map(({ status }) => status).sort()).toEqual([200, ...new Array<number>(7).fill(409)]);
    expect(simulator.requests()).toHaveLength(1);
    expect(await events()).toHaveLength(1);
  });

  it.each([
    ['an error of the vendor', { status: 500 }, false],
    ['an error of the vendor before a stream', { status: 429 }, true],
    ['a stream that was cut', { text: 'one two three', chunks: 3, fault: 'cut' as const, after: 1 }, true],
  ])('is free again after %s', async (_name, directive, stream) => {
    const prompt = directed({ usage });
    const send = async (): Promise<Answer<string>> =>
      read(
        await studio.fetch(
          'POST',
          PATH,
          { model: model.name, prompt, stream },
          { headers: { 'idempotency-key': key } },
        ),
      );
    simulator.enqueue(directive, { vendor: 'openai' });
    const failed = await send();
    expect(failed.status >= 400 || failed.body.includes('event: error')).toBe(true);
    const again = await send();
    expect([again.status, again.body.includes('event: error')]).toEqual([200, false]);
    expect(again.headers.get('idempotency-replayed')).toBeNull();
    expect((await send()).headers.get('idempotency-replayed')).toBe('true');
    expect(await events()).toHaveLength(2);
  });

  it('is free again after a request that was not valid', async () => {
    const headers = { 'idempotency-key': key };
    const invalid = await studio.request('POST', PATH, { model: 'nobody', prompt: 'Hi' }, { headers });
    expect(invalid.status).toBe(404);
    expect((await ask({})).status).toBe(200);
  });

  it.each([false, true])('is free again when the client left (streamed: %s)', async (stream) => {
    const leave = new AbortController();
    const slow = { text: 'one two three four', chunks: 4, chunkDelayMs: 200, latencyMs: stream ? 0 : 1_500 };
    const asked = ask(slow, { stream, signal: leave.signal });
    const left = asked.then((response) => response.body?.getReader().read()).catch(() => undefined);
    await until(() => simulator.requests().length > 0);
    if (stream) await left;
    leave.abort();
    await left;
    await until(async () => (await events()).every(({ status }) => status === 'aborted'));
    simulator.reset();
    await until(async () => {
      const { status, headers } = await read(
        await ask({ ...slow, latencyMs: stream ? 0 : 1_500 }, { stream }),
      );
      return status === 200 && headers.get('idempotency-replayed') === null;
    }, 30_000);
  });

  it('belongs to the API key, the team and the path', async () => {
    const mine = await createKey(studio, 'member');
    const other = await createKey(studio, 'member');
    const bodies = [];
    for (const credential of [undefined, mine.key, other.key]) {
      const answer = await read(await ask({}, credential === undefined ? {} : { credential }));
      expect(answer.headers.get('idempotency-replayed')).toBeNull();
      bodies.push((JSON.parse(answer.body) as CompletionView).id);
    }
    expect(new Set(bodies).size).toBe(3);
    const team = await createTeam(studio, `team-${key}`);
    // Another team does not have the model: it is asked for, and not answered from the first team's answer.
    expect((await ask({}, { team: team.id })).status).toBe(404);
  });

  it.each([
    ['that is empty', ''],
    ['with a space', 'a b'],
    ['that is too long', 'x'.repeat(256)],
  ])('%s is refused', async (_name, wrong) => {
    const refused = await read(await ask({}, { key: wrong }));
    expect(refused.status).toBe(400);
    expect(refused.body).toContain('Idempotency-Key');
    expect(simulator.requests()).toHaveLength(0);
  });

  it('is new again after 24 hours', async () => {
    await read(await ask({}));
    const now = Date.now();
    jest.spyOn(studio.app.get(Clock), 'now').mockImplementation(() => now + 24 * 3_600_000 + 60_000);
    const answer = await read(await ask({}));
    expect([answer.status, answer.headers.get('idempotency-replayed')]).toEqual([200, null]);
    expect(await events()).toHaveLength(2);
  });

  it('stores nothing that can be read in the database', async () => {
    const text = `clear-${randomBytes(8).toString('hex')}`;
    simulator.enqueue({ text, usage }, { vendor: 'openai' });
    const response = await studio.fetch(
      'POST',
      PATH,
      { model: model.name, prompt: 'Say it.' },
      { headers: { 'idempotency-key': key } },
    );
    expect(await response.text()).toContain(text);
    const rows = await studio.app.get(Database).query('SELECT * FROM idempotency_keys');
    const { dataDir } = studio.database;
    const files = readdirSync(dataDir).filter((name) => name.includes('sqlite'));
    for (const secret of [text, key]) {
      expect(JSON.stringify(rows)).not.toContain(secret);
      for (const file of files) expect(readFileSync(join(dataDir, file)).includes(secret)).toBe(false);
    }
  });

  it('without which nothing of it happens', async () => {
    const query = jest.spyOn(studio.app.get(Database), 'execute');
    await studio.request('POST', PATH, { model: model.name, prompt: directed({ usage }) });
    expect(query.mock.calls.filter(([sql]) => sql.includes('idempotency'))).toEqual([]);
  });
});

describe.each(engines)('A process that was killed on $name', (engine) => {
  it('leaves its keys to the next one', async () => {
    const simulator = await startSimulator();
    const database = await engine.open();
    const first = await startProcess(database);
    let running = first;
    try {
      const made = await first.request('POST', '/api/v1/providers', {
        name: 'main',
        type: 'openai',
        apiKey: 'sk-test-not-a-real-key',
        configuration: { baseUrl: simulator.openai.baseUrl },
      });
      const provider = (await made.json()) as { id: string };
      await first.request('POST', '/api/v1/models', {
        providerId: provider.id,
        name: 'm',
        modelId: 'gpt-4o-mini',
      });
      const ask = (url: string, prompt: string): Promise<Response> =>
        fetch(`${url}${PATH}`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${ADMIN_KEY}`,
            'content-type': 'application/json',
            'idempotency-key': 'survivor',
          },
          body: JSON.stringify({ model: 'm', prompt }),
        });
      const lost = ask(first.url, directed({ latencyMs: 60_000 })).catch(() => null);
      await until(() => simulator.requests().length === 1);
      await first.end('SIGKILL');
      await lost;
      running = await startProcess(database);
      // On a server the heartbeat has to be old; here it is made so.
      if (engine.name !== 'SQLite') await makeAllOthersOld(database);
      const prompt = directed({ text: 'second', latencyMs: 0 });
      await until(async () => (await ask(running.url, prompt)).status === 200);
      const replay = await ask(running.url, prompt);
      expect([replay.status, replay.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
    } finally {
      await running.end('SIGKILL');
      await simulator.close();
      await database.drop();
    }
  });
});

/** Makes the heartbeat of every process but the youngest two minutes old. */
async function makeAllOthersOld(database: TestDatabase): Promise<void> {
  const dataSource = await createDataSource(databaseOptions(testSettings(database))).initialize();
  try {
    const [last] = await dataSource.query<{ id: number }[]>('SELECT MAX(id) AS id FROM instances');
    await dataSource.query('UPDATE instances SET heartbeat_at = heartbeat_at - 120000 WHERE id < ?', [
      last?.id,
    ]);
  } finally {
    await dataSource.destroy();
  }
}
