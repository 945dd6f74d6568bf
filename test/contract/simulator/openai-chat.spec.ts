import OpenAI from 'openai';
import { type Simulator, startSimulator } from '../../support/simulator/server';
import { collect, errorOf, openaiClient, sim, until } from './clients';

describe('the simulator as OpenAI, chat completions', () => {
  let simulator: Simulator;
  let client: OpenAI;
  beforeAll(async () => {
    simulator = await startSimulator();
    client = openaiClient(simulator);
  });
  afterAll(() => simulator.close());

  const ask = (content: string, more: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming> = {}) =>
    client.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content }], ...more });
  const stream = (content: string, more: Partial<OpenAI.ChatCompletionCreateParamsStreaming> = {}) =>
    client.chat.completions.create({
      model: 'gpt-4o',
      messages: [{ role: 'user', content }],
      stream_options: { include_usage: true },
      ...more,
      stream: true,
    });
  const weather: OpenAI.ChatCompletionFunctionTool = {
    type: 'function',
    function: {
      name: 'get_weather',
      parameters: {
        type: 'object',
        properties: { city: { type: 'string' }, days: { type: 'integer' } },
        required: ['city'],
      },
    },
  };

  it('echoes a prompt and derives its usage, the same each time', async () => {
    const answer = await ask('Good morning, 日本 🙂');
    expect(answer).toMatchObject({ object: 'chat.completion', model: 'gpt-4o', service_tier: 'default' });
    expect(answer.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { role: 'assistant', content: 'You said: Good morning, 日本 🙂', refusal: null },
    });
    expect(answer.usage).toMatchObject({ prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 });
    expect(answer._request_id).toMatch(/^req_/);
    expect((await ask('Good morning, 日本 🙂')).usage).toEqual(answer.usage);
  });

  it('reports directed usage with cached, written and reasoning tokens inside the totals', async () => {
    const usage = { input: 1200, cached: 800, cacheWrite5m: 100, output: 300, reasoning: 120 };
    const answer = await ask(sim({ text: 'Hello', usage, servedTier: 'flex', responseModel: 'gpt-4o-2026' }));
    expect(answer).toMatchObject({ service_tier: 'flex', model: 'gpt-4o-2026' });
    expect(answer.usage).toMatchObject({
      prompt_tokens: 1200,
      completion_tokens: 300,
      total_tokens: 1500,
      prompt_tokens_details: { cached_tokens: 800, cache_write_tokens: 100 },
      completion_tokens_details: { reasoning_tokens: 120 },
    });
  });

  it('sends a usage object as it was given', async () => {
    const rawUsage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 11, odd: true };
    expect((await ask(sim({ rawUsage }))).usage).toEqual(rawUsage);
    expect((await collect(await stream(sim({ rawUsage })))).at(-1)?.usage).toEqual(rawUsage);
  });

  it('streams deltas, a finish reason, then usage with no choices', async () => {
    const chunks = await collect(
      await stream(sim({ text: 'Grüße aus 日本 🙂', chunks: 4, usage: { output: 9 } })),
    );
    const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');
    expect(text).toBe('Grüße aus 日本 🙂');
    expect(chunks[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '', refusal: null });
    expect(chunks.filter((chunk) => chunk.choices[0]?.delta.content)).toHaveLength(4);
    expect(chunks.at(-2)).toMatchObject({ usage: null, choices: [{ delta: {}, finish_reason: 'stop' }] });
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 9 } });
    expect(new Set(chunks.map((chunk) => chunk.id)).size).toBe(1);
  });

  it('streams no usage to a client that did not ask for it', async () => {
    const chunks = await collect(await stream('Hi', { stream_options: undefined }));
    expect(chunks.every((chunk) => !('usage' in chunk) && chunk.choices.length === 1)).toBe(true);
  });

  it('survives being sent byte by byte', async () => {
    const chunks = await collect(await stream(sim({ text: 'é 日本 🙂', splitBytes: true })));
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe('é 日本 🙂');
  });

  it('carries a whole tool loop', async () => {
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'Weather?' }];
    const request = { model: 'gpt-4o', tools: [weather], messages };
    const first = await client.chat.completions.create({ ...request, tool_choice: 'required' });
    const message = first.choices[0]?.message;
    expect(first.choices[0]?.finish_reason).toBe('tool_calls');
    expect(message).toMatchObject({
      content: null,
      tool_calls: [{ type: 'function', function: { name: 'get_weather', arguments: '{"city":"text"}' } }],
    });
    if (!message) throw new Error('no message');
    messages.push(message);
    messages.push({ role: 'tool', tool_call_id: message.tool_calls?.[0]?.id ?? '', content: '21 degrees' });
    const second = await client.chat.completions.create(request);
    expect(second.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: 'The tool said: 21 degrees' },
    });
  });

  it('streams parallel tool calls piece by piece', async () => {
    const toolCalls = [
      { name: 'get_weather', arguments: { city: 'Paris' } },
      { name: 'get_weather', arguments: { city: 'Zürich' } },
    ];
    const run = client.chat.completions.stream({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: sim({ toolCalls }) }],
      tools: [weather],
    });
    const final = await run.finalChatCompletion();
    expect(final.choices[0]?.message.tool_calls).toMatchObject([
      { function: { arguments: '{"city":"Paris"}' } },
      { function: { arguments: '{"city":"Zürich"}' } },
    ]);
  });

  it('answers in the JSON schema that was asked for', async () => {
    const schema = {
      type: 'object',
      properties: {
        name: { type: 'string' },
        tags: { type: 'array', items: { type: 'string' }, minItems: 2 },
      },
      required: ['name', 'tags'],
      additionalProperties: false,
    };
    const answer = await ask('A person', {
      response_format: { type: 'json_schema', json_schema: { name: 'person', schema, strict: true } },
    });
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toEqual({
      name: 'text',
      tags: ['text', 'text'],
    });
  });

  it('counts images and reasoning', async () => {
    const url = 'data:image/png;base64,iVBORw0KGgo=';
    const content: OpenAI.ChatCompletionContentPart[] = [
      { type: 'text', text: 'What is it?' },
      { type: 'image_url', image_url: { url } },
    ];
    const answer = await ask('', { messages: [{ role: 'user', content }], reasoning_effort: 'low' });
    expect(answer.choices[0]?.message.content).toBe('You said: What is it? (with 1 image)');
    expect(answer.usage?.prompt_tokens).toBe(261);
    expect(answer.usage?.completion_tokens_details?.reasoning_tokens).toBeGreaterThan(0);
  });

  it('cuts at max tokens and at a stop sequence, and gives each reason to finish', async () => {
    const finish = async (call: Promise<OpenAI.ChatCompletion>) => (await call).choices[0];
    expect(await finish(ask('Tell me all', { max_tokens: 1 }))).toMatchObject({
      finish_reason: 'length',
      message: { content: 'You ' },
    });
    expect(await finish(ask('one END two', { stop: 'END' }))).toMatchObject({
      finish_reason: 'stop',
      message: { content: 'You said: one ' },
    });
    expect(await finish(ask(sim({ finish: 'content_filter' })))).toMatchObject({
      finish_reason: 'content_filter',
    });
    expect(await finish(ask(sim({ finish: 'refusal', text: 'I will not.' })))).toMatchObject({
      finish_reason: 'stop',
      message: { content: null, refusal: 'I will not.' },
    });
  });

  it('gives alternatives and log-probabilities', async () => {
    const answer = await ask('Hi', { n: 2, logprobs: true, top_logprobs: 1 });
    expect(answer.choices.map((choice) => choice.index)).toEqual([0, 1]);
    expect(answer.choices[0]?.logprobs?.content?.map(({ token }) => token).join('')).toBe('You said: Hi');
  });

  it('refuses what the vendor refuses, naming the field', async () => {
    const unknownRole = [{ role: 'robot', content: 'Hi' }] as unknown as OpenAI.ChatCompletionMessageParam[];
    const orphan: OpenAI.ChatCompletionMessageParam[] = [
      { role: 'user', content: 'Hi' },
      { role: 'tool', tool_call_id: 'call_1', content: 'x' },
    ];
    const refused: [Partial<OpenAI.ChatCompletionCreateParamsNonStreaming>, string | null][] = [
      [{ messages: undefined }, 'messages'],
      [{ messages: [] }, 'messages'],
      [{ messages: unknownRole }, 'messages[0].role'],
      [{ messages: orphan }, 'messages.[1].role'],
      [{ model: '' }, null],
      [{ temperature: 3 }, 'temperature'],
      [{ model: 'gpt-5.6-sol', max_tokens: 5 }, 'max_tokens'],
      [{ system: 'no' } as object, 'system'],
    ];
    for (const [more, param] of refused) {
      const error = await errorOf(ask('Hi', more));
      expect(error).toBeInstanceOf(OpenAI.BadRequestError);
      expect(error).toMatchObject({ param, type: 'invalid_request_error' });
    }
  });

  it('breaks a stream off in the middle', async () => {
    const seen: string[] = [];
    const read = async () => {
      for await (const chunk of await stream(sim({ text: 'a b c d e', fault: 'cut', after: 3 }))) {
        seen.push(chunk.choices[0]?.delta.content ?? '');
      }
    };
    await expect(read()).rejects.toThrow();
    expect(seen.join('')).toBe('a b c');
  });

  it('reports a failure within a stream as the vendor does', async () => {
    const error = await errorOf(collect(await stream(sim({ fault: 'error_event' }))));
    expect(error).toBeInstanceOf(OpenAI.APIError);
    expect(error).toMatchObject({ type: 'server_error' });
  });

  it('sends malformed JSON, plain and streamed, an empty body, and nothing at all', async () => {
    await expect(ask(sim({ fault: 'malformed' }))).rejects.toThrow(SyntaxError);
    await expect(collect(await stream(sim({ fault: 'malformed' })))).rejects.toThrow(SyntaxError);
    await expect(ask(sim({ fault: 'reset' }))).rejects.toThrow(OpenAI.APIConnectionError);
    expect(await collect(await stream(sim({ fault: 'empty' })))).toEqual([]);
    expect((await ask(sim({ fault: 'no_usage' }))).usage).toBeUndefined();
  });

  it('notices a client that leaves', async () => {
    simulator.reset();
    const run = await stream(sim({ chunks: 1000, chunkDelayMs: 5 }));
    for await (const chunk of run) if (chunk.choices[0]?.delta.content) break;
    await until(() => simulator.requests()[0]?.abortedByClient === true);
    expect(simulator.requests()[0]?.finished).toBe(false);
    await until(() => simulator.activeStreams() === 0);
  });

  it('stalls until the client gives up', async () => {
    simulator.reset();
    const run = await stream(sim({ text: 'a b c', fault: 'stall', after: 2 }));
    const seen: string[] = [];
    const timer = setTimeout(() => run.controller.abort(), 60);
    for await (const chunk of run) seen.push(chunk.choices[0]?.delta.content ?? '');
    clearTimeout(timer);
    expect(seen.join('')).toBe('a b');
    await until(() => simulator.requests()[0]?.abortedByClient === true);
  });
});
