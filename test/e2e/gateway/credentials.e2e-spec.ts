import { type CreatedApiKeyView } from '../../../src/auth/dto/api-key.dto';
import { createKey, createModel } from '../../support/configure';
import { engines } from '../../support/engines';
import { type Simulator, startSimulator } from '../../support/simulator/server';
import { startStudio, type Studio } from '../../support/studio';

type Place = 'Authorization' | 'x-api-key' | 'x-goog-api-key' | '?key=';
const PLACES: readonly Place[] = ['Authorization', 'x-api-key', 'x-goog-api-key', '?key='];

interface Door {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  readonly takes: readonly Place[];
  readonly headers?: Record<string, string>;
}

const MESSAGES = [{ role: 'user', content: 'Hi' }];
const CONTENTS = { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] };
const GOOGLE: readonly Place[] = ['Authorization', 'x-goog-api-key', '?key='];

const DOORS: readonly Door[] = [
  {
    method: 'POST',
    path: '/v1/chat/completions',
    body: { model: 'shared', messages: MESSAGES },
    takes: ['Authorization'],
  },
  { method: 'POST', path: '/v1/responses', body: { model: 'shared', input: 'Hi' }, takes: ['Authorization'] },
  {
    method: 'POST',
    path: '/v1/messages',
    body: { model: 'shared', max_tokens: 50, messages: MESSAGES },
    takes: ['Authorization', 'x-api-key'],
    headers: { 'anthropic-version': '2023-06-01' },
  },
  { method: 'POST', path: '/v1beta/models/shared:generateContent', body: CONTENTS, takes: GOOGLE },
  { method: 'POST', path: '/v1/models/shared:generateContent', body: CONTENTS, takes: GOOGLE },
  { method: 'GET', path: '/v1beta/models', takes: PLACES },
  { method: 'GET', path: '/v1/models', takes: PLACES },
  { method: 'GET', path: '/api/v1/models', takes: ['Authorization'] },
];

describe.each(engines)('A key on $name', (engine) => {
  let studio: Studio;
  let simulator: Simulator;
  let key: CreatedApiKeyView;
  let other: CreatedApiKeyView;

  beforeAll(async () => {
    simulator = await startSimulator();
    studio = await startStudio(engine);
    await createModel(studio, simulator, 'openai', { name: 'shared' });
    key = await createKey(studio, 'member');
    other = await createKey(studio, 'member');
  });
  afterAll(async () => {
    await studio.close();
    await simulator.close();
  });

  async function ask(
    door: Door,
    sent: Partial<Record<Place, string>>,
  ): Promise<{ status: number; text: string }> {
    const { Authorization: bearer, '?key=': query, ...own } = sent;
    const headers = { ...door.headers, ...own, ...(bearer && { authorization: `Bearer ${bearer}` }) };
    const path = query === undefined ? door.path : `${door.path}?key=${query}`;
    const response = await studio.fetch(door.method, path, door.body, { key: null, headers });
    return { status: response.status, text: await response.text() };
  }

  const pairs = DOORS.flatMap((door) =>
    PLACES.map((place) => [place, door.method, door.path, door.takes.includes(place), door] as const),
  );

  it.each(pairs)('sent as %s to %s %s is taken: %s', async (place, _method, _path, taken, door) => {
    const { status, text } = await ask(door, { [place]: key.key });
    expect([status, text.includes(key.key)]).toEqual([taken ? 200 : 401, false]);
  });

  it.each(DOORS.filter(({ path }) => !path.startsWith('/api')).map((door) => [door.path, door] as const))(
    'beside another one is refused at %s, beside itself it is not',
    async (_path, door) => {
      const first = door.takes[0] ?? 'Authorization';
      const second = door.takes[1] ?? 'x-api-key';
      const refused = await ask(door, { [first]: key.key, [second]: other.key });
      expect(refused.status).toBe(401);
      expect(refused.text).toMatch(/they differ/);
      expect(refused.text + studio.logs.join('')).not.toContain(other.key);
      expect((await ask(door, { [first]: key.key, [second]: key.key })).status).toBe(200);
    },
  );

  it('that a proxy of yours adds beside the Bearer is not looked at under /api', async () => {
    const [door] = DOORS.filter(({ path }) => path.startsWith('/api'));
    if (!door) throw new Error('There is no such door.');
    expect((await ask(door, { Authorization: key.key, 'x-api-key': 'of-the-proxy' })).status).toBe(200);
  });

  it('in a query is in no log, whatever becomes of the request', async () => {
    for (const path of [
      '/v1beta/models',
      '/v1beta/models/nobody:generateContent',
      '/v1beta/nothing',
      '/v1/models/x',
    ]) {
      for (const method of ['GET', 'POST']) {
        const body = method === 'POST' ? '{"broken' : undefined;
        const response = await studio.fetch(method, `${path}?key=${key.key}`, body, { key: null });
        expect(await response.text()).not.toContain(key.key);
      }
    }
    expect(studio.logs.join('')).not.toContain(key.key);
  });
});
