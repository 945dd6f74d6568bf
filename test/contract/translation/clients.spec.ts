import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import { GoogleGenerativeAI } from '@google/generative-ai';
import { type CompletionCodec, type JsonBody } from '../../../src/gateway/dialects/codec';
import { messagesCodec } from '../../../src/gateway/dialects/anthropic/messages.codec';
import { generateCodec } from '../../../src/gateway/dialects/google/generate.codec';
import { type CompletionResult } from '../../../src/providers/contract/completion';
import { listParts, START, streamOf, toResult } from './answers';

const RESULT = toResult({
  content: 'Hello there.',
  reasoning: [{ text: 'Hm.', signature: 's' }],
  toolCalls: [
    { id: 't1', name: 'f', arguments: { a: 1 } },
    { id: 't2', name: 'g', arguments: {} },
  ],
  finishReason: { unified: 'tool_calls', raw: null },
});
const PROBLEM = {
  type: 'urn:x',
  title: 'x',
  status: 502,
  code: 'vendor_cut',
  detail: 'It was cut.',
  requestId: 'r1',
};

/** Answers any request with what a codec writes. */
class Answering {
  body = '';
  type = 'text/event-stream';
  private readonly server: Server = createServer((request, response) => {
    request.resume().on('end', () => response.setHeader('content-type', this.type).end(this.body));
  });

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  plain(codec: CompletionCodec, asked: JsonBody, result: CompletionResult): void {
    this.type = 'application/json';
    this.body = JSON.stringify(codec.encode(START, result, asked));
  }

  stream(codec: CompletionCodec, asked: JsonBody, result: CompletionResult): void {
    this.type = 'text/event-stream';
    this.body = streamOf(codec.createEncoder(START, asked), result);
  }

  cut(codec: CompletionCodec, asked: JsonBody): void {
    const encoder = codec.createEncoder(START, asked);
    this.type = 'text/event-stream';
    this.body =
      encoder.start() +
      listParts(RESULT)
        .map((part) => encoder.part(part))
        .join('') +
      encoder.fail(PROBLEM);
  }
}

const answering = new Answering();
let baseUrl = '';
beforeAll(async () => (baseUrl = await answering.open()));
afterAll(() => answering.close());

describe("Anthropic's SDK reads", () => {
  const thinking = { type: 'adaptive' } as const;
  const asked = { model: 'm', max_tokens: 9, messages: [{ role: 'user' as const, content: 'Hi' }], thinking };
  const client = (): Anthropic => new Anthropic({ apiKey: 'sk-test', baseURL: baseUrl, maxRetries: 0 });
  const content = [
    { type: 'thinking', thinking: 'Hm.', signature: 's' },
    { type: 'text', text: 'Hello there.' },
    { type: 'tool_use', id: 't1', name: 'f', input: { a: 1 } },
    { type: 'tool_use', id: 't2', name: 'g', input: {} },
  ];
  const usage = { input_tokens: 10, output_tokens: 5 };

  it('an answer', async () => {
    answering.plain(messagesCodec, asked, RESULT);
    expect(await client().messages.create(asked)).toMatchObject({ content, usage, stop_reason: 'tool_use' });
  });

  it('a stream', async () => {
    answering.stream(messagesCodec, asked, RESULT);
    const message = await client().messages.stream(asked).finalMessage();
    expect(message).toMatchObject({ content, usage, stop_reason: 'tool_use' });
  });

  it('an error in a stream', async () => {
    answering.cut(messagesCodec, asked);
    await expect(client().messages.stream(asked).finalMessage()).rejects.toThrow('It was cut.');
  });
});

/** The SDK's own asks Node's global connection pool, which the tests' sandbox does not show it. */
const plainFetch: typeof fetch = (input, init) => fetch(input, init);

describe("Google's SDKs read", () => {
  // It warns of each text that is not the whole answer.
  beforeAll(() => jest.spyOn(console, 'warn').mockImplementation(() => undefined));
  afterAll(() => jest.restoreAllMocks());
  const asked = {
    contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
    generationConfig: { thinkingConfig: { includeThoughts: true } },
  };
  const request = { model: 'm', contents: 'Hi' };
  const client = (): GoogleGenAI =>
    new GoogleGenAI({ apiKey: 'test', httpOptions: { baseUrl, fetch: plainFetch } });
  const older = () => new GoogleGenerativeAI('test').getGenerativeModel({ model: 'm' }, { baseUrl });

  it('an answer', async () => {
    answering.plain(generateCodec, asked, RESULT);
    const answer = await client().models.generateContent(request);
    expect(answer).toMatchObject({
      text: 'Hello there.',
      functionCalls: [
        { id: 't1', name: 'f', args: { a: 1 } },
        { id: 't2', name: 'g', args: {} },
      ],
      usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
      modelVersion: 'm',
    });
    const { response } = await older().generateContent('Hi');
    expect(response.functionCalls()).toMatchObject([{ name: 'f' }, { name: 'g' }]);
  });

  it('a stream', async () => {
    answering.stream(generateCodec, asked, RESULT);
    const texts: string[] = [];
    const names: (string | undefined)[] = [];
    for await (const chunk of await client().models.generateContentStream(request)) {
      texts.push(chunk.text ?? '');
      names.push(...(chunk.functionCalls ?? []).map(({ name }) => name));
    }
    expect(texts.join('')).toBe('Hello there.');
    expect(names).toEqual(['f', 'g']);
    const { response } = await older().generateContentStream('Hi');
    expect((await response).usageMetadata).toMatchObject({ totalTokenCount: 15 });
    expect((await response).functionCalls()).toMatchObject([{ name: 'f' }, { name: 'g' }]);
  });

  it('an error in a stream', async () => {
    answering.cut(generateCodec, asked);
    const read = async (): Promise<void> => {
      for await (const chunk of await client().models.generateContentStream(request)) void chunk.text;
    };
    await expect(read()).rejects.toMatchObject({ status: 502 });
  });

  it('a chat over several turns, which the codec reads back', async () => {
    answering.stream(generateCodec, asked, RESULT);
    const chat = client().chats.create({ model: 'm' });
    for await (const chunk of await chat.sendMessageStream({ message: 'Hi' })) void chunk.text;
    const contents = [
      ...chat.getHistory(),
      { role: 'user', parts: [{ functionResponse: { name: 'f', response: { output: 'r' } } }] },
    ];
    const { messages } = generateCodec.decode({ contents }, { vendor: 'Anthropic' }).asked;
    expect(messages).toMatchObject([
      { role: 'user' },
      {
        role: 'assistant',
        content: [{ type: 'text', text: 'Hello there.' }],
        reasoning: [{ text: 'Hm.', signature: 's' }],
        toolCalls: [{ id: 't1' }, { id: 't2' }],
      },
      { role: 'tool', toolCallId: 't1', content: 'r' },
    ]);
  });
});
