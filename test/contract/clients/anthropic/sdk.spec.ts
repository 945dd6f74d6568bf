import Anthropic from '@anthropic-ai/sdk';
import { directed, type VendorName } from '../../../support/configure';
import { until } from '../../../support/until';
import { type ClientStage, openStage, VENDORS } from '../harness';

const PNG = 'iVBORw0KGgo=';
const PDF = 'JVBERi0xLjQK';
const TOOL: Anthropic.Tool = {
  name: 'get_weather',
  description: 'The weather of a city',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
const TWO_CALLS = {
  toolCalls: [
    { name: 'get_weather', arguments: { city: 'Köln' } },
    { name: 'get_weather', arguments: { city: 'Rome' } },
  ],
};
const THINKING = { type: 'adaptive', display: 'summarized' } as const;

let stage: ClientStage;
beforeAll(async () => (stage = await openStage()));
beforeEach(() => stage.simulator.reset());
afterAll(() => stage.close());

function client(options: ConstructorParameters<typeof Anthropic>[0] = {}): Anthropic {
  return new Anthropic({ apiKey: stage.key, baseURL: stage.url, maxRetries: 0, ...options });
}

function ask(
  model: string,
  content: Anthropic.MessageParam['content'],
): Anthropic.MessageCreateParamsNonStreaming {
  return { model, max_tokens: 2000, messages: [{ role: 'user', content }] };
}

type Asked = Anthropic.MessageCreateParamsNonStreaming;

/** The usage of an answer, and the request's id. */
interface Counted {
  readonly usage: Anthropic.Usage;
  readonly id: string;
}

async function streaming(asked: Asked): Promise<Counted> {
  const stream = client().messages.stream(asked);
  const { usage } = await stream.finalMessage();
  return { usage, id: stream.request_id ?? '' };
}

async function answering(asked: Asked): Promise<Counted> {
  const { data, request_id } = await client().messages.create(asked).withResponse();
  return { usage: data.usage, id: request_id ?? '' };
}

describe.each(VENDORS)("Anthropic's SDK with a model of %s", (vendor: VendorName) => {
  const model = (): string => stage.models[vendor];

  it('answers, with usage in the words of Anthropic and in the ledger', async () => {
    const script = { text: 'Good day.', usage: { input: 1000, cached: 300, output: 200 } };
    const { data, request_id, response } = await client()
      .messages.create(ask(model(), directed(script)))
      .withResponse();
    expect(data).toMatchObject({
      type: 'message',
      role: 'assistant',
      content: [{ type: 'text', text: 'Good day.' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 700, cache_read_input_tokens: 300, output_tokens: 200 },
    });
    expect(request_id).toBe(response.headers.get('request-id'));
    const event = await stage.eventOf(request_id ?? '');
    expect(event).toMatchObject({
      status: 'succeeded',
      door: 'anthropic',
      usage: { inputTokens: 1000, cachedTokens: 300, outputTokens: 200 },
      cost: { status: 'priced', amount: response.headers.get('x-studio-cost') },
    });
  });

  it.each([true, false])(
    'counts thinking and what is kept as Anthropic does (streamed: %s)',
    async (streamed) => {
      // Only Anthropic bills for writing into its cache.
      const written = vendor === 'anthropic' ? 100 : 0;
      const usage = { input: 1000, cached: 300, cacheWrite5m: written, output: 200, reasoning: 50 };
      const asked = ask(stage.thinkingModels[vendor], directed({ text: 'Yes.', usage }));
      const { usage: counted, id } = await (streamed ? streaming(asked) : answering(asked));
      expect(counted).toMatchObject({
        input_tokens: 700 - written,
        cache_read_input_tokens: 300,
        cache_creation_input_tokens: written,
        output_tokens: 200,
        output_tokens_details: { thinking_tokens: 50 },
      });
      const event = await stage.eventOf(id);
      expect(event.usage).toMatchObject({
        inputTokens: 1000,
        cachedTokens: 300,
        outputTokens: 200,
        reasoningTokens: 50,
      });
      expect(event.cost.status).toBe('priced');
    },
  );

  it('streams, and its helper puts the whole message together', async () => {
    const usage = { input: 1000, cached: 300, output: 200 };
    const stream = client().messages.stream(
      ask(model(), directed({ text: 'Grüße aus 日本 🙂', chunks: 4, usage })),
    );
    const texts: string[] = [];
    stream.on('text', (text) => texts.push(text));
    const message = await stream.finalMessage();
    expect(texts.join('')).toBe('Grüße aus 日本 🙂');
    expect(texts.length).toBeGreaterThan(1);
    expect(await stream.finalText()).toBe('Grüße aus 日本 🙂');
    expect(message).toMatchObject({
      stop_reason: 'end_turn',
      usage: { input_tokens: 700, cache_read_input_tokens: 300, output_tokens: 200 },
    });
    expect(await stage.eventOf(stream.request_id ?? '')).toMatchObject({
      status: 'succeeded',
      streamed: true,
      usage: { inputTokens: 1000, cachedTokens: 300, outputTokens: 200 },
    });
  });

  it.each([true, false])('goes through a loop of parallel calls (streamed: %s)', async (streamed) => {
    const send = (params: Anthropic.MessageCreateParamsNonStreaming): Promise<Anthropic.Message> =>
      streamed ? client().messages.stream(params).finalMessage() : client().messages.create(params);
    const asked = { ...ask(model(), directed(TWO_CALLS)), tools: [TOOL] };
    const first = await send(asked);
    expect(first.stop_reason).toBe('tool_use');
    const calls = first.content.filter((block) => block.type === 'tool_use');
    expect(calls.map(({ input }) => input)).toEqual([{ city: 'Köln' }, { city: 'Rome' }]);
    expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
    const second = await send({
      ...asked,
      messages: [
        ...asked.messages,
        { role: 'assistant', content: first.content },
        {
          role: 'user',
          content: calls.map(({ id }, index) => ({
            type: 'tool_result' as const,
            tool_use_id: id,
            content: index === 0 ? 'rain' : [{ type: 'text' as const, text: 'sun' }],
          })),
        },
      ],
    });
    expect(JSON.stringify(second.content)).toContain('sun');
    expect(second.stop_reason).toBe('end_turn');
    const sent = JSON.stringify(simulatedBody());
    expect(sent).toContain('rain');
  });

  it.each([true, false])('takes one call at a time (streamed: %s)', async (streamed) => {
    const asked: Anthropic.MessageCreateParamsNonStreaming = {
      ...ask(
        model(),
        directed(vendor === 'google' ? TWO_CALLS : { toolCalls: TWO_CALLS.toolCalls.slice(0, 1) }),
      ),
      tools: [TOOL],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    };
    const { content } = streamed
      ? await client().messages.stream(asked).finalMessage()
      : await client().messages.create(asked);
    expect(content).toMatchObject([{ type: 'tool_use', input: { city: 'Köln' } }]);
    // Google cannot be told: of its calls the first alone is handed on.
    if (vendor !== 'google')
      expect(JSON.stringify(simulatedBody())).toMatch(/"(disable_)?parallel_tool_(use|calls)"/);
  });

  it.each([true, false])('thinks, also within a loop of tools (streamed: %s)', async (streamed) => {
    const send = (params: Anthropic.MessageCreateParamsNonStreaming): Promise<Anthropic.Message> =>
      streamed ? client().messages.stream(params).finalMessage() : client().messages.create(params);
    const asked = {
      ...ask(
        stage.thinkingModels[vendor],
        directed({ thinking: 'Let me see.', toolCalls: [TWO_CALLS.toolCalls[0]] }),
      ),
      tools: [TOOL],
      thinking: THINKING,
    };
    const first = await send(asked);
    const [thought] = first.content;
    // OpenAI keeps its thoughts to itself in Chat Completions.
    if (vendor !== 'openai') expect(thought).toMatchObject({ type: 'thinking', thinking: 'Let me see.' });
    const call = first.content.find((block) => block.type === 'tool_use');
    const second = await send({
      ...asked,
      messages: [
        ...asked.messages,
        { role: 'assistant', content: first.content },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: call?.id ?? '', content: 'rain' }] },
      ],
    });
    expect(JSON.stringify(second.content)).toContain('rain');
    expect(JSON.stringify(simulatedBody())).not.toContain('skip_thought_signature_validator');
  });

  it.each<[string, Anthropic.ContentBlockParam]>([
    ['a picture as bytes', { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } }],
    ['a picture by its URL', { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } }],
    [
      'a PDF as bytes',
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: PDF } },
    ],
    ['a PDF by its URL', { type: 'document', source: { type: 'url', url: 'https://example.com/a.pdf' } }],
  ])('shows %s', async (name, block) => {
    const sent = client().messages.create(ask(model(), [{ type: 'text', text: 'Look' }, block]));
    if (vendor === 'openai' && name === 'a PDF by its URL') {
      await expect(sent).rejects.toMatchObject({ status: 400 });
      return;
    }
    await sent;
    expect(JSON.stringify(simulatedBody())).toMatch(/example\.com\/a\.p|iVBORw0KGgo=|JVBERi0xLjQK/);
  });

  it('keeps the answer to a schema', async () => {
    const schema = {
      type: 'object',
      properties: { name: { type: 'string' } },
      required: ['name'],
      additionalProperties: false,
    };
    const message = await client().messages.create({
      ...ask(model(), 'Who?'),
      output_config: { format: { type: 'json_schema', schema } },
    });
    const [block] = message.content;
    expect(JSON.parse(block?.type === 'text' ? block.text : '')).toHaveProperty('name');
  });

  it('stops at a stop sequence', async () => {
    const message = await client().messages.create({
      ...ask(model(), directed({ text: 'one END two' })),
      stop_sequences: ['END'],
    });
    expect(message.content).toMatchObject([{ type: 'text', text: 'one ' }]);
    // OpenAI and Google do not say that it was one.
    const reason = vendor === 'anthropic' ? 'stop_sequence' : 'end_turn';
    expect(message.stop_reason).toBe(reason);
  });

  it('tells of an answer at its limit', async () => {
    const message = await client().messages.create(ask(model(), directed({ text: 'a', finish: 'length' })));
    expect(message.stop_reason).toBe('max_tokens');
  });

  it('counts tokens', async () => {
    const { max_tokens: _limit, ...counted } = ask(model(), 'Hello there');
    const count = await client().messages.countTokens({ ...counted, system: 'Be brief', tools: [TOOL] });
    expect(count.input_tokens).toBeGreaterThan(0);
  });

  it('closes the vendor when the client leaves', async () => {
    const stream = client().messages.stream(ask(model(), directed({ chunks: 1000, chunkDelayMs: 5 })));
    stream.on('text', () => stream.abort());
    await expect(stream.finalMessage()).rejects.toBeInstanceOf(Anthropic.APIUserAbortError);
    await until(() => stage.simulator.activeStreams() === 0);
    expect(await stage.eventOf(stream.request_id ?? '')).toMatchObject({
      status: 'aborted',
      origin: 'client',
    });
  });

  it.each(['cut', 'stall', 'error_event'] as const)(
    'throws for a stream with the fault %s',
    async (fault) => {
      const asked = ask(model(), directed({ text: 'a b c d', chunks: 4, fault, after: 2, chunkDelayMs: 20 }));
      const stream = client().messages.stream(asked);
      const texts: string[] = [];
      stream.on('text', (text) => texts.push(text));
      await expect(stream.finalMessage()).rejects.toBeInstanceOf(Anthropic.APIError);
      expect(texts.length).toBeGreaterThan(0);
      const read = async (): Promise<void> => {
        for await (const event of await client().messages.create({ ...asked, stream: true })) void event;
      };
      await expect(read()).rejects.toBeInstanceOf(Anthropic.APIError);
      expect(await stage.eventOf(stream.request_id ?? '')).toMatchObject({ status: 'failed' });
    },
  );

  it.each<[number, new (...args: never[]) => Error, object]>([
    [400, Anthropic.BadRequestError, { status: 400 }],
    [429, Anthropic.RateLimitError, { status: 429, type: 'rate_limit_error' }],
    [500, Anthropic.InternalServerError, { type: 'api_error' }],
    [529, Anthropic.InternalServerError, { status: 529, type: 'overloaded_error' }],
  ])("throws its own error for the vendor's %i", async (status, type, expected) => {
    const failing = client().messages.create(
      ask(
        model(),
        directed({ status: vendor !== 'anthropic' && status === 529 ? 503 : status, retryAfter: 7 }),
      ),
    );
    const error = (await failing.catch((thrown: unknown) => thrown)) as InstanceType<
      typeof Anthropic.APIError
    >;
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject(expected);
    expect(error.requestID).toBe(error.headers?.get('request-id'));
    if (status === 429) expect(error.headers?.get('retry-after')).toBe('7');
  });

  it("tells of the provider's bad key as 424, once", async () => {
    const failing = client({ maxRetries: 2 }).messages.create(ask(stage.badKeyModels[vendor], 'Hi'));
    await expect(failing).rejects.toMatchObject({ status: 424 });
    expect(stage.simulator.requests()).toHaveLength(1);
  });

  it('names a field that is wrong', async () => {
    const failing = client().messages.create({ ...ask(model(), 'Hi'), max_tokens: 'many' as never });
    const error = (await failing.catch((thrown: unknown) => thrown)) as Error;
    expect(error).toBeInstanceOf(Anthropic.BadRequestError);
    expect(error.message).toContain('max_tokens');
  });

  function simulatedBody(): unknown {
    return stage.simulator.requests().at(-1)?.body;
  }
});

describe("Anthropic's SDK", () => {
  it('sends the key in either header', async () => {
    const bearer = await client().messages.create(ask(stage.models.anthropic, 'Hi'));
    expect(bearer.type).toBe('message');
    const header = await new Anthropic({
      apiKey: null,
      authToken: null,
      defaultHeaders: { 'x-api-key': stage.key },
      baseURL: stage.url,
    }).messages.create(ask(stage.models.openai, 'Hi'));
    expect(header.type).toBe('message');
  });

  it('is refused with a wrong key and for an unknown model', async () => {
    await expect(
      client({ apiKey: 'wrong' }).messages.create(ask(stage.models.openai, 'Hi')),
    ).rejects.toBeInstanceOf(Anthropic.AuthenticationError);
    await expect(client().messages.create(ask('nobody', 'Hi'))).rejects.toBeInstanceOf(
      Anthropic.NotFoundError,
    );
  });

  it('lists the models of the team, and finds one', async () => {
    const ids: string[] = [];
    for await (const { id } of client().models.list()) ids.push(id);
    expect(ids).toEqual(expect.arrayContaining(Object.values(stage.models)));
    const found = await client().models.retrieve(stage.models.google);
    expect(found).toMatchObject({ type: 'model', id: stage.models.google });
    await expect(client().models.retrieve('nobody')).rejects.toBeInstanceOf(Anthropic.NotFoundError);
  });

  it('sends beta features to Anthropic as they are', async () => {
    await client().beta.messages.create({
      ...ask(stage.models.anthropic, 'Hi'),
      betas: ['files-api-2025-04-14', 'context-1m-2025-08-07'],
      context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] },
    } as never);
    const [asked] = stage.simulator.requests();
    expect(asked?.headers['anthropic-beta']).toBe('files-api-2025-04-14,context-1m-2025-08-07');
    expect(asked?.body).toHaveProperty('context_management');
  });

  it('counts tokens of what only Anthropic has', async () => {
    const count = await client().messages.countTokens({
      model: stage.models.anthropic,
      messages: [{ role: 'user', content: 'Hi' }],
      tools: [{ type: 'web_search_20250305', name: 'web_search' }],
    });
    expect(count.input_tokens).toBeGreaterThan(0);
    expect(stage.simulator.requests().at(-1)?.path).toBe('/v1/messages/count_tokens');
  });

  it('is refused a count of what leads inside', async () => {
    const source = { type: 'url' as const, url: 'http://169.254.169.254/a.png' };
    const { max_tokens: _limit, ...counted } = ask(stage.models.anthropic, [{ type: 'image', source }]);
    await expect(client().messages.countTokens(counted)).rejects.toMatchObject({ status: 400 });
    expect(stage.simulator.requests()).toHaveLength(0);
  });

  it('does not try again what another body has under its key', async () => {
    const headers = { 'idempotency-key': 'anthropic-sdk-1' };
    const first = await client().messages.create(ask(stage.models.google, 'One'), { headers });
    const again = await client().messages.create(ask(stage.models.google, 'One'), { headers });
    expect(again.id).toBe(first.id);
    const counted = jest.fn<Promise<Response>, Parameters<typeof fetch>>((...asked) => fetch(...asked));
    const other = client({ maxRetries: 2, fetch: counted }).messages.create(ask(stage.models.google, 'Two'), {
      headers,
    });
    await expect(other).rejects.toBeInstanceOf(Anthropic.ConflictError);
    expect(counted).toHaveBeenCalledTimes(1);
    expect(stage.simulator.requests()).toHaveLength(1);
  });

  it('is told of its rate limit', async () => {
    const limited = client({ apiKey: await stage.limitedKey(1) });
    const { response } = await limited.messages.create(ask(stage.models.openai, 'Hi')).withResponse();
    expect(response.headers.get('anthropic-ratelimit-requests-limit')).toBe('1');
    const error = (await limited.messages
      .create(ask(stage.models.openai, 'Hi'))
      .catch((thrown: unknown) => thrown)) as InstanceType<typeof Anthropic.RateLimitError>;
    expect(error).toBeInstanceOf(Anthropic.RateLimitError);
    expect(Number(error.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(error.headers.get('anthropic-ratelimit-requests-remaining')).toBe('0');
    expect(error.headers.get('anthropic-ratelimit-requests-reset')).toMatch(/Z$/);
  });
});
