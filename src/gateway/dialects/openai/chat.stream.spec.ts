import OpenAI from 'openai';
import { type DeliveredPart } from '../../../completions/attempt-progress';
import { type CompletionResult } from '../../../providers/contract/completion';
import { type AnswerStart, type JsonBody } from '../codec';
import { encodeChat } from './chat.response';
import { ChatEncoder } from './chat.stream';

const START: AnswerStart = {
  id: '01890a5d-ac96-774b-bcce-b302099a8057',
  model: 'studio-model',
  createdAt: 1_700_000_000_999,
};
const RESULT: CompletionResult = {
  vendorResponseId: null,
  vendorModel: 'v',
  content: 'Hello there',
  reasoning: [{ text: 'hm', signature: 'sealed' }],
  toolCalls: [
    { id: 'c1', name: 'f', arguments: { a: 1 } },
    { id: 'c2', name: 'g', arguments: {}, signature: 'sig' },
  ],
  finishReason: { unified: 'tool_calls', raw: 'tool_use' },
  metered: {
    vector: { input_text: 3, output_text: 4 },
    lines: [],
    promptTotal: 3,
    served: { tier: 'standard', region: null },
    quality: 'exact',
    flags: [],
  },
  rawUsage: null,
  vendorRequestId: null,
};
/** The first call in pieces, the second at once. */
const PARTS: readonly DeliveredPart[] = [
  { type: 'reasoning', text: 'hm' },
  { type: 'reasoning_end', signature: 'sealed' },
  { type: 'text', text: 'Hello ' },
  { type: 'text', text: 'there' },
  { type: 'tool_call_delta', index: 0, id: 'c1', name: 'f', arguments: '' },
  { type: 'tool_call_delta', index: 0, arguments: '{"a":1}' },
  { type: 'tool_call', index: 0, toolCall: { id: 'c1', name: 'f', arguments: { a: 1 } } },
  { type: 'tool_call', index: 1, toolCall: { id: 'c2', name: 'g', arguments: {}, signature: 'sig' } },
];

function write(body: JsonBody, result: CompletionResult = RESULT): string {
  const encoder = new ChatEncoder(START, body);
  return [encoder.start(), ...PARTS.map((part) => encoder.part(part)), encoder.finish(result)].join('');
}

/** OpenAI's own client, which is answered with this stream. */
function clientOf(stream: string): OpenAI {
  const headers = { 'content-type': 'text/event-stream' };
  return new OpenAI({
    apiKey: 'sk-none',
    maxRetries: 0,
    fetch: () => Promise.resolve(new Response(stream, { headers })),
  });
}

const ASK = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } as const;
const chunksOf = (stream: string): JsonBody[] =>
  [...stream.matchAll(/^data: (\{.*)$/gm)].map(([, data]) => JSON.parse(data ?? '') as JsonBody);

describe('ChatEncoder', () => {
  it('writes what the SDK puts together to the plain answer', async () => {
    const stream = clientOf(write({ stream_options: { include_usage: true } }));
    const final = await stream.chat.completions
      .stream({ ...ASK, messages: [...ASK.messages] })
      .finalChatCompletion();
    const { service_tier, ...plain } = encodeChat(START, RESULT);
    expect(service_tier).toBe('default');
    expect(JSON.parse(JSON.stringify(final))).toMatchObject(plain);
  });

  it('begins with the role, and ends with one finish reason and [DONE]', () => {
    const stream = write({});
    const chunks = chunksOf(stream) as { choices: { delta: object; finish_reason: string | null }[] }[];
    expect(chunks[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '', refusal: null });
    const reasons = chunks
      .map(({ choices }) => choices[0]?.finish_reason)
      .filter((reason) => reason !== null);
    expect(reasons).toEqual(['tool_calls']);
    expect(stream.endsWith('data: [DONE]\n\n')).toBe(true);
    expect(chunksOf(stream).every((chunk) => chunk.created === 1_700_000_000)).toBe(true);
  });

  it('tells the usage on a chunk of its own, and only to who asked for it', () => {
    expect(write({})).not.toContain('usage');
    const chunks = chunksOf(write({ stream_options: { include_usage: true } }));
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 4 } });
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
  });

  it('leaves usage out that nobody knows', () => {
    const unknown = { ...RESULT, metered: { ...RESULT.metered, vector: null } };
    const chunks = chunksOf(write({ stream_options: { include_usage: true } }, unknown));
    expect(chunks.every(({ usage }) => usage === null)).toBe(true);
    expect(encodeChat(START, unknown)).not.toHaveProperty('usage');
  });

  it('sends the token that goes with a call as a piece of it, once the call is complete', () => {
    const encoder = new ChatEncoder(START, {});
    const toolCall = { id: 'c1', name: 'f', arguments: { a: 1 }, signature: 'sig' };
    encoder.part({ type: 'tool_call_delta', index: 0, id: 'c1', name: 'f', arguments: '{"a":1}' });
    const [chunk] = chunksOf(encoder.part({ type: 'tool_call', index: 0, toolCall })) as {
      choices: object[];
    }[];
    const piece = {
      index: 0,
      function: { arguments: '' },
      extra_content: { google: { thought_signature: 'sig' } },
    };
    expect(chunk?.choices[0]).toMatchObject({ delta: { tool_calls: [piece] } });
  });

  it('sends it with the first piece of the call where it is known by then, and once', () => {
    const encoder = new ChatEncoder(START, {});
    const toolCall = { id: 'c1', name: 'f', arguments: { a: 1 }, signature: 'sig' };
    const pieces = [
      encoder.part({
        type: 'tool_call_delta',
        index: 0,
        id: 'c1',
        name: 'f',
        signature: 'sig',
        arguments: '',
      }),
      encoder.part({ type: 'tool_call_delta', index: 0, arguments: '{"a":1}' }),
      encoder.part({ type: 'tool_call', index: 0, toolCall }),
    ].map((text) => text.includes('"extra_content":{"google":{"thought_signature":"sig"}}'));
    expect(pieces).toEqual([true, false, false]);
  });

  it("fails as the SDK's error, without [DONE]", async () => {
    const encoder = new ChatEncoder(START, {});
    const stream =
      encoder.start() +
      encoder.part({ type: 'text', text: 'Hel' }) +
      encoder.fail({
        type: 'urn:x',
        title: 'The vendor failed',
        status: 502,
        code: 'vendor_cut',
        detail: 'The connection broke off.',
        requestId: 'r',
      });
    expect(stream).not.toContain('[DONE]');
    const chunks = await clientOf(stream).chat.completions.create({
      ...ASK,
      messages: [...ASK.messages],
      stream: true,
    });
    let text = '';
    const read = async (): Promise<void> => {
      for await (const chunk of chunks) text += chunk.choices[0]?.delta.content ?? '';
    };
    await expect(read()).rejects.toThrow(/broke off/);
    expect(text).toBe('Hel');
  });
});
