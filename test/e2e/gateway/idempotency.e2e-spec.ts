import { randomBytes } from 'node:crypto';
import { type EventPage } from '../../../src/usage/dto/event.dto';
import { createKey, createModel, directed, type VendorName } from '../../support/configure';
import { engines } from '../../support/engines';
import { type Simulator, startSimulator } from '../../support/simulator/server';
import { startStudio, type Studio } from '../../support/studio';
import { until } from '../../support/until';

interface Asked {
  readonly path: string;
  readonly body: object;
}

interface Door {
  readonly name: string;
  readonly requestId: string;
  readonly errorCode: (body: unknown) => unknown;
  ask(model: string, prompt: string, stream: boolean): Asked;
}

type Fields = Readonly<Record<string, Record<string, unknown>>>;

const DOORS: readonly Door[] = [
  {
    name: 'Chat Completions',
    requestId: 'x-request-id',
    errorCode: (body) => (body as Fields).error?.code,
    ask: (model, content, stream) => ({
      path: '/v1/chat/completions',
      body: { model, messages: [{ role: 'user', content }], stream },
    }),
  },
  {
    name: 'Responses',
    requestId: 'x-request-id',
    errorCode: (body) => (body as Fields).error?.code,
    ask: (model, input, stream) => ({ path: '/v1/responses', body: { model, input, stream } }),
  },
  {
    name: 'Messages',
    requestId: 'request-id',
    errorCode: (body) => (body as Fields).error?.type,
    ask: (model, content, stream) => ({
      path: '/v1/messages',
      body: { model, max_tokens: 100, messages: [{ role: 'user', content }], stream },
    }),
  },
  {
    name: 'generateContent',
    requestId: 'x-request-id',
    errorCode: (body) => (body as Fields).error?.status,
    ask: (model, text, stream) => ({
      path: `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
      body: { contents: [{ role: 'user', parts: [{ text }] }] },
    }),
  },
];

const VENDORS: readonly VendorName[] = ['openai', 'anthropic', 'google'];

describe.each(engines)('An Idempotency-Key on $name', (engine) => {
  let studio: Studio;
  let simulator: Simulator;
  let key: string;

  beforeAll(async () => {
    simulator = await startSimulator();
    studio = await startStudio(engine);
  });
  beforeEach(() => {
    simulator.reset();
    key = randomBytes(6).toString('hex');
  });
  afterAll(async () => {
    await studio.close();
    await simulator.close();
  });

  function send({ path, body }: Asked, credential?: string): Promise<Response> {
    return studio.fetch('POST', path, body, {
      headers: { 'idempotency-key': key },
      ...(credential === undefined ? {} : { key: credential }),
    });
  }

  describe.each(DOORS)('at the door of $name', (door) => {
    it.each(VENDORS.flatMap((vendor) => [false, true].map((stream) => [vendor, stream] as const)))(
      'gives the answer of %s again (streamed: %s), and charges it once',
      async (vendor, stream) => {
        const { name } = await createModel(studio, simulator, vendor);
        const asked = door.ask(
          name,
          directed({ text: 'Grüße 🙂 again', usage: { input: 9, output: 4 } }),
          stream,
        );
        const first = await send(asked);
        const body = await first.text();
        expect([first.status, first.headers.get('idempotency-replayed')]).toEqual([200, null]);
        const again = await send(asked);
        expect([again.status, await again.text()]).toEqual([200, body]);
        expect(again.headers.get('idempotency-replayed')).toBe('true');
        expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'));
        expect(again.headers.get(door.requestId)).toEqual(expect.any(String));
        expect(again.headers.get(door.requestId)).not.toBe(first.headers.get(door.requestId));
        expect(simulator.requests()).toHaveLength(1);
        const { body: events } = await studio.request<EventPage>('GET', `/api/v1/usage/events?model=${name}`);
        expect(events.data).toHaveLength(1);
      },
    );

    it.each([false, true])(
      'refuses in its own words, and says not to repeat (streamed: %s)',
      async (stream) => {
        const { name } = await createModel(studio, simulator);
        const slow = door.ask(name, directed({ latencyMs: 1_500 }), stream);
        const first = send(slow);
        await until(() => simulator.requests().length > 0);
        for (const [asked, retryAfter] of [
          [slow, '2'],
          [door.ask(name, 'Another', stream), null],
        ] as const) {
          const refused = await send(asked);
          expect([refused.status, refused.headers.get('x-should-retry')]).toEqual([409, 'false']);
          expect(refused.headers.get('retry-after')).toBe(retryAfter);
          const body = (await refused.json()) as object;
          expect(door.errorCode(body)).toEqual(expect.any(String));
          expect(JSON.stringify(body)).toContain('Idempotency-Key');
        }
        await (await first).text();
      },
    );

    it.each([false, true])('is free again after a failure of the vendor (streamed: %s)', async (stream) => {
      const { name } = await createModel(studio, simulator, 'anthropic');
      const asked = door.ask(name, 'Hi', stream);
      simulator.enqueue({ status: 429 }, { vendor: 'anthropic' });
      const failed = await send(asked);
      expect(failed.status).toBe(429);
      await failed.text();
      const again = await send(asked);
      expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, null]);
      await again.text();
    });

    it('belongs to the API key', async () => {
      const { name } = await createModel(studio, simulator);
      const asked = door.ask(name, 'Hi', false);
      await (await send(asked)).text();
      const other = await send(asked, (await createKey(studio, 'member')).key);
      expect([other.status, other.headers.get('idempotency-replayed')]).toEqual([200, null]);
    });
  });
});
