import { type EventDetailView, type EventPage } from '../../../src/usage/dto/event.dto';
import { VENDOR_KEY, type VendorName } from '../../support/configure';
import { engines } from '../../support/engines';
import { type Scripted, type ScriptedVendor, startScriptedVendor } from '../../support/scripted-vendor';
import { ADMIN_KEY, startStudio, type Studio } from '../../support/studio';
import { until } from '../../support/until';

const EVENTS = 'text/event-stream';
const chatChunk = (fields: object): string =>
  `data: ${JSON.stringify({ id: 'c1', model: 'm', ...fields })}\n\n`;
const said = (content: string): string => chatChunk({ choices: [{ index: 0, delta: { content } }] });
const FINISHED =
  chatChunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }) +
  chatChunk({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 } });
const messageEvent = (data: { type: string }): string =>
  `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;

describe.each(engines)('An odd vendor on $name', (engine) => {
  let studio: Studio;
  let vendor: ScriptedVendor;

  beforeAll(async () => {
    vendor = await startScriptedVendor();
    studio = await startStudio(engine);
    for (const type of ['openai', 'anthropic', 'google'] as const) {
      const baseUrl = type === 'openai' ? `${vendor.url}/v1` : vendor.url;
      await studio.request('POST', '/api/v1/providers', {
        name: type,
        type,
        apiKey: VENDOR_KEY,
        configuration: { baseUrl },
      });
    }
  });
  beforeEach(() => void vendor.asked.splice(0));
  afterAll(async () => {
    await studio.close();
    await vendor.close();
  });

  const MODELS: Readonly<Record<VendorName, string>> = {
    openai: 'openai/gpt-4o-mini',
    anthropic: 'anthropic/claude-sonnet-4-5',
    google: 'google/gemini-2.5-flash',
  };

  interface Told {
    readonly status: number;
    readonly text: string;
    readonly event: EventDetailView;
  }

  async function ask(path: string, body: object, script: Scripted): Promise<Told> {
    vendor.answer(script);
    const response = await studio.fetch('POST', path, body);
    const text = await response.text();
    const requestId = response.headers.get('x-request-id');
    let event: EventDetailView | undefined;
    await until(async () => {
      const { data } = (await studio.request<EventPage>('GET', '/api/v1/usage/events?limit=5')).body;
      for (const { id, status } of data) {
        const detail = (await studio.request<EventDetailView>('GET', `/api/v1/usage/events/${id}`)).body;
        if (status !== 'pending' && detail.requestId === requestId) event = detail;
      }
      return event !== undefined;
    });
    return { status: response.status, text, event: event as EventDetailView };
  }

  const chat = (script: Scripted, more: object = {}): Promise<Told> =>
    ask(
      '/v1/chat/completions',
      { model: MODELS.openai, messages: [{ role: 'user', content: 'Hi' }], ...more },
      script,
    );
  const responses = (script: Scripted, more: object = {}): Promise<Told> =>
    ask('/v1/responses', { model: MODELS.openai, input: 'Hi', ...more }, script);
  const messages = (script: Scripted, more: object = {}): Promise<Told> =>
    ask(
      '/v1/messages',
      { model: MODELS.anthropic, max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }], ...more },
      script,
    );
  const google = (script: Scripted, query = ''): Promise<Told> =>
    ask(
      `/v1beta/models/${MODELS.google}:streamGenerateContent${query}`,
      { contents: [{ parts: [{ text: 'Hi' }] }] },
      script,
    );

  it('that ends a response as failed has its event passed on', async () => {
    const response = {
      id: 'resp_1',
      status: 'failed',
      error: { code: 'server_error', message: 'Broken.' },
      usage: null,
    };
    const pieces = [
      `event: response.created\ndata: ${JSON.stringify({ type: 'response.created', response: { id: 'resp_1' } })}\n\n`,
      `event: response.failed\ndata: ${JSON.stringify({ type: 'response.failed', response })}\n\n`,
    ];
    const { text, event } = await responses({ type: EVENTS, pieces }, { stream: true });
    expect(text).toContain('response.failed');
    expect(event).toMatchObject({ status: 'failed', origin: 'vendor' });
  });

  it('whose totals stand beside a text like an event’s name is metered by its totals', async () => {
    const pieces = [
      messageEvent({
        type: 'message_start',
        message: { id: 'm1', model: 'claude-sonnet-4-5', usage: { input_tokens: 9, output_tokens: 1 } },
      } as { type: string }),
      messageEvent({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } } as {
        type: string;
      }),
      messageEvent({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } } as {
        type: string;
      }),
      messageEvent({
        type: 'message_delta',
        delta: { stop_reason: 'stop_sequence', stop_sequence: 'content_block_delta' },
        usage: { output_tokens: 5000 },
      } as { type: string }),
      messageEvent({ type: 'message_stop' }),
    ];
    const told = await messages(
      { type: EVENTS, pieces },
      { stream: true, stop_sequences: ['content_block_delta'] },
    );
    expect(told.event).toMatchObject({ status: 'succeeded', usage: { inputTokens: 9, outputTokens: 5000 } });
  });

  it.each([
    [': keepalive 1234567890\ndata: [DONE]\n\n'],
    ['id: 1234567890\nevent: done\ndata: [DONE]\n\n'],
    ['data: [DONE]\n'],
  ])('that closes a stream with %j closes it', async (closing) => {
    const { text, event } = await chat(
      { type: EVENTS, pieces: [said('Hi'), FINISHED, closing] },
      { stream: true },
    );
    expect(text.match(/\[DONE\]/g)).toHaveLength(1);
    expect(text).not.toContain('error');
    expect(event).toMatchObject({ status: 'succeeded', usage: { inputTokens: 10, outputTokens: 5 } });
  });

  describe('that repeats the provider’s key', () => {
    const error = {
      error: { type: 'server_error', code: 500, status: 'INTERNAL', message: `You sent ${VENDOR_KEY}.` },
    };
    it.each<[string, () => Promise<Told>]>([
      [
        'in a stream of Chat',
        () =>
          chat(
            { type: EVENTS, pieces: [said('Hi'), `data: ${JSON.stringify(error)}\n\n`] },
            { stream: true },
          ),
      ],
      [
        'in a stream of Messages',
        () =>
          messages(
            {
              type: EVENTS,
              pieces: [
                messageEvent({ type: 'message_start', message: { id: 'm' } } as { type: string }),
                messageEvent({ type: 'error', ...error }),
              ],
            },
            { stream: true },
          ),
      ],
      [
        'in an array of Google',
        () =>
          google({
            pieces: [
              '[{"candidates":[{"content":{"parts":[{"text":"Hi"}]}}]}',
              `,\r\n${JSON.stringify(error)}]`,
            ],
          }),
      ],
      ['in a plain answer', () => chat({ pieces: [JSON.stringify(error)] })],
    ])('%s is not repeated', async (_name, tell) => {
      const { text, event } = await tell();
      expect(text).toContain('You sent');
      expect(text).not.toContain(VENDOR_KEY);
      expect(event).toMatchObject({ status: 'failed' });
    });
  });

  it.each([['{"id":"c1","choices":[{"mess'], ['{"id":'], ['<html>'], ['']])(
    'that answers with %j is a bad gateway',
    async (piece) => {
      const { status, text, event } = await chat({ pieces: [piece] });
      expect(status).toBe(502);
      expect((JSON.parse(text) as { error: { code: string } }).error.code).toBe('vendor_bad_response');
      expect(event).toMatchObject({ status: 'failed', errorCode: 'bad_response' });
    },
  );

  it('that fails in an array of Google has it closed', async () => {
    const pieces = [
      '[{"candidates":[{"content":{"parts":[{"text":"Hi"}]}}]}',
      ',\r\n{"error":{"code":500,"status":"INTERNAL","message":"Broken."}}\n]\n',
    ];
    const { text } = await google({ pieces });
    expect(JSON.parse(text)).toMatchObject([{ candidates: [{}] }, { error: { code: 500 } }]);
  });

  describe('that breaks the connection after it said why it fails', () => {
    const error = { type: 'error', error: { message: 'Broken.', code: 500, status: 'INTERNAL' } };
    const hi = { candidates: [{ content: { parts: [{ text: 'Hi' }] } }] };
    const cut = { type: EVENTS, end: 'destroy' } as const;
    it.each<[string, () => Promise<Told>]>([
      [
        'Chat',
        () => chat({ ...cut, pieces: [said('Hi'), `data: ${JSON.stringify(error)}\n\n`] }, { stream: true }),
      ],
      [
        'Messages',
        () =>
          messages(
            {
              ...cut,
              pieces: [
                messageEvent({ type: 'message_start', message: { id: 'm' } } as { type: string }),
                messageEvent({ type: 'content_block_delta', delta: { text: 'Hi' } } as { type: string }),
                messageEvent(error),
              ],
            },
            { stream: true },
          ),
      ],
      [
        'Google',
        () =>
          google(
            { ...cut, pieces: [hi, error].map((data) => `data: ${JSON.stringify(data)}\r\n\r\n`) },
            '?alt=sse',
          ),
      ],
    ])('in %s tells it once', async (_name, tell) => {
      const { text, event } = await tell();
      expect(text.match(/"error":/g)).toHaveLength(1);
      expect(text).toContain('Broken.');
      expect(event).toMatchObject({ status: 'failed', origin: 'vendor', errorCode: 'vendor_error' });
    });

    it('has its array closed', async () => {
      const pieces = [`[${JSON.stringify(hi)}`, `,\r\n${JSON.stringify(error)}\n`];
      const { text, event } = await google({ pieces, end: 'destroy' });
      expect(JSON.parse(text)).toMatchObject([hi, error]);
      expect(event).toMatchObject({ status: 'failed', origin: 'vendor', errorCode: 'vendor_error' });
    });
  });

  it('whose first event is an error has not answered: it costs nothing, and is told as an error', async () => {
    const pieces = [': a comment\n\n', 'data: {"error":{"message":"Broken.","type":"server_error"}}\n\n'];
    const { event, text } = await chat({ type: EVENTS, pieces }, { stream: true });
    expect(text).toContain('Broken.');
    expect(event).toMatchObject({ status: 'failed', cost: { amount: '0.000000000000' } });
  });

  it('that answers a stream with an error as JSON is told in its words', async () => {
    const { text, event } = await chat(
      { pieces: ['{"error":{"message":"Not today.","type":"server_error"}}'] },
      { stream: true },
    );
    expect(text).toContain('Not today.');
    expect(event).toMatchObject({ status: 'failed', origin: 'vendor' });
  });

  it('that fails after it said something without a usage is paid by an estimate', async () => {
    const pieces = [
      `data: ${JSON.stringify({ candidates: [{ content: { parts: [{ text: 'x'.repeat(330) }] } }] })}\r\n\r\n`,
      `data: ${JSON.stringify({ error: { code: 500, status: 'INTERNAL', message: 'Broken.' } })}\r\n\r\n`,
    ];
    const { event } = await google({ type: EVENTS, pieces }, '?alt=sse');
    expect(event).toMatchObject({
      status: 'failed',
      cost: { status: 'estimated' },
      usage: { outputTokens: 100 },
    });
  });

  it.each(['"content": "', '"content":"', '"reasoning" : "', '"refusal":"'])(
    'that is cut after %s… is paid by an estimate',
    async (start) => {
      const piece = `data: {"id":"c1","choices": [{"index":0,"delta":{${start}${'x'.repeat(330)}"}}]}\n\n`;
      const { event, text } = await chat(
        { type: EVENTS, pieces: [piece, piece], end: 'destroy' },
        { stream: true },
      );
      expect(text).not.toContain('[DONE]');
      expect(event).toMatchObject({ status: 'failed', errorCode: 'cut', usage: { outputTokens: 200 } });
    },
  );

  it('is never asked with the caller’s key in the query', async () => {
    const id = 'resp_held';
    await responses({
      pieces: [
        JSON.stringify({
          id,
          status: 'completed',
          output: [],
          usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
        }),
      ],
    });
    vendor.answer({ pieces: [JSON.stringify({ id })] });
    await studio.request('GET', `/v1/responses/${id}?include=a&key=${ADMIN_KEY}&limit=2`);
    expect(vendor.asked.at(-1)).toBe(`GET /v1/responses/${id}?include=a&limit=2`);
  });

  it('is not asked for a model whose name is no text', async () => {
    const answer = await studio.request(
      'POST',
      '/v1/chat/completions',
      '{"model":"openai/\\ud800","messages":[]}',
    );
    expect(answer.status).toBe(400);
    expect(vendor.asked).toEqual([]);
  });

  it('does not make a key’s limits forget numbers', async () => {
    const { body } = await studio.request<{ key: string }>('POST', '/api/v1/api-keys', {
      name: 'limited',
      role: 'member',
      tokensPerMinute: 1000,
    });
    vendor.answer({
      pieces: [
        JSON.stringify({
          id: 'c',
          model: 'm',
          choices: [],
          usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
        }),
      ],
    });
    const call = { model: MODELS.openai, messages: [{ role: 'user', content: 'Hi' }], max_tokens: 1e308 };
    for (let time = 0; time < 2; time += 1) {
      const answer = await studio.request('POST', '/v1/chat/completions', call, { key: body.key });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('x-ratelimit-reset-tokens')).toMatch(/^[\dhms.]+$/);
    }
  });
});
