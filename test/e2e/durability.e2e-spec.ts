import { type CompletionView } from '../../src/completions/dto/completion-view.dto';
import { type Settings } from '../../src/config/settings';
import { type EventDetailView, type EventPage, type EventView } from '../../src/usage/dto/event.dto';
import { LedgerWriter } from '../../src/usage/ledger/ledger.writer';
import { createModel, directed, type VendorName } from '../support/configure';
import { engines } from '../support/engines';
import { readEvents } from '../support/event-stream';
import { type Simulator, startSimulator } from '../support/simulator/server';
import { startStudio, type Studio } from '../support/studio';
import { until } from '../support/until';

const VENDORS: readonly VendorName[] = ['openai', 'anthropic', 'google'];
const usage = { input: 1000, output: 200 };
/** By hand, in dollars: 1000 × 0.15 + 200 × 0.60 a million. */
const COST = '0.000270000000';

describe.each(engines)('On $name', (engine) => {
  let studio: Studio;
  let simulator: Simulator;

  function serve(settings: Partial<Settings>): void {
    beforeAll(async () => {
      simulator = await startSimulator();
      studio = await startStudio(engine, { settings });
    });
    beforeEach(() => simulator.reset());
    afterAll(async () => {
      await studio.close();
      await simulator.close();
    });
  }

  /** The events of a model once none is pending and there are so many. */
  async function finalEvents(model: { name: string }, count = 1): Promise<EventView[]> {
    let events: EventView[] = [];
    await until(async () => {
      const path = `/api/v1/usage/events?model=${model.name}&limit=1000`;
      events = (await studio.request<EventPage>('GET', path)).body.data;
      return events.length >= count && events.every(({ status }) => status !== 'pending');
    });
    return events;
  }

  /** Calls a model and leaves: a plain call once the vendor has it, a stream after its first piece. */
  async function callAndLeave(model: { name: string }, stream: boolean, directive: object): Promise<void> {
    const leave = new AbortController();
    const asked = studio.fetch(
      'POST',
      '/api/v1/completions',
      { model: model.name, prompt: directed(directive), stream },
      { signal: leave.signal },
    );
    const left = asked
      .then(async (response) => {
        await response.body?.getReader().read();
        leave.abort();
      })
      .catch((error: unknown) => {
        if (!leave.signal.aborted) throw error;
      });
    if (!stream) {
      await until(() => simulator.requests().length > 0);
      leave.abort();
    }
    await left;
  }

  const slowly = { usage, text: 'one two three four five six', chunks: 6 };

  describe('a client that leaves under the policy abort', () => {
    serve({ onClientGone: 'abort' });

    it.each(VENDORS.flatMap((vendor) => [false, true].map((stream) => [vendor, stream] as const)))(
      'ends the call at %s (streamed: %s) and is metered by an estimate',
      async (vendor, stream) => {
        const model = await createModel(studio, simulator, vendor);
        await callAndLeave(model, stream, {
          ...slowly,
          ...(stream ? { chunkDelayMs: 150 } : { latencyMs: 20_000 }),
        });
        const [event] = await finalEvents(model);
        expect(event).toMatchObject({
          status: 'aborted',
          origin: 'client',
          errorCode: 'client_gone',
          endsCall: true,
          cost: { status: 'estimated' },
        });
        expect(Number(event?.cost.amount)).toBeGreaterThan(0);
        await until(() => simulator.requests().at(-1)?.abortedByClient === true);
        expect(simulator.requests()).toHaveLength(1);
      },
    );
  });

  describe('a client that leaves under the policy drain', () => {
    serve({ onClientGone: 'drain' });

    it.each([false, true])('is metered exactly by the vendor (streamed: %s)', async (stream) => {
      const model = await createModel(studio, simulator);
      await callAndLeave(model, stream, {
        ...slowly,
        ...(stream ? { chunkDelayMs: 60 } : { latencyMs: 300 }),
      });
      const [event] = await finalEvents(model);
      expect(event).toMatchObject({
        status: 'aborted',
        origin: 'client',
        errorCode: 'client_gone',
        usage: { inputTokens: 1000, outputTokens: 200 },
        cost: { status: 'priced', amount: COST },
      });
      expect(simulator.requests().at(-1)).toMatchObject({ abortedByClient: false, finished: true });
    });
  });

  describe('a database that does not answer', () => {
    serve({});
    afterEach(() => {
      jest.restoreAllMocks();
    });

    it.each([false, true])('refuses calls before the vendor is asked (streamed: %s)', async (stream) => {
      const model = await createModel(studio, simulator);
      const away = new Error('connect ECONNREFUSED');
      jest.spyOn(studio.app.get(LedgerWriter), 'open').mockRejectedValue(away);
      const answer = await studio.request<{ code: string }>('POST', '/api/v1/completions', {
        model: model.name,
        prompt: directed({ usage }),
        stream,
      });
      expect([answer.status, answer.body.code]).toEqual([503, 'ledger_unavailable']);
      expect(answer.headers.get('retry-after')).toBe('5');
      expect(simulator.requests()).toEqual([]);
    });

    it('holds an answer back until its settlement is committed', async () => {
      const model = await createModel(studio, simulator);
      const writer = studio.app.get(LedgerWriter);
      const settle = jest.spyOn(writer, 'settle').mockRejectedValue(new Error('connect ECONNREFUSED'));
      let answered = false;
      const answer = studio
        .request<CompletionView>('POST', '/api/v1/completions', {
          model: model.name,
          prompt: directed({ usage }),
        })
        .finally(() => {
          answered = true;
        });
      await until(() => settle.mock.calls.length >= 2);
      expect(answered).toBe(false);
      settle.mockRestore();
      expect((await answer).status).toBe(200);
      expect((await finalEvents(model))[0]).toMatchObject({ status: 'succeeded', cost: { amount: COST } });
    });
  });

  describe('the relaxed mode', () => {
    serve({ durability: 'relaxed' });

    it('records the same final events as the strict one, with tags, metadata and user', async () => {
      const model = await createModel(studio, simulator, 'openai', {
        provider: { configuration: { maxRetries: 1 } },
      });
      simulator.enqueue({ status: 500 }, { vendor: 'openai' });
      const input = { model: model.name, tags: ['blue', 'alpha'], metadata: { ticket: 7 }, user: 'ada' };
      const { status, body } = await studio.request<CompletionView>('POST', '/api/v1/completions', {
        ...input,
        prompt: directed({ usage }),
      });
      expect([status, body.cost.amount]).toEqual([200, COST]);
      const [last, first] = await finalEvents(model, 2);
      const same = { completionId: body.id, tags: ['alpha', 'blue'], metadata: { ticket: 7 }, user: 'ada' };
      expect(first).toMatchObject({ ...same, attempt: 1, status: 'failed', endsCall: false });
      expect(last).toMatchObject({
        ...same,
        attempt: 2,
        status: 'succeeded',
        endsCall: true,
        cost: { amount: COST, status: 'priced' },
      });
      const detail = await studio.request<EventDetailView>('GET', `/api/v1/usage/events/${last?.id}`);
      expect(detail.body.rawUsage).toMatchObject({ prompt_tokens: 1000 });
    });

    it('records streams, failures and clients that left as well', async () => {
      const model = await createModel(studio, simulator);
      const ask = (directive: object, stream: boolean) =>
        studio.fetch('POST', '/api/v1/completions', {
          model: model.name,
          prompt: directed(directive),
          stream,
        });
      expect((await readEvents(await ask({ usage }, true))).at(-1)?.event).toBe('done');
      expect((await ask({ status: 400 }, false)).status).toBeGreaterThanOrEqual(400);
      await callAndLeave(model, true, { ...slowly, chunkDelayMs: 150 });
      const events = await finalEvents(model, 3);
      expect(events.map(({ status }) => status).sort()).toEqual(['aborted', 'failed', 'succeeded']);
    });
  });

  describe('a stream', () => {
    serve({ timeouts: { firstByte: 10_000, idle: 1_500, total: 20_000 } });

    it.each(
      VENDORS.flatMap((vendor) => [
        [vendor, 'cut', 'network', 'cut'] as const,
        [vendor, 'stall', 'vendor', 'stalled'] as const,
        [vendor, 'malformed', 'vendor', 'bad_response'] as const,
        [vendor, 'error_event', 'vendor', null] as const,
      ]),
    )(
      'of %s that fails by %s ends with an error event, and is recorded',
      async (vendor, fault, origin, code) => {
        const model = await createModel(studio, simulator, vendor);
        const response = await studio.fetch('POST', '/api/v1/completions', {
          model: model.name,
          prompt: directed({ ...slowly, fault, after: 3 }),
          stream: true,
        });
        expect(response.status).toBe(200);
        const events = await readEvents(response);
        const names = events.map(({ event }) => event);
        expect(names.filter((name) => name === 'delta').length).toBeGreaterThan(0);
        expect(names.filter((name) => name !== 'delta')).toEqual(['error']);
        expect(events.at(-1)?.data).toMatchObject({
          type: expect.stringMatching(/^urn:ai-studio:problem:/) as string,
          detail: expect.any(String) as string,
          requestId: response.headers.get('x-request-id'),
        });
        const [event] = await finalEvents(model);
        expect(event).toMatchObject({ status: 'failed', origin, streamed: true, endsCall: true });
        if (code !== null) expect(event?.errorCode).toBe(code);
        expect(event?.cost.status).not.toBe('free');
      },
    );

    it('is recorded however long the id is that the vendor gives it', async () => {
      const model = await createModel(studio, simulator);
      const response = await studio.fetch('POST', '/api/v1/completions', {
        model: model.name,
        prompt: directed({ usage, extra: { id: 'x'.repeat(1_000) } }),
      });
      expect(response.status).toBe(200);
      const [event] = await finalEvents(model);
      const { body } = await studio.request<EventDetailView>('GET', `/api/v1/usage/events/${event?.id}`);
      expect(body).toMatchObject({ status: 'succeeded', vendorResponseId: 'x'.repeat(200) });
    });

    it('is not read ahead of a client that does not read, and is whole when it does', async () => {
      const model = await createModel(studio, simulator);
      const text = 'x'.repeat(24_000_000);
      simulator.enqueue({ text, chunks: 2_400, usage }, { vendor: 'openai' });
      const response = await studio.fetch('POST', '/api/v1/completions', {
        model: model.name,
        prompt: 'Hi',
        stream: true,
      });
      const reader = (response.body as ReadableStream<Uint8Array>).getReader();
      let received = (await reader.read()).value?.byteLength ?? 0;
      // Longer than all of it takes when nobody holds it back.
      await new Promise((resolve) => setTimeout(resolve, 700));
      expect(simulator.requests().at(-1)).toMatchObject({ finished: false, abortedByClient: false });
      expect(simulator.activeStreams()).toBe(1);
      let tail = '';
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        received += piece.value.byteLength;
        tail = (tail + Buffer.from(piece.value).toString('latin1')).slice(-200);
      }
      expect(received).toBeGreaterThan(2 * text.length);
      expect(tail).toMatch(/"overheadMs":[\d.]+}}\n\n$/);
      expect((await finalEvents(model))[0]).toMatchObject({ status: 'succeeded', cost: { amount: COST } });
    });
  });
});
