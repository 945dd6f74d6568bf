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

type Message = OpenAI.ChatCompletionMessageParam;

const TOOL: OpenAI.ChatCompletionFunctionTool = {
  type: 'function',
  function: { name: 'get_weather', description: 'The weather of a city', parameters: { ...WEATHER_SCHEMA } },
};
const USAGE = { input: 1000, cached: 300, output: 200, reasoning: 50 };

let stage: ClientStage;
beforeAll(async () => (stage = await openStage()));
beforeEach(() => stage.simulator.reset());
afterAll(() => stage.close());

const user = (content: string): Message => ({ role: 'user', content });

describe.each(VENDORS)("OpenAI's SDK with Chat Completions and a model of %s", (vendor) => {
  const model = (): string => stage.models[vendor];

  it('answers, with the same usage for the caller and in the ledger', async () => {
    const { data, request_id, response } = await openClient(stage)
      .chat.completions.create({
        model: model(),
        messages: [
          { role: 'system', content: 'Be kind.' },
          user(directed({ text: 'Good day.', usage: USAGE })),
        ],
      })
      .withResponse();
    expect(data).toMatchObject({
      object: 'chat.completion',
      choices: [{ message: { role: 'assistant', content: 'Good day.' }, finish_reason: 'stop' }],
      usage: {
        prompt_tokens: 1000,
        completion_tokens: 200,
        total_tokens: 1200,
        prompt_tokens_details: { cached_tokens: 300 },
        completion_tokens_details: { reasoning_tokens: 50 },
      },
    });
    expect(request_id).toBe(response.headers.get('x-request-id'));
    const event = await stage.eventOf(request_id ?? '');
    expect(event).toMatchObject({
      status: 'succeeded',
      door: 'openai',
      usage: { inputTokens: 1000, cachedTokens: 300, outputTokens: 200 },
      cost: { status: 'priced', amount: response.headers.get('x-studio-cost') },
    });
  });

  it('streams, with usage for those who ask', async () => {
    const stream = await openClient(stage).chat.completions.create({
      model: model(),
      stream: true,
      stream_options: { include_usage: true },
      messages: [user(directed({ text: 'Grüße aus 日本 🙂', chunks: 4, usage: USAGE, splitBytes: true }))],
    });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('Grüße aus 日本 🙂');
    expect(chunks.filter(({ choices }) => choices[0]?.delta.content).length).toBeGreaterThan(1);
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 1000, completion_tokens: 200, prompt_tokens_details: { cached_tokens: 300 } },
    });
    expect(chunks.flatMap(({ choices }) => choices.map((choice) => choice.finish_reason)).at(-1)).toBe(
      'stop',
    );
  });

  it('streams without usage for those who do not', async () => {
    const stream = openClient(stage).chat.completions.stream({ model: model(), messages: [user('Hi')] });
    const content: string[] = [];
    stream.on('content', (delta) => content.push(delta));
    const final = await stream.finalChatCompletion();
    expect(content.join('')).toBe('You said: Hi');
    expect(final.choices[0]?.message.content).toBe('You said: Hi');
    expect(final.usage ?? null).toBeNull();
  });

  it.each(['plain', 'streamed'])('goes through a loop of parallel tool calls, %s', async (how) => {
    const completions = openClient(stage).chat.completions;
    const ask = async (messages: Message[]): Promise<OpenAI.ChatCompletion> => {
      const body = { model: model(), tools: [TOOL], messages };
      return how === 'plain'
        ? completions.create(body)
        : await completions.stream(body).finalChatCompletion();
    };
    const messages = [user(directed(TWO_CALLS, 'Weather?'))];
    const [choice] = (await ask(messages)).choices;
    expect(choice?.finish_reason).toBe('tool_calls');
    const calls = choice?.message.tool_calls ?? [];
    expect(
      calls.map((call) =>
        call.type === 'function' ? (JSON.parse(call.function.arguments) as object) : call,
      ),
    ).toEqual([{ city: 'Köln' }, { city: 'Rome' }]);
    expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
    const results = calls.map(({ id }, n): Message => ({
      role: 'tool',
      tool_call_id: id,
      content: `rain ${n}`,
    }));
    const last = await ask([...messages, choice?.message as Message, ...results]);
    expect(last.choices[0]).toMatchObject({
      message: { content: expect.stringContaining('rain 1') as string },
      finish_reason: 'stop',
    });
  });

  it('runs tools by itself', async () => {
    const cities: string[] = [];
    const runner = openClient(stage).chat.completions.runTools({
      model: model(),
      messages: [user(directed(TWO_CALLS, 'Weather?'))],
      tools: [
        {
          type: 'function',
          function: {
            name: 'get_weather',
            description: 'The weather of a city',
            parameters: { ...WEATHER_SCHEMA },
            parse: (text: string) => JSON.parse(text) as { city: string },
            function: ({ city }: { city: string }) => {
              cities.push(city);
              return `sun in ${city}`;
            },
          },
        },
      ],
    });
    expect(await runner.finalContent()).toContain('sun in Rome');
    expect(cities).toEqual(['Köln', 'Rome']);
  });

  it.each(['required', { type: 'function', function: { name: 'get_weather' } }] as const)(
    'insists on a tool with %j',
    async (tool_choice) => {
      const body = { model: model(), tools: [TOOL], tool_choice, messages: [user('Hi')] };
      const [choice] = (await openClient(stage).chat.completions.create(body)).choices;
      expect(choice?.message.tool_calls).toMatchObject([{ function: { name: 'get_weather' } }]);
      expect(choice?.message.content).toBeNull();
    },
  );

  it('sends images in the request and by URL, and documents', async () => {
    const image = (url: string) => ({ type: 'image_url' as const, image_url: { url } });
    const { choices } = await openClient(stage).chat.completions.create({
      model: model(),
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look.' },
            image(`data:image/png;base64,${PNG}`),
            image('https://e.test/a.png'),
            { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` } },
          ],
        },
      ],
    });
    expect(choices[0]?.message.content).toMatch(/^You said: Look.*images/);
    const sent = JSON.stringify(stage.simulator.requests()[0]?.body);
    for (const data of [PNG, PDF, 'https://e.test/a.png']) expect(sent).toContain(data);
  });

  it('refuses an image at an address inside', async () => {
    const image = { type: 'image_url' as const, image_url: { url: 'http://127.0.0.1/a.png' } };
    const error = await failureOf(
      openClient(stage).chat.completions.create({
        model: model(),
        messages: [{ role: 'user', content: [image] }],
      }),
    );
    expect(error).toMatchObject({ status: 400 });
    expect(stage.simulator.requests()).toEqual([]);
  });

  it('parses an answer by its schema, plain and streamed', async () => {
    const completions = openClient(stage).chat.completions;
    const body = {
      model: model(),
      messages: [user('Which city?')],
      response_format: { type: 'json_schema' as const, json_schema: CITY_FORMAT },
    };
    const plain = await completions.parse(body);
    const parsed = { city: expect.any(String) as string };
    expect(plain.choices[0]?.message.parsed).toEqual(parsed);
    const streamed = await completions.stream(body).finalChatCompletion();
    expect(streamed.choices[0]?.message.parsed).toEqual(parsed);
  });

  it.each(['plain', 'streamed'])('thinks through a tool loop, %s', async (how) => {
    const completions = openClient(stage).chat.completions;
    const ask = async (messages: Message[]): Promise<OpenAI.ChatCompletion> => {
      const body = {
        model: stage.thinkingModels[vendor],
        tools: [TOOL],
        reasoning_effort: 'high' as const,
        max_completion_tokens: 5000,
        messages,
      };
      return how === 'plain'
        ? completions.create(body)
        : await completions.stream(body).finalChatCompletion();
    };
    const messages = [user(directed({ ...ONE_CALL, thinking: 'Let me look.' }, 'Weather?'))];
    const message = (await ask(messages)).choices[0]?.message;
    if (vendor !== 'openai') expect(JSON.stringify(message)).toContain('Let me look.');
    const [call] = message?.tool_calls ?? [];
    const result: Message = { role: 'tool', tool_call_id: call?.id ?? '', content: 'windy' };
    const last = await ask([...messages, message as Message, result]);
    expect(last.choices[0]?.message.content).toBe('The tool said: windy');
  });

  it('gives log-probabilities where the vendor has them, and a 400 where not', async () => {
    const asked = openClient(stage).chat.completions.create({
      model: model(),
      logprobs: true,
      top_logprobs: 2,
      messages: [user('Hi')],
    });
    if (vendor === 'anthropic') {
      expect(await failureOf(asked)).toMatchObject({
        status: 400,
        param: 'top_logprobs',
        message: expect.stringContaining('Anthropic') as string,
      });
      return;
    }
    const { choices } = await asked;
    const tokens = choices[0]?.logprobs?.content ?? [];
    expect(tokens.map(({ token }) => token).join('')).toBe(choices[0]?.message.content);
    expect(tokens[0]).toMatchObject({
      logprob: expect.any(Number) as number,
      bytes: expect.any(Array) as number[],
    });
  });

  it('stops at sequences and at the limit', async () => {
    const ask = async (more: object, text: string): Promise<OpenAI.ChatCompletion.Choice | undefined> => {
      const body = { model: model(), messages: [user(text)], ...more };
      return (await openClient(stage).chat.completions.create(body)).choices[0];
    };
    const stopped = await ask({ stop: ['END'] }, directed({ text: 'One END two' }));
    expect(stopped).toMatchObject({ finish_reason: 'stop', message: { content: 'One ' } });
    const cut = await ask({ max_tokens: 2 }, 'A long question that is said again');
    expect(cut).toMatchObject({ finish_reason: 'length' });
    const filtered = await ask({}, directed({ text: 'x', finish: 'content_filter' }));
    expect(filtered).toMatchObject({ finish_reason: 'content_filter' });
  });

  it('leaves in the middle: the vendor is let go, and the event is aborted', async () => {
    const { data: stream, request_id } = await openClient(stage)
      .chat.completions.create({
        model: model(),
        stream: true,
        messages: [user(directed({ chunks: 1000, chunkDelayMs: 5 }))],
      })
      .withResponse();
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
    await until(() => stage.simulator.activeStreams() === 0);
    expect(await stage.eventOf(request_id ?? '')).toMatchObject({
      status: 'aborted',
      origin: 'client',
      cost: { status: 'estimated' },
    });
  });

  // Bytes of the caller's own format pass as they are, and the SDK itself finds what is wrong in them.
  const faults = ['cut', 'stall', 'error_event', ...(vendor === 'openai' ? [] : ['malformed'])];
  it.each(faults)(
    'throws when the vendor ends a stream with %s, and never ends it cleanly',
    async (fault) => {
      const texts: string[] = [];
      let begun = false;
      const reading = (async () => {
        const stream = await openClient(stage).chat.completions.create({
          model: model(),
          stream: true,
          messages: [user(directed({ text: 'One two three four', chunks: 4, fault, after: 2 }))],
        });
        begun = true;
        for await (const { choices } of stream) texts.push(choices[0]?.delta.content ?? '');
      })();
      const error = await failureOf(reading);
      expect(error).toMatchObject({ message: expect.stringMatching(/\w/) as string });
      // An error that comes before anything has gone on is a plain one.
      const plain = vendor === 'openai' && fault === 'error_event' && !begun;
      expect((error as Error).constructor.name).toBe(plain ? 'InternalServerError' : 'APIError');
      expect(texts.join('') === '').toBe(plain);
    },
  );

  it("throws from the stream's helper too", async () => {
    const stream = openClient(stage).chat.completions.stream({
      model: model(),
      messages: [user(directed({ text: 'One two three four', chunks: 4, fault: 'cut', after: 2 }))],
    });
    await failureOf(stream.finalChatCompletion());
  });
});
