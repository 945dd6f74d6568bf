import { type CreatedApiKeyView } from '../../src/auth/dto/api-key.dto';
import { Clock } from '../../src/common/clock';
import { type ProblemView } from '../../src/common/http/problem.dto';
import { type ModelView } from '../../src/models/dto/model.dto';
import { type EventPage } from '../../src/usage/dto/event.dto';
import { createKey, createModel, directed } from '../support/configure';
import { engines } from '../support/engines';
import { readEvents } from '../support/event-stream';
import { type Simulator, startSimulator } from '../support/simulator/server';
import { type Answer, startStudio, type Studio } from '../support/studio';

const PATH = '/api/v1/completions';

describe.each(engines)('Rate limits on $name', (engine) => {
  let studio: Studio;
  let simulator: Simulator;
  let model: ModelView;
  let now: number;

  beforeAll(async () => {
    simulator = await startSimulator();
    studio = await startStudio(engine);
  });
  beforeEach(async () => {
    model = await createModel(studio, simulator);
    simulator.reset();
    now = Date.now();
    jest.spyOn(studio.app.get(Clock), 'now').mockImplementation(() => now);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  afterAll(async () => {
    await studio.close();
    await simulator.close();
  });

  function ask(
    { key }: CreatedApiKeyView,
    usage: object = { input: 10, output: 5 },
    fields: object = {},
    headers: Record<string, string> = {},
  ): Promise<Answer<ProblemView>> {
    const body = { model: model.name, prompt: directed({ usage }), ...fields };
    return studio.request('POST', PATH, body, { key, headers });
  }

  const limitsOf = ({ headers }: Answer<unknown>): Record<string, string> =>
    Object.fromEntries([...headers].filter(([name]) => name.startsWith('x-ratelimit-')));

  it('say nothing to a key that has none', async () => {
    const answer = await ask(await createKey(studio, 'member'));
    expect([answer.status, limitsOf(answer)]).toEqual([200, {}]);
  });

  it('count requests, tell what is left, and refuse what is over until time has passed', async () => {
    const key = await createKey(studio, 'member', { requestsPerMinute: 2 });
    const first = await ask(key);
    expect([first.status, limitsOf(first)]).toEqual([
      200,
      {
        'x-ratelimit-limit-requests': '2',
        'x-ratelimit-remaining-requests': '1',
        'x-ratelimit-reset-requests': '30s',
      },
    ]);
    expect((await ask(key)).status).toBe(200);
    const over = await ask(key);
    expect([over.status, over.body.code]).toEqual([429, 'rate_limit_exceeded']);
    expect(over.body.detail).toMatch(/2 requests a minute.*Try again in 30 seconds/);
    expect(over.headers.get('retry-after')).toBe('30');
    expect(limitsOf(over)).toMatchObject({ 'x-ratelimit-remaining-requests': '0' });
    expect(simulator.requests()).toHaveLength(2);
    const { body } = await studio.request<EventPage>('GET', `/api/v1/usage/events?model=${model.name}`);
    expect(body.data).toHaveLength(2);
    now += 30_000;
    expect((await ask(key)).status).toBe(200);
  });

  it('count the tokens that were used in the place of those expected', async () => {
    const key = await createKey(studio, 'member', { tokensPerMinute: 6_000 });
    const first = await ask(key, { input: 4_000, output: 3_000 }, { parameters: { maxTokens: 500 } });
    expect(Number(limitsOf(first)['x-ratelimit-remaining-tokens'])).toBeLessThanOrEqual(5_500);
    expect(first.status).toBe(200);
    const over = await ask(key);
    expect([over.status, over.body.code]).toEqual([429, 'rate_limit_exceeded']);
    expect(over.body.detail).toMatch(/6000 tokens a minute/);
    expect(Number(over.headers.get('retry-after'))).toBeGreaterThanOrEqual(10);
    now += 40_000;
    expect((await ask(key)).status).toBe(200);
  });

  it('give expected tokens back that were not used', async () => {
    const key = await createKey(studio, 'member', { tokensPerMinute: 1_000 });
    for (let call = 0; call < 5; call += 1) {
      const { status } = await ask(key, { input: 10, output: 5 }, { parameters: { maxTokens: 800 } });
      expect(status).toBe(200);
    }
  });

  it('give the tokens of a failed call back', async () => {
    const key = await createKey(studio, 'member', { tokensPerMinute: 1_000 });
    for (let call = 0; call < 3; call += 1) {
      simulator.enqueue({ status: 400 }, { vendor: 'openai' });
      expect((await ask(key, {}, { parameters: { maxTokens: 800 } })).status).not.toBe(429);
    }
  });

  it('are told before a stream too, and refuse one with a plain answer', async () => {
    const key = await createKey(studio, 'member', { requestsPerMinute: 1 });
    const send = (): Promise<Response> =>
      studio.fetch('POST', PATH, { model: model.name, prompt: 'Hi', stream: true }, { key: key.key });
    const first = await send();
    expect(first.headers.get('x-ratelimit-remaining-requests')).toBe('0');
    expect((await readEvents(first)).at(-1)?.event).toBe('done');
    const over = await send();
    expect(over.status).toBe(429);
    expect(over.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });

  it('count a call once, however many attempts it takes', async () => {
    model = await createModel(studio, simulator, 'openai', {
      provider: { configuration: { maxRetries: 2 } },
    });
    const key = await createKey(studio, 'member', { requestsPerMinute: 1 });
    simulator.enqueue({ status: 500 }, { vendor: 'openai' });
    expect((await ask(key)).status).toBe(200);
    expect(simulator.requests()).toHaveLength(2);
  });

  it('do not count an answer that is given again', async () => {
    const key = await createKey(studio, 'member', { requestsPerMinute: 1 });
    for (let call = 0; call < 3; call += 1) {
      expect((await ask(key, undefined, {}, { 'idempotency-key': 'again' })).status).toBe(200);
    }
  });

  it('keep keys apart', async () => {
    const [one, two] = [
      await createKey(studio, 'member', { requestsPerMinute: 1 }),
      await createKey(studio, 'member'),
    ];
    await ask(one);
    expect((await ask(one)).status).toBe(429);
    expect((await ask(two)).status).toBe(200);
  });
});
