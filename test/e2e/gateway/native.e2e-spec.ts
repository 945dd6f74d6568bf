import { type EventDetailView, type EventPage, type EventView } from '../../../src/usage/dto/event.dto';
import { createModel, directed, VENDOR_KEY, type VendorName } from '../../support/configure';
import { engines } from '../../support/engines';
import { type Simulator, startSimulator } from '../../support/simulator/server';
import { ADMIN_KEY, startStudio, type Studio } from '../../support/studio';
import { until } from '../../support/until';
import { WIRE_FORMATS, type WireFormat } from '../../support/wire';

const VENDORS: readonly VendorName[] = ['openai', 'anthropic', 'google'];
const usage = { input: 1000, output: 200 };

describe.each(engines)('The native way on $name', (engine) => {
  let studio: Studio;
  let simulator: Simulator;
  const models = {} as Record<VendorName, string>;

  beforeAll(async () => {
    simulator = await startSimulator();
    studio = await startStudio(engine, {
      settings: { timeouts: { firstByte: 5_000, idle: 400, total: 20_000 } },
    });
    for (const vendor of VENDORS) models[vendor] = (await createModel(studio, simulator, vendor)).name;
  });
  beforeEach(() => simulator.reset());
  afterAll(async () => {
    await studio.close();
    await simulator.close();
  });

  function send(
    format: WireFormat,
    text: string,
    options: {
      streamed?: boolean;
      more?: object;
      headers?: Record<string, string>;
      signal?: AbortSignal;
    } = {},
  ): Promise<Response> {
    const { streamed = false, more, headers, signal } = options;
    const model = models[format.vendor];
    return fetch(studio.url + format.path(model, streamed), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...format.headers(ADMIN_KEY), ...headers },
      body: JSON.stringify({ ...format.body(model, text, streamed), ...more }),
      ...(signal && { signal }),
    });
  }

  /** The event of the call with this request id, once it is final. */
  async function eventOf(response: Response): Promise<EventDetailView> {
    const requestId = response.headers.get('x-request-id') ?? '';
    let found: EventDetailView | undefined;
    await until(async () => {
      const { body } = await studio.request<EventPage>('GET', '/api/v1/usage/events?limit=20');
      for (const { id, status } of body.data) {
        if (status === 'pending') continue;
        const detail = (await studio.request<EventDetailView>('GET', `/api/v1/usage/events/${id}`)).body;
        if (detail.requestId === requestId) found = detail;
      }
      return found !== undefined;
    });
    return found as EventDetailView;
  }

  describe.each(WIRE_FORMATS)('of $name', (format) => {
    it('hands the body on as it was sent, but for the model, and the answer as it came', async () => {
      const more = { future_feature: { deep: [1, '日本'] } };
      const response = await send(
        format,
        directed({ text: 'Grüße 🙂', usage, extra: { future: [{ a: 1 }] } }),
        { more },
      );
      const answer = await response.json();
      expect(response.status).toBe(200);
      expect(format.textOf(answer)).toBe('Grüße 🙂');
      expect(answer).toMatchObject({ future: [{ a: 1 }] });
      const [asked] = simulator.requests();
      const sent = { ...format.body(models[format.vendor], '', false), ...more };
      expect(Object.keys(asked?.body as object).sort()).toEqual(Object.keys(sent).sort());
      expect(asked?.body).toMatchObject(more);
      const event = await eventOf(response);
      expect(event).toMatchObject({ status: 'succeeded', usage: { inputTokens: 1000, outputTokens: 200 } });
      expect(response.headers.get('x-studio-cost')).toBe(event.cost.amount);
      expect(response.headers.get('x-studio-attempts')).toBe('1');
    });

    it('streams event by event, and meters what the vendor reports', async () => {
      const response = await send(format, directed({ text: 'Good day to you', chunks: 4, usage }), {
        streamed: true,
      });
      const text = await response.text();
      expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
      if (format.closing !== null) expect(text.trimEnd().split('\n\n').at(-1)).toContain(format.closing);
      expect(await eventOf(response)).toMatchObject({
        status: 'succeeded',
        usage: { inputTokens: 1000, outputTokens: 200 },
        performance: { timeToFirstTokenMs: expect.any(Number) as number },
      });
    });

    it('gives the same stream when it comes byte by byte', async () => {
      const script = { text: 'Grüße aus 日本 🙂', chunks: 5, usage };
      const clean = (text: string): string =>
        text.replaceAll(
          /"(id|responseId|created|created_at|completed_at|item_id|obfuscation)":("[^"]*"|\d+)/g,
          '',
        );
      const whole = await send(format, directed(script), { streamed: true });
      const split = await send(format, directed({ ...script, splitBytes: true }), { streamed: true });
      expect(clean(await split.text())).toBe(clean(await whole.text()));
      expect((await eventOf(split)).usage).toEqual((await eventOf(whole)).usage);
    });

    it('tells of a stream that the vendor cuts, and closes nothing that was not finished', async () => {
      const response = await send(format, directed({ text: 'a b c d', chunks: 4, fault: 'cut', after: 2 }), {
        streamed: true,
      });
      const text = await response.text();
      expect(text).toContain('error');
      if (format.closing !== null) expect(text).not.toContain(format.closing);
      expect(await eventOf(response)).toMatchObject({
        status: 'failed',
        origin: 'network',
        errorCode: 'cut',
      });
    });

    it('tells of a stream that stalls', async () => {
      const response = await send(
        format,
        directed({ text: 'a b c d', chunks: 4, fault: 'stall', after: 2 }),
        { streamed: true },
      );
      expect(await response.text()).toContain('error');
      expect(await eventOf(response)).toMatchObject({
        status: 'failed',
        origin: 'vendor',
        errorCode: 'stalled',
      });
    });

    it("passes on the vendor's own error event, once, and ends", async () => {
      const response = await send(
        format,
        directed({ text: 'a b', chunks: 2, fault: 'error_event', after: 1 }),
        { streamed: true },
      );
      const text = await response.text();
      expect(text.match(/"message":/g)?.length ?? 0).toBeGreaterThan(0);
      if (format.closing !== null) expect(text).not.toContain(format.closing);
      expect(await eventOf(response)).toMatchObject({ status: 'failed', origin: 'vendor' });
    });

    it.each([400, 404, 429, 500, 503])(
      'passes back an error of status %i as the vendor words it',
      async (status) => {
        const response = await send(
          format,
          directed({ status, errorMessage: 'Why it is so.', retryAfter: 7 }),
        );
        expect(response.status).toBe(status);
        expect(await response.text()).toContain('Why it is so.');
        if (status === 429 && format.vendor !== 'google')
          expect(response.headers.get('retry-after')).toBe('7');
        expect(await eventOf(response)).toMatchObject({ status: 'failed' });
      },
    );

    it.each([401, 403])(
      "tells of a provider's account that is refused (%i) as 424, without the vendor's words of keys",
      async (status) => {
        const response = await send(format, directed({ status, errorMessage: `Bad key ${VENDOR_KEY}` }));
        expect(response.status).toBe(424);
        const text = await response.text();
        expect(text).not.toContain(VENDOR_KEY);
        expect(text).toMatch(/provider/);
      },
    );

    it('lets no key of the provider through in an error that it passes back', async () => {
      const response = await send(format, directed({ status: 400, errorMessage: `You sent ${VENDOR_KEY}.` }));
      expect(response.status).toBe(400);
      expect(await response.text()).not.toContain(VENDOR_KEY);
    });

    it('passes on named headers only', async () => {
      const smuggled = {
        'x-forwarded-for': '10.0.0.1',
        'x-forwarded-host': 'inside',
        forwarded: 'for=10.0.0.1',
        cookie: 'a=b',
        'proxy-authorization': 'Basic x',
        'openai-organization': 'org-other',
        'x-goog-user-project': 'other',
        'x-studio-tags': 'a',
        'idempotency-key': `key-${format.name.length}`,
      };
      await (await send(format, 'Hello', { headers: smuggled })).text();
      const [asked] = simulator.requests();
      const names = Object.keys(asked?.headers ?? {});
      for (const name of Object.keys(smuggled)) expect(names).not.toContain(name);
      expect(JSON.stringify(asked?.headers)).not.toContain(ADMIN_KEY);
      expect(asked?.headers['accept-encoding']).toBe('identity');
    });

    it('ends the vendor when the client leaves, and estimates what was not reported', async () => {
      const leaving = new AbortController();
      const response = await send(format, directed({ chunks: 1000, chunkDelayMs: 5 }), {
        streamed: true,
        signal: leaving.signal,
      });
      const reader = response.body?.getReader();
      await reader?.read();
      leaving.abort();
      await until(() => simulator.activeStreams() === 0);
      const event = await eventOf(response);
      expect(event).toMatchObject({ status: 'aborted', origin: 'client' });
      expect(event.cost).toMatchObject({ status: 'estimated' });
    });
  });

  const chat = WIRE_FORMATS[0] as WireFormat;

  it('keeps the usage chunk from a caller of Chat Completions who did not ask for it', async () => {
    const asked = async (more: object): Promise<string> =>
      (await send(chat, directed({ text: 'Hi', usage }), { streamed: true, more })).text();
    expect(await asked({})).not.toMatch(/"usage":\s*\{/);
    expect(await asked({ stream_options: { include_usage: false } })).not.toMatch(/"usage":\s*\{/);
    expect(await asked({ stream_options: { include_usage: true } })).toMatch(/"usage":\s*\{/);
    for (const { body } of simulator.requests()) {
      expect(body).toMatchObject({ stream_options: { include_usage: true } });
    }
  });

  it("fills in the model's defaults where the caller left a field out, and only there", async () => {
    const parameters = { maxTokens: 77, temperature: 0.5 };
    const expected = {
      openai: [
        { max_completion_tokens: 77, temperature: 0.5 },
        { max_tokens: 5, temperature: 0 },
      ],
      anthropic: [
        { max_tokens: 77, temperature: 0.5 },
        { max_tokens: 5, temperature: 0 },
      ],
      google: [
        { generationConfig: { maxOutputTokens: 77, temperature: 0.5 } },
        { generationConfig: { maxOutputTokens: 5, temperature: 0 } },
      ],
    } as const;
    for (const format of WIRE_FORMATS.filter(({ name }) => name !== 'Responses')) {
      const { name } = await createModel(studio, simulator, format.vendor, { parameters });
      const [filled, given] = expected[format.vendor];
      for (const more of [{}, given]) {
        simulator.reset();
        const { max_tokens: _limit, ...body } = format.body(name, 'Hi', false);
        const answer = await studio.request('POST', format.path(name, false), { ...body, ...more });
        expect(answer.status).toBe(200);
        const asked = simulator.requests()[0]?.body as Record<string, unknown>;
        expect(asked).toMatchObject(more === given ? given : filled);
        if (more === given) expect(asked).not.toHaveProperty('max_completion_tokens');
      }
    }
  });

  it('serves the array form of Google’s streams, and ends it as an array when it is cut', async () => {
    const path = `/v1beta/models/${models.google}:streamGenerateContent`;
    const ask = (directive: object) =>
      studio.fetch('POST', path, { contents: [{ role: 'user', parts: [{ text: directed(directive) }] }] });
    const whole = await ask({ text: 'One two three', chunks: 3, usage, splitBytes: true });
    expect(whole.headers.get('content-type')).toMatch(/application\/json/);
    const chunks = (await whole.json()) as { usageMetadata: object }[];
    expect(chunks.at(-1)?.usageMetadata).toMatchObject({ promptTokenCount: 1000 });
    const cut = JSON.parse(
      await (await ask({ text: 'a b c', chunks: 3, fault: 'cut', after: 1 })).text(),
    ) as object[];
    expect(cut.at(-1)).toMatchObject({ error: { code: 502 } });
  });

  it('drains an abandoned stream by policy of the team, and knows its exact usage', async () => {
    const { body: team } = await studio.request<{ id: string }>('POST', '/api/v1/teams', {
      name: 'drainers',
    });
    await studio.request('PATCH', `/api/v1/teams/${team.id}`, { onClientGone: 'drain' });
    const inTeam = { team: team.id };
    const { name } = await createModel(studio, simulator, 'openai', {}, inTeam);
    const leaving = new AbortController();
    const body = chat.body(name, directed({ chunks: 40, chunkDelayMs: 10, usage }), true);
    const response = await studio.fetch('POST', chat.path(name, true), body, {
      ...inTeam,
      signal: leaving.signal,
    });
    await response.body?.getReader().read();
    leaving.abort();
    let event: EventView | undefined;
    await until(async () => {
      const page = await studio.request<EventPage>('GET', '/api/v1/usage/events', undefined, inTeam);
      event = page.body.data[0];
      return event !== undefined && event.status !== 'pending';
    });
    expect(event).toMatchObject({
      status: 'aborted',
      usage: { inputTokens: 1000, outputTokens: 200 },
      cost: { status: 'priced' },
    });
  });

  it('leaves nothing open behind clients that connect and vanish', async () => {
    const body = chat.body(models.openai, directed({ chunks: 500, chunkDelayMs: 20 }), true);
    const vanish = async (index: number): Promise<void> => {
      const leaving = new AbortController();
      setTimeout(() => leaving.abort(), index % 40);
      const response = await studio
        .fetch('POST', chat.path('', true), body, { signal: leaving.signal })
        .catch(() => null);
      await response?.body?.cancel().catch(() => undefined);
    };
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(Array.from({ length: 30 }, (_, index) => vanish(index)));
    }
    await until(() => simulator.activeStreams() === 0, 20_000);
    await until(async () => {
      const page = await studio.request<EventPage>('GET', '/api/v1/usage/events?status=pending');
      return page.body.data.length === 0;
    }, 20_000);
  });

  describe('Responses that the vendor holds', () => {
    interface Held {
      readonly id: string;
      readonly status: string;
    }
    const create = async (more: object = {}): Promise<Held> =>
      (await studio.request<Held>('POST', '/v1/responses', { model: models.openai, input: 'Hello', ...more }))
        .body;

    it('are found again, continued and deleted by the team that made them', async () => {
      const { id } = await create({ store: true });
      expect((await studio.request<Held>('GET', `/v1/responses/${id}`)).body).toMatchObject({ id });
      const next = await studio.request<Held>('POST', '/v1/responses', {
        model: models.openai,
        input: 'And then?',
        previous_response_id: id,
      });
      expect(next.status).toBe(200);
      expect((await studio.request('DELETE', `/v1/responses/${id}`)).status).toBe(200);
      expect((await studio.request('GET', `/v1/responses/${id}`)).status).toBe(404);
    });

    it('are nobody else’s', async () => {
      const { id } = await create();
      const { body: team } = await studio.request<{ id: string }>('POST', '/api/v1/teams', {
        name: 'others',
      });
      const inTeam = { team: team.id };
      const other = await createModel(studio, simulator, 'openai', {}, inTeam);
      for (const [method, path, body] of [
        ['GET', `/v1/responses/${id}`, undefined],
        ['DELETE', `/v1/responses/${id}`, undefined],
        ['POST', `/v1/responses/${id}/cancel`, {}],
        ['POST', '/v1/responses', { model: other.name, input: 'x', previous_response_id: id }],
      ] as const) {
        const answer = await studio.request<{ error: { code: string } }>(method, path, body, inTeam);
        expect([answer.status, answer.body.error.code]).toEqual([404, 'response_not_found']);
      }
      expect((await studio.request('GET', `/v1/responses/${id}`)).status).toBe(200);
    });

    it('are metered when they are made in the background', async () => {
      const before = (await studio.request<EventPage>('GET', '/api/v1/usage/events?limit=1')).body.data[0]
        ?.id;
      const made = await create({
        background: true,
        input: directed({ text: 'Later', usage, chunkDelayMs: 700 }),
      });
      expect(['queued', 'in_progress']).toContain(made.status);
      let event: EventView | undefined;
      await until(async () => {
        event = (await studio.request<EventPage>('GET', '/api/v1/usage/events?limit=1')).body.data[0];
        return event !== undefined && event.id !== before && event.status !== 'pending';
      }, 20_000);
      expect(event).toMatchObject({ status: 'succeeded', usage: { inputTokens: 1000, outputTokens: 200 } });
    });
  });
});
