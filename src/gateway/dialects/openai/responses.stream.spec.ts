import OpenAI from 'openai';
import { type DeliveredPart } from '../../../completions/attempt-progress';
import { type CompletionResult } from '../../../providers/contract/completion';
import { type AnswerStart } from '../codec';
import { encodeResponses } from './responses.response';
import { ResponsesEncoder } from './responses.stream';

const START: AnswerStart = {
  id: '01890a5d-ac96-774b-bcce-b302099a8057',
  model: 'studio-model',
  createdAt: 1_700_000_000_000,
};
const CALLS = [
  { id: 'c1', name: 'f', arguments: { a: 1 } },
  { id: 'c2', name: 'g', arguments: {}, signature: 'sig' },
];
const RESULT: CompletionResult = {
  vendorResponseId: null,
  vendorModel: 'v',
  content: 'Hello there',
  reasoning: [{ text: 'Let me think', signature: 'sealed' }],
  toolCalls: CALLS,
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
/** Two calls beside each other, the second without any argument text. */
const PARTS: readonly DeliveredPart[] = [
  { type: 'reasoning', text: 'Let me ' },
  { type: 'reasoning', text: 'think' },
  { type: 'reasoning_end', signature: 'sealed' },
  { type: 'text', text: 'Hello ' },
  { type: 'text', text: 'there' },
  { type: 'tool_call_delta', index: 0, id: 'c1', name: 'f', arguments: '' },
  { type: 'tool_call_delta', index: 0, arguments: '{"a"' },
  { type: 'tool_call_delta', index: 1, id: 'c2', name: 'g', arguments: '' },
  { type: 'tool_call_delta', index: 0, arguments: ':1}' },
  { type: 'tool_call', index: 0, toolCall: { id: 'c1', name: 'f', arguments: { a: 1 } } },
  { type: 'tool_call', index: 1, toolCall: { id: 'c2', name: 'g', arguments: {}, signature: 'sig' } },
];

function write(parts: readonly DeliveredPart[], result: CompletionResult = RESULT): string {
  const encoder = new ResponsesEncoder(START, {});
  return [encoder.start(), ...parts.map((part) => encoder.part(part)), encoder.finish(result)].join('');
}

// An answer says when it was complete.
beforeEach(() => jest.spyOn(Date, 'now').mockReturnValue(START.createdAt + 2000));
afterEach(() => jest.restoreAllMocks());

/** OpenAI's own client, which is answered with this stream. */
function clientOf(stream: string): OpenAI {
  const headers = { 'content-type': 'text/event-stream' };
  return new OpenAI({
    apiKey: 'sk-none',
    maxRetries: 0,
    fetch: () => Promise.resolve(new Response(stream, { headers })),
  });
}

interface Event {
  readonly type: string;
  readonly sequence_number: number;
}
const eventsOf = (stream: string): Event[] =>
  stream
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) => JSON.parse(event.slice(event.indexOf('\ndata: ') + 7)) as Event);

describe('ResponsesEncoder', () => {
  it('writes what the SDK puts together to the plain answer', async () => {
    const stream = clientOf(write(PARTS)).responses.stream({ model: 'm', input: 'Hi' });
    const final = await stream.finalResponse();
    const plain = encodeResponses(START, RESULT, {});
    expect(JSON.parse(JSON.stringify(final))).toMatchObject(plain);
    expect(final.output_text).toBe('Hello there');
  });

  it('numbers its events and names each in both places', () => {
    const stream = write(PARTS);
    const events = eventsOf(stream);
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, index) => index));
    const named = [...stream.matchAll(/^event: (.*)$/gm)].map(([, name]) => name);
    expect(named).toEqual(events.map(({ type }) => type));
  });

  it('writes the events of text in the order of OpenAI', () => {
    const result = {
      ...RESULT,
      reasoning: [],
      toolCalls: [],
      finishReason: { unified: 'stop', raw: null },
    } as const;
    expect(eventsOf(write([{ type: 'text', text: 'Hello there' }], result)).map(({ type }) => type)).toEqual([
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
  });

  it('gives a call the token that goes with it from the beginning', () => {
    const [added] = eventsOf(
      write([
        { type: 'tool_call_delta', index: 0, id: 'c2', name: 'g', signature: 'sig', arguments: '' },
        ...PARTS.slice(-1),
      ]),
    ).filter(({ type }) => type === 'response.output_item.added');
    expect(added).toMatchObject({ item: { extra_content: { google: { thought_signature: 'sig' } } } });
  });

  it('ends thinking where text begins, though its vendor did not say so', () => {
    const events = eventsOf(
      write([
        { type: 'reasoning', text: 'hm' },
        { type: 'text', text: 'Hello there' },
      ]),
    );
    const types = events.map(({ type }) => type);
    expect(types.indexOf('response.reasoning_summary_part.done')).toBeLessThan(
      types.indexOf('response.output_text.delta'),
    );
  });

  it('leaves a call that was cut off incomplete', async () => {
    const result: CompletionResult = {
      ...RESULT,
      content: '',
      reasoning: [],
      toolCalls: [],
      finishReason: { unified: 'length', raw: 'max_tokens' },
    };
    const parts: DeliveredPart[] = [
      { type: 'tool_call_delta', index: 0, id: 'c1', name: 'f', arguments: '{"a' },
    ];
    const final = await clientOf(write(parts, result))
      .responses.stream({ model: 'm', input: 'Hi' })
      .finalResponse();
    expect(final).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output: [{ type: 'function_call', status: 'incomplete', arguments: '{"a' }],
    });
  });

  it("fails as the SDK's error, without a closing event", async () => {
    const encoder = new ResponsesEncoder(START, {});
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
    expect(stream).not.toContain('response.completed');
    const events = await clientOf(stream).responses.create({ model: 'm', input: 'Hi', stream: true });
    const read = async (): Promise<void> => {
      for await (const event of events) expect(event.type).toMatch(/^response\./);
    };
    await expect(read()).rejects.toThrow(/broke off/);
  });
});
