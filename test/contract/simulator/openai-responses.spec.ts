import OpenAI from 'openai';
import { type Simulator, startSimulator } from '../../support/simulator/server';
import { collect, errorOf, openaiClient, sim } from './clients';

type Create = OpenAI.Responses.ResponseCreateParamsNonStreaming;

describe('the simulator as OpenAI, responses', () => {
  let simulator: Simulator;
  let client: OpenAI;
  beforeAll(async () => {
    simulator = await startSimulator();
    client = openaiClient(simulator);
  });
  afterAll(() => simulator.close());

  const ask = (input: Create['input'], more: Create = {}) =>
    client.responses.create({ model: 'gpt-5.6-sol', input, ...more });
  const events = async (input: Create['input'], more: Create = {}) =>
    collect(await client.responses.create({ model: 'gpt-5.6-sol', input, ...more, stream: true }));
  const weather: OpenAI.Responses.FunctionTool = {
    type: 'function',
    name: 'get_weather',
    strict: false,
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  };

  it('echoes a prompt and reports directed usage', async () => {
    expect((await ask('Good morning, 日本 🙂')).output_text).toBe('You said: Good morning, 日本 🙂');
    const usage = {
      input: 1200,
      cached: 800,
      cacheWrite30m: 60,
      cacheWrite12h: 40,
      output: 300,
      reasoning: 120,
    };
    expect((await ask(sim({ usage }))).usage).toEqual({
      input_tokens: 1200,
      input_tokens_details: {
        cached_tokens: 800,
        cache_write_tokens: 100,
        cache_write_tokens_details: { ttl_30m_tokens: 60, ttl_12h_tokens: 40 },
      },
      output_tokens: 300,
      output_tokens_details: { reasoning_tokens: 120 },
      total_tokens: 1500,
    });
  });

  it('streams numbered events that the SDK puts together again', async () => {
    const all = await events(
      sim({ text: 'Grüße 🙂', chunks: 2, thinking: 'So be it', usage: { output: 9 } }),
    );
    expect(all.map((event) => event.sequence_number)).toEqual(all.map((_, i) => i));
    expect(all.map((event) => event.type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.reasoning_summary_part.added',
      'response.reasoning_summary_text.delta',
      'response.reasoning_summary_text.delta',
      'response.reasoning_summary_text.done',
      'response.reasoning_summary_part.done',
      'response.output_item.done',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    const run = client.responses.stream({
      model: 'gpt-5.6-sol',
      input: sim({ text: 'Grüße 🙂', chunks: 3 }),
    });
    const final = await run.finalResponse();
    expect(final).toMatchObject({ status: 'completed', output_text: 'Grüße 🙂' });
    expect(final.usage?.total_tokens).toBeGreaterThan(0);
  });

  it('carries a whole tool loop, plain, streamed and by the previous response', async () => {
    const request: Create = { tools: [weather], tool_choice: 'required' };
    const first = await ask('Weather?', request);
    const [call] = first.output;
    if (call?.type !== 'function_call') throw new Error('no call');
    expect(call).toMatchObject({ name: 'get_weather', arguments: '{"city":"text"}' });
    const output = { type: 'function_call_output' as const, call_id: call.call_id, output: '21 degrees' };
    const second = await ask([{ role: 'user', content: 'Weather?' }, call, output]);
    expect(second.output_text).toBe('The tool said: 21 degrees');
    const continued = await ask([output], { previous_response_id: first.id });
    expect(continued.output_text).toBe('The tool said: 21 degrees');
    await expect(ask([output])).rejects.toThrow('No tool call found');
    const streamed = await events('Weather?', request);
    const done = streamed.find((event) => event.type === 'response.function_call_arguments.done');
    expect(done).toMatchObject({ arguments: '{"city":"text"}' });
  });

  it('reasons when asked: counted, summarised, encrypted', async () => {
    const { output, usage } = await ask('Why?', {
      reasoning: { effort: 'high', summary: 'auto' },
      include: ['reasoning.encrypted_content'],
    });
    expect(output[0]).toMatchObject({
      type: 'reasoning',
      summary: [{ type: 'summary_text', text: 'Thinking about: Why?' }],
      encrypted_content: expect.any(String) as string,
    });
    expect(usage?.output_tokens_details.reasoning_tokens).toBe(5);
    expect((await ask('Why?', { reasoning: { effort: 'none' } })).output).toHaveLength(1);
  });

  it('answers a schema, counts images, ends early and refuses', async () => {
    const schema = { type: 'object', properties: { age: { type: 'integer' } }, required: ['age'] };
    const format = { type: 'json_schema' as const, name: 'person', schema };
    expect((await ask('A person', { text: { format } })).output_text).toBe('{"age":1}');
    const image: OpenAI.Responses.ResponseInputContent[] = [
      { type: 'input_image', image_url: 'data:image/png;base64,iVBORw0KGgo=', detail: 'auto' },
      { type: 'input_text', text: 'What is it?' },
    ];
    expect((await ask([{ role: 'user', content: image }])).output_text).toBe(
      'You said: What is it? (with 1 image)',
    );
    expect(await ask('x'.repeat(300), { max_output_tokens: 16 })).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
    });
    const refused = await ask(sim({ finish: 'refusal', text: 'I will not.' }));
    expect(refused.output[0]).toMatchObject({ content: [{ type: 'refusal', refusal: 'I will not.' }] });
    const last = (await events(sim({ finish: 'content_filter', text: 'a' }))).at(-1);
    expect(last).toMatchObject({ type: 'response.incomplete' });
  });

  it('keeps a response for the key that made it, until it is deleted', async () => {
    const { id } = await ask('Keep me');
    expect((await client.responses.retrieve(id)).output_text).toBe('You said: Keep me');
    const stranger = openaiClient(simulator, 'sk-test-another-not-real-key');
    expect(await errorOf(stranger.responses.retrieve(id))).toBeInstanceOf(OpenAI.NotFoundError);
    await client.responses.delete(id);
    expect(await errorOf(client.responses.retrieve(id))).toBeInstanceOf(OpenAI.NotFoundError);
    const unstored = await ask('Forget me', { store: false });
    expect(await errorOf(client.responses.retrieve(unstored.id))).toBeInstanceOf(OpenAI.NotFoundError);
  });

  it('works in the background, and cancels only there', async () => {
    const slow = await ask(sim({ text: 'Done', chunkDelayMs: 5000 }), { background: true });
    expect(slow).toMatchObject({ status: 'queued', output: [] });
    expect((await client.responses.retrieve(slow.id)).status).toBe('in_progress');
    expect((await client.responses.cancel(slow.id)).status).toBe('cancelled');
    const quick = await ask(sim({ text: 'Done', chunkDelayMs: 0 }), { background: true });
    expect(await client.responses.retrieve(quick.id)).toMatchObject({
      status: 'completed',
      output_text: 'Done',
    });
    const { id } = await ask('At once');
    await expect(client.responses.cancel(id)).rejects.toThrow('Cannot cancel a synchronous response');
  });

  it('fails in the ways a response fails', async () => {
    expect(await ask(sim({ fault: 'failed' }))).toMatchObject({
      status: 'failed',
      error: { code: 'server_error' },
    });
    expect((await events(sim({ fault: 'failed' }))).at(-1)).toMatchObject({
      type: 'response.failed',
      response: { status: 'failed', error: { code: 'server_error' } },
    });
    const error = await errorOf(events(sim({ fault: 'error_event' })));
    expect(error).toMatchObject({ code: 'server_error' });
    await expect(events(sim({ text: 'a b c', fault: 'cut', after: 2 }))).rejects.toThrow();
  });

  it('refuses what the vendor refuses, naming the field', async () => {
    const refused: [object, string][] = [
      [{ model: undefined }, 'model'],
      [{ input: undefined }, 'input'],
      [{ messages: [] }, 'messages'],
      [{ max_tokens: 5 }, 'max_tokens'],
      [{ max_output_tokens: 1 }, 'max_output_tokens'],
      [{ input: [{ role: 'tool', content: 'x' }] }, 'input[0].role'],
      [{ input: [{ role: 'user', content: [{ type: 'text', text: 'x' }] }] }, 'input[0].content[0]'],
      [{ tools: [{ type: 'function', function: { name: 'x' } }] }, 'tools[0].name'],
      [{ previous_response_id: 'resp_none' }, 'previous_response_id'],
    ];
    for (const [more, param] of refused) {
      const error = await errorOf(ask('Hi', more));
      expect(error).toBeInstanceOf(OpenAI.BadRequestError);
      expect(error).toMatchObject({ param });
    }
  });
});
