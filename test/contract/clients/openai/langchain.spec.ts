import {
  AIMessage,
  type AIMessageChunk,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI, type ChatOpenAIFields, OpenAIEmbeddings } from '@langchain/openai';
import { z } from 'zod';
import { createModel, directed } from '../../../support/configure';
import { until } from '../../../support/until';
import { type ClientStage, openStage, VENDORS } from '../harness';
import { failureOf, ONE_CALL, PNG, TWO_CALLS } from './examples';

const CITY = z.object({ city: z.string() });
const weather = tool(({ city }) => `rain in ${city}`, {
  name: 'get_weather',
  description: 'The weather of a city',
  schema: CITY,
});
const USAGE = { input: 1000, cached: 300, output: 200, reasoning: 50 };

let stage: ClientStage;
beforeAll(async () => (stage = await openStage()));
beforeEach(() => stage.simulator.reset());
afterAll(() => stage.close());

const APIS = [
  ['Chat Completions', false],
  ['Responses', true],
] as const;
const PAIRS = APIS.flatMap(([api, useResponsesApi]) =>
  VENDORS.map((vendor) => ({ api, useResponsesApi, vendor })),
);

describe.each(PAIRS)("LangChain with OpenAI's $api and a model of $vendor", ({ useResponsesApi, vendor }) => {
  const chat = (fields: Partial<ChatOpenAIFields> = {}): ChatOpenAI =>
    new ChatOpenAI({
      model: stage.models[vendor],
      apiKey: stage.key,
      configuration: { baseURL: `${stage.url}/v1` },
      maxRetries: 0,
      useResponsesApi,
      ...fields,
    });

  it('answers, with the right usage', async () => {
    const prompt = directed({ text: 'Good day.', usage: USAGE });
    const answer = await chat().invoke([new SystemMessage('Be kind.'), new HumanMessage(prompt)]);
    expect(answer.text).toBe('Good day.');
    expect(answer.usage_metadata).toMatchObject({
      input_tokens: 1000,
      output_tokens: 200,
      total_tokens: 1200,
      input_token_details: { cache_read: 300 },
      output_token_details: { reasoning: 50 },
    });
  });

  it('streams, with usage in the end', async () => {
    const prompt = directed({ text: 'Grüße aus 日本 🙂', chunks: 4, usage: USAGE });
    let whole: AIMessageChunk | undefined;
    let count = 0;
    for await (const chunk of await chat().stream(prompt)) {
      whole = whole ? whole.concat(chunk) : chunk;
      count += 1;
    }
    expect(whole?.text).toBe('Grüße aus 日本 🙂');
    expect(count).toBeGreaterThan(2);
    expect(whole?.usage_metadata).toMatchObject({ input_tokens: 1000, output_tokens: 200 });
  });

  it.each([true, false])('goes through a loop of parallel calls (streamed: %s)', async (streamed) => {
    const model = chat().bindTools([weather]);
    const asked = new HumanMessage(directed(TWO_CALLS, 'Weather?'));
    const ask = async (messages: (HumanMessage | AIMessage | ToolMessage)[]): Promise<AIMessage> => {
      if (!streamed) return await model.invoke(messages);
      let whole: AIMessageChunk | undefined;
      for await (const chunk of await model.stream(messages)) whole = whole ? whole.concat(chunk) : chunk;
      return whole as AIMessageChunk;
    };
    const first = await ask([asked]);
    expect(first.tool_calls?.map(({ args }) => args as unknown)).toEqual([
      { city: 'Köln' },
      { city: 'Rome' },
    ]);
    const results = (first.tool_calls ?? []).map(
      ({ id, args }) => new ToolMessage({ content: `rain in ${String(args.city)}`, tool_call_id: id ?? '' }),
    );
    const last = await ask([asked, first, ...results]);
    expect(last.text).toContain('rain in Rome');
  });

  it('takes the names of participants, as a graph of agents sends them', async () => {
    const messages = [
      new HumanMessage({ content: 'Hi', name: 'ann' }),
      new AIMessage({ content: 'Hello', name: 'helper' }),
      new HumanMessage('And now?'),
    ];
    expect((await chat().invoke(messages)).text).toBe('You said: And now?');
  });

  it('thinks through a tool loop', async () => {
    const model = chat({
      model: stage.thinkingModels[vendor],
      reasoning: { effort: 'high', ...(useResponsesApi && { summary: 'auto' as const }) },
    }).bindTools([weather]);
    const asked = new HumanMessage(directed({ ...ONE_CALL, thinking: 'Let me look.' }, 'Weather?'));
    const first = await model.invoke([asked]);
    const [call] = first.tool_calls ?? [];
    const result = new ToolMessage({ content: 'windy', tool_call_id: call?.id ?? '' });
    expect((await model.invoke([asked, first, result])).text).toBe('The tool said: windy');
    const sent = JSON.stringify(stage.simulator.requests().at(-1)?.body);
    expect(sent).not.toContain('skip_thought_signature_validator');
    if (vendor === 'anthropic') expect(sent).toContain('"type":"thinking"');
  });

  it.each(['jsonSchema', 'functionCalling'] as const)('gives structured output by %s', async (method) => {
    const model = chat().withStructuredOutput(CITY, { name: 'answer', method });
    expect(await model.invoke('Which city?')).toEqual({ city: expect.any(String) as string });
  });

  it('sends images', async () => {
    const message = new HumanMessage({
      content: [
        { type: 'text', text: 'Look.' },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
      ],
    });
    expect((await chat().invoke([message])).text).toBe('You said: Look. (with 1 image)');
  });

  it('leaves in the middle', async () => {
    const leaving = new AbortController();
    const prompt = directed({ chunks: 1000, chunkDelayMs: 5 });
    const reading = (async () => {
      for await (const { text } of await chat().stream(prompt, { signal: leaving.signal })) {
        if (text !== '') leaving.abort();
      }
    })();
    await failureOf(reading);
    await until(() => stage.simulator.activeStreams() === 0);
  });

  it.each(['cut', 'stall', 'error_event'])('throws when the vendor ends a stream with %s', async (fault) => {
    const prompt = directed({ text: 'One two three', chunks: 3, fault, after: 2 });
    const reading = (async () => {
      for await (const chunk of await chat().stream(prompt)) expect(chunk).toBeDefined();
    })();
    expect(await failureOf(reading)).toBeInstanceOf(Error);
  });

  it('throws what the API answers', async () => {
    const error = await failureOf(chat({ model: 'no-such-model' }).invoke('Hi'));
    expect(error).toMatchObject({ status: 404, message: expect.stringContaining('no-such-model') as string });
  });
});

describe('LangChain with a model of Anthropic that wants its thinking back', () => {
  it('thinks through a tool loop', async () => {
    const { name } = await createModel(stage.studio, stage.simulator, 'anthropic', {
      modelId: 'claude-haiku-4-5',
    });
    const model = new ChatOpenAI({
      model: name,
      apiKey: stage.key,
      configuration: { baseURL: `${stage.url}/v1` },
      maxRetries: 0,
      reasoning: { effort: 'low' },
    }).bindTools([weather]);
    const asked = new HumanMessage(directed({ ...ONE_CALL, thinking: 'Let me look.' }, 'Weather?'));
    const first = await model.invoke([asked]);
    const result = new ToolMessage({ content: 'windy', tool_call_id: first.tool_calls?.[0]?.id ?? '' });
    expect((await model.invoke([asked, first, result])).text).toBe('The tool said: windy');
  });
});

describe("LangChain with OpenAI's embeddings", () => {
  it.each(['openai', 'google'] as const)('makes vectors with a model of %s', async (vendor) => {
    const embeddings = new OpenAIEmbeddings({
      model: stage.embeddingModels[vendor],
      apiKey: stage.key,
      configuration: { baseURL: `${stage.url}/v1` },
      dimensions: 256,
    });
    const [one, two] = await embeddings.embedDocuments(['One', 'Two']);
    expect([one?.length, two?.length]).toEqual([256, 256]);
    expect(one).not.toEqual(two);
    expect(await embeddings.embedQuery('One')).toEqual(one);
  });
});
