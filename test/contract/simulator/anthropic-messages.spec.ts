import Anthropic from '@anthropic-ai/sdk';
import { type Simulator, startSimulator } from '../../support/simulator/server';
import { anthropicClient, collect, errorOf, sim, until } from './clients';

describe('the simulator as Anthropic, messages', () => {
  let simulator: Simulator;
  let client: Anthropic;
  beforeAll(async () => {
    simulator = await startSimulator();
    client = anthropicClient(simulator);
  });
  afterAll(() => simulator.close());

  type Plain = Partial<Anthropic.MessageCreateParamsNonStreaming>;
  const base = (content: string) => ({
    model: 'claude-sonnet-5-5',
    max_tokens: 4096,
    messages: [{ role: 'user' as const, content }],
  });
  const ask = (content: string, more: Plain = {}) => client.messages.create({ ...base(content), ...more });
  const events = async (content: string, more: Plain = {}) =>
    collect(await client.messages.create({ ...base(content), ...more, stream: true }));
  const weather: Anthropic.Tool = {
    name: 'get_weather',
    input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  };

  it('echoes a prompt and derives its usage', async () => {
    const message = await ask('Good morning, 日本 🙂');
    expect(message).toMatchObject({
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-5-5',
      content: [{ type: 'text', text: 'You said: Good morning, 日本 🙂' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 5, output_tokens: 7, cache_read_input_tokens: 0 },
    });
    expect(message._request_id).toMatch(/^req_/);
  });

  it('reports directed usage with cache reads and writes beside the input', async () => {
    const usage = {
      input: 1200,
      cached: 800,
      cacheWrite5m: 100,
      cacheWrite1h: 50,
      output: 300,
      reasoning: 120,
    };
    const expected = {
      input_tokens: 250,
      cache_read_input_tokens: 800,
      cache_creation_input_tokens: 150,
      output_tokens: 300,
      output_tokens_details: { thinking_tokens: 120 },
    };
    const message = await ask(sim({ text: 'Hello', usage, servedTier: 'priority' }));
    expect(message.usage).toMatchObject({
      ...expected,
      cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 50 },
      service_tier: 'priority',
    });
    const final = await client.messages.stream(base(sim({ text: 'Hello', usage }))).finalMessage();
    expect(final.usage).toMatchObject(expected);
  });

  it('sends a usage object as it was given', async () => {
    const rawUsage = { input_tokens: 7, output_tokens: 30, server_tool_use: { web_search_requests: 2 } };
    expect((await ask(sim({ rawUsage }))).usage).toEqual(rawUsage);
    const all = await events(sim({ rawUsage }));
    expect(all.find((event) => event.type === 'message_delta')?.usage).toEqual(rawUsage);
  });

  it('streams the events in their order, with totals that only grow', async () => {
    const all = await events(sim({ text: 'Grüße 日本', chunks: 3, usage: { output: 100 }, usageReports: 2 }));
    expect(all.map((event) => event.type)).toEqual([
      'message_start',
      'content_block_start',
      ...Array<string>(3).fill('content_block_delta'),
      'content_block_stop',
      'message_delta',
      'message_delta',
      'message_stop',
    ]);
    const [start] = all;
    expect(start).toMatchObject({ message: { content: [], stop_reason: null, usage: { output_tokens: 1 } } });
    const reports = all.flatMap((event) => (event.type === 'message_delta' ? [event] : []));
    expect(reports.map((event) => event.usage.output_tokens)).toEqual([50, 100]);
    expect(reports.map((event) => event.delta.stop_reason)).toEqual([null, 'end_turn']);
  });

  it('pings within a stream', async () => {
    const response = await client.messages.create({ ...base('Hi'), stream: true }).asResponse();
    expect(await response.text()).toContain('event: ping\ndata: {"type":"ping"}\n\n');
  });

  it('carries a whole tool loop, with thinking handed back', async () => {
    const messages: Anthropic.MessageParam[] = [
      { role: 'user', content: sim({ toolCalls: [{ name: 'get_weather', arguments: { city: 'Zürich' } }] }) },
    ];
    const request = {
      ...base(''),
      tools: [weather],
      thinking: { type: 'enabled' as const, budget_tokens: 1024 },
      messages,
    };
    const first = await client.messages.stream(request).finalMessage();
    expect(first.stop_reason).toBe('tool_use');
    expect(first.content).toMatchObject([
      { type: 'thinking' },
      { type: 'tool_use', name: 'get_weather', input: { city: 'Zürich' } },
    ]);
    const call = first.content.find((block) => block.type === 'tool_use');
    messages.push({ role: 'assistant', content: first.content as Anthropic.ContentBlockParam[] });
    messages.push({
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: call?.id ?? '', content: '21 degrees' }],
    });
    const second = await client.messages.create(request);
    expect(second.content.at(-1)).toMatchObject({ type: 'text', text: 'The tool said: 21 degrees' });
    const withoutThinking = [...messages];
    withoutThinking[1] = { role: 'assistant', content: call ? [call] : [] };
    const error = await errorOf(client.messages.create({ ...request, messages: withoutThinking }));
    expect(error).toBeInstanceOf(Anthropic.BadRequestError);
  });

  it('calls the tool that a request insists on', async () => {
    const named = await ask('Weather?', {
      tools: [weather],
      tool_choice: { type: 'tool', name: 'get_weather' },
    });
    expect(named.content).toMatchObject([{ type: 'tool_use', input: { city: 'text' } }]);
    const any = await events('Weather?', { tools: [weather], tool_choice: { type: 'any' } });
    const json = any.map((event) =>
      event.type === 'content_block_delta' && event.delta.type === 'input_json_delta'
        ? event.delta.partial_json
        : '',
    );
    expect(json.join('')).toBe('{"city":"text"}');
  });

  it('thinks aloud, signs it and streams both', async () => {
    const thinking = { type: 'enabled' as const, budget_tokens: 2000 };
    const all = await events('Why?', { thinking });
    const deltas = all.flatMap((event) => (event.type === 'content_block_delta' ? [event.delta.type] : []));
    expect([...new Set(deltas)]).toEqual(['thinking_delta', 'signature_delta', 'text_delta']);
    const message = await ask('Why?', { thinking });
    expect(message.content[0]).toMatchObject({ type: 'thinking', thinking: 'Thinking about: Why?' });
    expect(message.usage.output_tokens_details?.thinking_tokens).toBe(5);
    const forged: Anthropic.MessageParam[] = [
      { role: 'user', content: 'Why?' },
      { role: 'assistant', content: [{ type: 'thinking', thinking: 'So.', signature: 'forged' }] },
      { role: 'user', content: 'And?' },
    ];
    await expect(ask('', { messages: forged })).rejects.toThrow('Invalid `signature`');
  });

  it('answers in the JSON schema that was asked for, and wants its objects closed', async () => {
    const schema = { type: 'object', properties: { age: { type: 'integer' } }, required: ['age'] };
    const closed = { ...schema, additionalProperties: false };
    const output = (over: Anthropic.JSONOutputFormat['schema']) => ({
      output_config: { format: { type: 'json_schema' as const, schema: over } },
    });
    const message = await ask('A person', output(closed));
    expect(message.content).toMatchObject([{ text: '{"age":1}' }]);
    await expect(ask('A person', output(schema))).rejects.toThrow('additionalProperties');
  });

  it('counts images and tokens', async () => {
    const content: Anthropic.ContentBlockParam[] = [
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
      { type: 'text', text: 'What is it?' },
    ];
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content }];
    const message = await ask('', { messages });
    expect(message.content).toMatchObject([{ text: 'You said: What is it? (with 1 image)' }]);
    const counted = await client.messages.countTokens({ model: 'claude-sonnet-5-5', messages });
    expect(counted.input_tokens).toBe(message.usage.input_tokens);
  });

  it('gives each reason to stop', async () => {
    expect(await ask('Tell me all', { max_tokens: 1 })).toMatchObject({ stop_reason: 'max_tokens' });
    expect(await ask('one END two', { stop_sequences: ['END'] })).toMatchObject({
      stop_reason: 'stop_sequence',
      stop_sequence: 'END',
    });
    expect(await ask(sim({ finish: 'refusal' }))).toMatchObject({
      stop_reason: 'refusal',
      stop_details: { type: 'refusal' },
    });
  });

  it('refuses what the vendor refuses', async () => {
    const orphan: Anthropic.MessageParam[] = [
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'x' }] },
    ];
    const unanswered: Anthropic.MessageParam[] = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: {} }] },
      { role: 'user', content: 'Hi' },
    ];
    const robot = [{ role: 'tool', content: 'Hi' }] as unknown as Anthropic.MessageParam[];
    const refused: [Plain, string][] = [
      [{ max_tokens: undefined }, 'max_tokens: Field required'],
      [{ model: undefined }, 'model: Field required'],
      [{ messages: [] }, 'at least one message'],
      [{ messages: orphan }, 'unexpected `tool_use_id`'],
      [{ messages: unanswered }, 'without `tool_result` blocks'],
      [{ messages: robot }, 'Unexpected role'],
      [{ temperature: 1.5 }, 'range: 0..1'],
      [{ stop: ['x'] } as object, 'stop: Extra inputs are not permitted'],
    ];
    for (const [more, message] of refused) {
      const error = await errorOf(ask('Hi', more));
      expect(error).toBeInstanceOf(Anthropic.BadRequestError);
      expect(error).toMatchObject({
        type: 'invalid_request_error',
        message: expect.stringContaining(message) as string,
      });
    }
  });

  it('breaks off, fails and garbles a stream', async () => {
    await expect(events(sim({ text: 'a b c', fault: 'cut', after: 2 }))).rejects.toThrow();
    const error = await errorOf(events(sim({ fault: 'error_event' })));
    expect(error).toMatchObject({ type: 'overloaded_error' });
    await expect(events(sim({ fault: 'malformed' }))).rejects.toThrow(SyntaxError);
    expect(await events(sim({ fault: 'empty' }))).toEqual([]);
  });

  it('notices a client that leaves', async () => {
    simulator.reset();
    const run = await client.messages.create({
      ...base(sim({ chunks: 1000, chunkDelayMs: 5 })),
      stream: true,
    });
    for await (const event of run) if (event.type === 'content_block_delta') break;
    await until(() => simulator.requests()[0]?.abortedByClient === true);
  });
});
