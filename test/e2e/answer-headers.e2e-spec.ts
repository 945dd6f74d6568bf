import { createModel } from '../support/configure';
import { engines } from '../support/engines';
import { type Simulator, startSimulator } from '../support/simulator/server';
import { type RequestOptions, startStudio, type Studio } from '../support/studio';

const MESSAGES = [{ role: 'user', content: 'Hi' }];
const CHAT = { model: 'shared', messages: MESSAGES };
const IDEMPOTENT = { headers: { 'idempotency-key': 'again' } };

type Asked = [
  what: string,
  status: number,
  method: string,
  path: string,
  body?: object,
  options?: RequestOptions,
];

const ASKED: Asked[] = [
  ['a whole answer', 200, 'POST', '/v1/chat/completions', CHAT],
  ['a stream', 200, 'POST', '/v1/chat/completions', { ...CHAT, stream: true }],
  ['a translated answer', 200, 'POST', '/v1/messages', { ...CHAT, max_tokens: 9 }],
  ['an answer that is kept', 200, 'POST', '/v1/chat/completions', CHAT, IDEMPOTENT],
  ['an answer that is given again', 200, 'POST', '/v1/chat/completions', CHAT, IDEMPOTENT],
  ['a refusal', 404, 'POST', '/v1/chat/completions', { ...CHAT, model: 'none' }],
  ['a call without a key', 401, 'POST', '/v1/chat/completions', CHAT, { key: null }],
  ['a path that is not there', 404, 'GET', '/v1/nothing'],
  ['a URL that cannot be read', 400, 'GET', '/api/v1/models/%c0'],
  ['a list', 200, 'GET', '/api/v1/models'],
  ['its head', 200, 'HEAD', '/api/v1/models'],
  ['a completion', 200, 'POST', '/api/v1/completions', { ...CHAT }],
  ['a completion as a stream', 200, 'POST', '/api/v1/completions', { ...CHAT, stream: true }],
  ['a completion with a wrong field', 400, 'POST', '/api/v1/completions', { ...CHAT, odd: 1 }],
  ['a procedure', 404, 'POST', '/trpc/aiStudio.none', {}],
];

describe.each(engines)('Every answer on $name', (engine) => {
  let studio: Studio;
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await startSimulator();
    studio = await startStudio(engine);
    await createModel(studio, simulator, 'openai', { name: 'shared' });
  });
  afterAll(async () => {
    await studio.close();
    await simulator.close();
  });

  it.each(ASKED)('names its request and forbids guessing its type: %s', async (what, ...asked) => {
    const [status, method, path, body, options = {}] = asked;
    const id = `req-${what.replaceAll(' ', '-')}`;
    const headers = { ...options.headers, 'x-request-id': id };
    const response = await studio.fetch(method, path, body, { ...options, headers });
    await response.text();
    expect(response.status).toBe(status);
    expect(response.headers.get('x-request-id')).toBe(id);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });
});
