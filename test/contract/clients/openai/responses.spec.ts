import type OpenAI from 'openai';
import { directed } from '../../../support/configure';
import { until } from '../../../support/until';
import { type ClientStage, openStage, VENDORS } from '../harness';
import {
  CITY_FORMAT,
  failureOf,
  ONE_CALL,
  openClient,
  PDF,
  PNG,
  TWO_CALLS,
  WEATHER_SCHEMA,
} from './examples';

type Item = OpenAI.Responses.ResponseInputItem;

const TOOL: OpenAI.Responses.FunctionTool = {
  type: 'function',
  name: 'get_weather',
  description: 'The weather of a city',
  parameters: WEATHER_SCHEMA,
  strict: true,
};
const USAGE = { input: 1000, cached: 300, output: 200, reasoning: 50 };

let stage: ClientStage;
beforeAll(async () => (stage = await openStage()));
beforeEach(() => stage.simulator.reset());
afterAll(() => stage.close());

const user = (content: string): Item => ({ role: 'user', content });
const callsOf = ({ output }: OpenAI.Responses.Response) =>
  output.filter((item) => item.type === 'function_call');

describe.each(VENDORS)("OpenAI's SDK with Responses and a model of %s", (vendor) => {
  const model = (): string => stage.models[vendor];

  it('answers, with the same usage for the caller and in the ledger', async () => {
    const { data, request_id, response } = await openClient(stage)
      .responses.create({
        model: model(),
        instructions: 'Be kind.',
        input: directed({ text: 'Good day.', usage: USAGE }),
      })
      .withResponse();
    expect(data.output_text).toBe('Good day.');
    expect(data).toMatchObject({
      object: 'response',
      status: 'completed',
      usage: {
        input_tokens: 1000,
        input_tokens_details: { cached_tokens: 300 },
        output_tokens: 200,
        output_tokens_details: { reasoning_tokens: 50 },
        total_tokens: 1200,
      },
    });
    expect(await stage.eventOf(request_id ?? '')).toMatchObject({
      status: 'succeeded',
      door: 'openai',
      usage: { inputTokens: 1000, cachedTokens: 300, outputTokens: 200 },
      cost: { status: 'priced', amount: response.headers.get('x-studio-cost') },
    });
  });

  it('streams all events in their order, and the helper puts them together', async () => {
    const stream = openClient(stage).responses.stream({
      model: model(),
      input: directed({ text: 'Grüße aus 日本 🙂', chunks: 4, usage: USAGE }),
    });
    const types: string[] = [];
    const numbers: number[] = [];
    const texts: string[] = [];
    stream.on('response.output_text.delta', ({ delta }) => texts.push(delta));
    for await (const event of stream) {
      types.push(event.type);
      numbers.push(event.sequence_number);
    }
    const final = await stream.finalResponse();
    expect(texts.join('')).toBe('Grüße aus 日本 🙂');
    expect(final.output_text).toBe('Grüße aus 日本 🙂');
    expect(final.usage).toMatchObject({ input_tokens: 1000, output_tokens: 200 });
    expect(types.filter((type, n) => type !== types[n - 1])).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(numbers).toEqual(numbers.map((_, n) => n));
  });

  it.each([
    ['plain', undefined],
    ['plain', false],
    ['streamed', undefined],
    ['streamed', false],
  ])('goes through a loop of parallel tool calls, %s, store %s', async (how, store) => {
    const { responses } = openClient(stage);
    const ask = async (input: Item[]): Promise<OpenAI.Responses.Response> => {
      const body = { model: model(), tools: [TOOL], input, ...(store === false && { store }) };
      return how === 'plain' ? responses.create(body) : await responses.stream(body).finalResponse();
    };
    const input = [user(directed(TWO_CALLS, 'Weather?'))];
    const first = await ask(input);
    const calls = callsOf(first);
    expect(calls.map((call) => JSON.parse(call.arguments) as unknown)).toEqual([
      { city: 'Köln' },
      { city: 'Rome' },
    ]);
    const results = calls.map(({ call_id }, n): Item => ({
      type: 'function_call_output',
      call_id,
      output: `rain ${n}`,
    }));
    const last = await ask([...input, ...(first.output as Item[]), ...results]);
    expect(last.output_text).toContain('rain 1');
  });

  it.each(['plain', 'streamed'])('thinks through a tool loop, %s', async (how) => {
    const { responses } = openClient(stage);
    const ask = async (input: Item[]): Promise<OpenAI.Responses.Response> => {
      const body = {
        model: stage.thinkingModels[vendor],
        tools: [TOOL],
        reasoning: { effort: 'high', summary: 'auto' },
        include: ['reasoning.encrypted_content'],
        store: false,
        max_output_tokens: 5000,
        input,
      } satisfies OpenAI.Responses.ResponseCreateParamsNonStreaming;
      return how === 'plain' ? responses.create(body) : await responses.stream(body).finalResponse();
    };
    const input = [user(directed({ ...ONE_CALL, thinking: 'Let me look.' }, 'Weather?'))];
    const first = await ask(input);
    expect(first.output[0]).toMatchObject({ type: 'reasoning', summary: [{ text: 'Let me look.' }] });
    const [call] = callsOf(first);
    const output: Item = { type: 'function_call_output', call_id: call?.call_id ?? '', output: 'windy' };
    const last = await ask([...input, ...(first.output as Item[]), output]);
    expect(last.output_text).toBe('The tool said: windy');
  });

  it('sends images in the request and by URL, and documents', async () => {
    const image = (image_url: string) => ({
      type: 'input_image' as const,
      detail: 'auto' as const,
      image_url,
    });
    const { output_text } = await openClient(stage).responses.create({
      model: model(),
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'Look.' },
            image(`data:image/png;base64,${PNG}`),
            image('https://e.test/a.png'),
            { type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` },
          ],
        },
      ],
    });
    expect(output_text).toMatch(/^You said: Look.*images/);
    const sent = JSON.stringify(stage.simulator.requests()[0]?.body);
    for (const data of [PNG, PDF, 'https://e.test/a.png']) expect(sent).toContain(data);
  });

  it('parses an answer by its schema, plain and streamed', async () => {
    const { responses } = openClient(stage);
    const body = {
      model: model(),
      input: 'Which city?',
      text: { format: { type: 'json_schema' as const, ...CITY_FORMAT } },
    };
    const parsed = { city: expect.any(String) as string };
    expect((await responses.parse(body)).output_parsed).toEqual(parsed);
    expect((await responses.stream(body).finalResponse()).output_parsed).toEqual(parsed);
  });

  it('gives log-probabilities where the vendor has them, and a 400 where not', async () => {
    const asked = openClient(stage).responses.create({
      model: model(),
      include: ['message.output_text.logprobs'],
      input: 'Hi',
    });
    if (vendor === 'anthropic') {
      expect(await failureOf(asked)).toMatchObject({
        status: 400,
        message: expect.stringContaining('Anthropic') as string,
      });
      return;
    }
    const { output } = await asked;
    expect(output).toMatchObject([
      { content: [{ logprobs: expect.arrayContaining([expect.anything()]) as object[] }] },
    ]);
  });

  it('tells of an answer that the limit cut off', async () => {
    const text = 'A long question that is said again, and that is much longer than its answer may be';
    const body = { model: model(), input: text, max_output_tokens: 16 };
    const incomplete = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
    expect(await openClient(stage).responses.create(body)).toMatchObject(incomplete);
    expect(await openClient(stage).responses.stream(body).finalResponse()).toMatchObject(incomplete);
  });

  it('leaves in the middle: the vendor is let go, and the event is aborted', async () => {
    const { data: stream, request_id } = await openClient(stage)
      .responses.create({
        model: model(),
        stream: true,
        input: directed({ chunks: 1000, chunkDelayMs: 5 }),
      })
      .withResponse();
    for await (const { type } of stream) if (type === 'response.output_text.delta') break;
    await until(() => stage.simulator.activeStreams() === 0);
    expect(await stage.eventOf(request_id ?? '')).toMatchObject({ status: 'aborted', origin: 'client' });
  });

  it.each(['cut', 'stall', 'error_event'])(
    'throws when the vendor ends a stream with %s, and never ends it cleanly',
    async (fault) => {
      const ask = { model: model(), input: directed({ text: 'One two three', chunks: 3, fault, after: 2 }) };
      const types: string[] = [];
      const reading = (async () => {
        const stream = await openClient(stage).responses.create({ ...ask, stream: true });
        for await (const { type } of stream) types.push(type);
      })();
      expect(await failureOf(reading)).toMatchObject({ message: expect.stringMatching(/\w/) as string });
      expect(types).not.toContain('response.completed');
      expect(await failureOf(openClient(stage).responses.stream(ask).finalResponse())).toBeInstanceOf(Error);
    },
  );
});

describe("OpenAI's SDK with responses that OpenAI holds", () => {
  const create = (more: object = {}): Promise<OpenAI.Responses.Response> =>
    openClient(stage).responses.create({ model: stage.models.openai, input: 'Hello', ...more });

  it('retrieves one, lists its input, continues it and deletes it', async () => {
    const { responses } = openClient(stage);
    const { id } = await create();
    expect(await responses.retrieve(id)).toMatchObject({ id, status: 'completed' });
    const items = await responses.inputItems.list(id);
    expect(items.data).toMatchObject([{ type: 'message', role: 'user' }]);
    const next = await create({ previous_response_id: id });
    expect(next.previous_response_id).toBe(id);
    await responses.delete(id);
    expect(await failureOf(responses.retrieve(id))).toMatchObject({ status: 404 });
  });

  it('cancels one that is made in the background', async () => {
    const { responses } = openClient(stage);
    const { id, status } = await create({ background: true, input: directed({ chunkDelayMs: 5000 }) });
    expect(status).toBe('queued');
    expect(await responses.cancel(id)).toMatchObject({ id, status: 'cancelled' });
  });

  it('throws NotFoundError for one that nobody holds', async () => {
    const { responses } = openClient(stage);
    const unknown = { status: 404, requestID: expect.stringMatching(/\w/) as string };
    expect(await failureOf(responses.retrieve('resp_unknown'))).toMatchObject(unknown);
    expect(await failureOf(responses.cancel('resp_unknown'))).toMatchObject(unknown);
    expect(await failureOf(responses.delete('resp_unknown'))).toMatchObject(unknown);
  });

  it('throws NotFoundError for one to be continued that nobody holds', async () => {
    const next = create({ previous_response_id: 'resp_unknown' });
    expect(await failureOf(next)).toMatchObject({ status: 404 });
  });

  it.each(['anthropic', 'google'] as const)('says that a model of %s holds none', async (vendor) => {
    const { id } = await openClient(stage).responses.create({ model: stage.models[vendor], input: 'Hello' });
    expect(await failureOf(openClient(stage).responses.retrieve(id))).toMatchObject({ status: 404 });
    const next = openClient(stage).responses.create({
      model: stage.models[vendor],
      input: 'And now?',
      previous_response_id: id,
    });
    expect(await failureOf(next)).toMatchObject({
      status: 400,
      param: 'previous_response_id',
      message: expect.stringContaining('send the whole conversation') as string,
    });
  });
});
