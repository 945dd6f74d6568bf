import { type CompletionPart, type CompletionResult } from '../../../providers/contract/completion';
import { type UsageVector } from '../../../providers/contract/usage';
import { type JsonBody } from '../codec';
import { toAnthropicError } from './errors';
import { messagesCodec } from './messages.codec';
import { encodeAnthropicModels } from './models';

const START = { id: '0198c0de-0000-7000-8000-000000000001', model: 'my-model', createdAt: 1 };
const THINKS = { thinking: { type: 'adaptive' } };
type Delivered = Exclude<CompletionPart, { type: 'finish' }>;

function result(change: Partial<CompletionResult> = {}, vector: UsageVector | null = {}): CompletionResult {
  return {
    vendorResponseId: 'r',
    vendorModel: 'gpt',
    content: '',
    reasoning: [],
    toolCalls: [],
    finishReason: { unified: 'stop', raw: 'stop' },
    metered: {
      vector,
      lines: [],
      promptTotal: 0,
      served: { tier: 'standard', region: null },
      quality: 'exact',
      flags: [],
    },
    rawUsage: null,
    vendorRequestId: null,
    ...change,
  };
}

const CALL = { id: 't1', name: 'f', arguments: { city: 'Ulm' } };

interface Event {
  readonly type: string;
  readonly index?: number;
  readonly content_block?: JsonBody;
  readonly delta?: Readonly<Record<string, string>>;
  readonly usage?: JsonBody;
}

function stream(parts: readonly Delivered[], end: CompletionResult, body: JsonBody = {}): Event[] {
  const encoder = messagesCodec.createEncoder(START, body);
  const text = encoder.start() + parts.map((part) => encoder.part(part)).join('') + encoder.finish(end);
  return text
    .split('\n\n')
    .slice(0, -1)
    .map((event) => {
      const [name, data] = event.split('\n');
      const parsed = JSON.parse(data?.replace('data: ', '') ?? '') as Event;
      expect(name).toBe(`event: ${parsed.type}`);
      return parsed;
    });
}

/** The blocks as a client puts them together, one after the other. */
function collect(events: readonly Event[]): JsonBody[] {
  const blocks: Record<string, string>[] = [];
  let open: number | null = null;
  for (const { type, index, content_block: block, delta } of events) {
    if (type === 'content_block_start') {
      expect(open).toBeNull();
      expect(index).toBe(blocks.length);
      open = blocks.length;
      blocks.push({ ...(block as Record<string, string>), json: '' });
    }
    const current = blocks[open ?? -1];
    if (type === 'content_block_delta' && current) {
      expect(index).toBe(open);
      current.text = (current.text ?? '') + (delta?.text ?? '');
      current.thinking = (current.thinking ?? '') + (delta?.thinking ?? '');
      current.signature = (current.signature ?? '') + (delta?.signature ?? '');
      current.json = (current.json ?? '') + (delta?.partial_json ?? '');
    }
    if (type === 'content_block_stop') open = null;
  }
  expect(open).toBeNull();
  return blocks;
}

describe('an answer in the Messages format', () => {
  it('has thinking, text and calls', () => {
    const message = messagesCodec.encode(
      START,
      result({
        content: 'Hello',
        reasoning: [{ text: 'Hm', signature: 's' }, { text: '', redacted: 'r' }, { text: 'Bare' }],
        toolCalls: [CALL],
        finishReason: { unified: 'tool_calls', raw: 'tool_calls' },
      }),
      THINKS,
    );
    expect(message).toMatchObject({
      id: 'msg_0198c0de000070008000000000000001',
      type: 'message',
      role: 'assistant',
      model: 'my-model',
      stop_reason: 'tool_use',
      stop_sequence: null,
      content: [
        { type: 'thinking', thinking: 'Hm', signature: 's' },
        { type: 'redacted_thinking', data: 'r' },
        { type: 'thinking', thinking: 'Bare', signature: '' },
        { type: 'text', text: 'Hello', citations: null },
        { type: 'tool_use', id: 't1', name: 'f', input: { city: 'Ulm' } },
      ],
    });
  });

  it.each<[JsonBody, string[]]>([
    [{}, ['text']],
    [{ thinking: { type: 'disabled' } }, ['text']],
    [{ thinking: { type: 'adaptive', display: 'omitted' } }, ['thinking', 'text']],
  ])('to %j has the blocks %j', (body, types) => {
    const answer = result({ content: 'Hi', reasoning: [{ text: 'Hm', signature: 's' }, { text: 'x' }] });
    const { content } = messagesCodec.encode(START, answer, body) as { content: JsonBody[] };
    expect(content.map(({ type }) => type)).toEqual(types);
    expect(JSON.stringify(content)).not.toContain('Hm');
    const parts: Delivered[] = [
      { type: 'reasoning', text: 'Hm' },
      { type: 'reasoning_end', signature: 's' },
      { type: 'text', text: 'Hi' },
    ];
    expect(collect(stream(parts, answer, body)).map(({ type }) => type)).toEqual(types);
  });

  it.each<[Partial<CompletionResult>, JsonBody]>([
    [{}, { stop_reason: 'end_turn', stop_sequence: null, stop_details: null }],
    [{ stopSequence: 'END' }, { stop_reason: 'stop_sequence', stop_sequence: 'END' }],
    [{ toolCalls: [CALL] }, { stop_reason: 'tool_use' }],
    [{ finishReason: { unified: 'length', raw: 'length' } }, { stop_reason: 'max_tokens' }],
    [{ finishReason: { unified: 'tool_calls', raw: 'x' } }, { stop_reason: 'tool_use' }],
    [
      { finishReason: { unified: 'content_filter', raw: 'SAFETY' } },
      { stop_reason: 'refusal', stop_details: { type: 'refusal', category: null, explanation: null } },
    ],
    [{ finishReason: { unified: 'error', raw: 'x' } }, { stop_reason: 'end_turn' }],
    [{ finishReason: { unified: 'other', raw: null } }, { stop_reason: 'end_turn' }],
  ])('%j ends as %j', (change, stop) => {
    expect(messagesCodec.encode(START, result(change), {})).toMatchObject(stop);
    expect(stream([], result(change)).at(-2)).toMatchObject({ type: 'message_delta', delta: stop });
  });

  it('counts cached and written input apart from the rest, and thinking within the output', () => {
    const vector = {
      input_text: 10,
      input_image: 5,
      cache_read_text: 20,
      cache_write_5m: 3,
      cache_write_1h: 4,
      output_text: 7,
      output_reasoning: 6,
    };
    const usage = {
      input_tokens: 15,
      cache_read_input_tokens: 20,
      cache_creation_input_tokens: 7,
      cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 },
      output_tokens: 13,
      output_tokens_details: { thinking_tokens: 6 },
      service_tier: 'standard',
    };
    expect(messagesCodec.encode(START, result({}, vector), {}).usage).toMatchObject(usage);
    expect(stream([], result({}, vector)).at(-2)?.usage).toMatchObject(usage);
  });
});

describe('a stream in the Messages format', () => {
  it('begins and ends as clients expect', () => {
    const types = stream([{ type: 'text', text: 'Hi' }], result({ content: 'Hi' })).map(({ type }) => type);
    expect(types).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
  });

  it('has blocks in the order of their parts', () => {
    const parts: Delivered[] = [
      { type: 'reasoning', text: 'H' },
      { type: 'reasoning', text: 'm' },
      { type: 'reasoning_end', signature: 's1' },
      { type: 'reasoning', text: 'Two' },
      { type: 'reasoning_end', signature: 's2' },
      { type: 'reasoning_end', redacted: 'r' },
      { type: 'text', text: 'He' },
      { type: 'text', text: 'llo' },
      { type: 'tool_call_delta', index: 0, id: 't1', name: 'f', arguments: '' },
      { type: 'tool_call_delta', index: 0, arguments: '{"city":' },
      { type: 'tool_call_delta', index: 0, arguments: '"Ulm"}' },
      { type: 'tool_call', index: 0, toolCall: CALL },
      { type: 'tool_call', index: 1, toolCall: { ...CALL, id: 't2' } },
    ];
    expect(collect(stream(parts, result(), THINKS))).toMatchObject([
      { type: 'thinking', thinking: 'Hm', signature: 's1' },
      { type: 'thinking', thinking: 'Two', signature: 's2' },
      { type: 'redacted_thinking', data: 'r' },
      { type: 'text', text: 'Hello' },
      { type: 'tool_use', id: 't1', name: 'f', json: '{"city":"Ulm"}' },
      { type: 'tool_use', id: 't2', name: 'f', json: '{"city":"Ulm"}' },
    ]);
  });

  it('keeps calls whole whose pieces come mixed', () => {
    const parts: Delivered[] = [
      { type: 'tool_call_delta', index: 0, id: 't1', name: 'f', arguments: '{"city":' },
      { type: 'tool_call_delta', index: 1, id: 't2', name: 'f', arguments: '{"city":' },
      { type: 'tool_call_delta', index: 0, arguments: '"Ulm"}' },
      { type: 'tool_call_delta', index: 1, arguments: '"Ulm"}' },
      { type: 'tool_call', index: 0, toolCall: CALL },
      { type: 'tool_call', index: 1, toolCall: { ...CALL, id: 't2' } },
    ];
    expect(collect(stream(parts, result()))).toMatchObject([
      { id: 't1', json: '{"city":"Ulm"}' },
      { id: 't2', json: '{"city":"Ulm"}' },
    ]);
  });

  it('tells of an error and nothing after it', () => {
    const problem = {
      type: 'urn:x',
      title: 'x',
      status: 502,
      code: 'vendor_cut',
      detail: 'It was cut.',
      requestId: 'req-1',
    };
    const text = messagesCodec.createEncoder(START, {}).fail(problem);
    const [event, data, ...rest] = text.split('\n');
    expect(event).toBe('event: error');
    expect(JSON.parse(data?.replace('data: ', '') ?? '')).toEqual({
      type: 'error',
      error: { type: 'api_error', message: 'It was cut.', code: 'vendor_cut' },
      request_id: 'req-1',
    });
    expect(rest).toEqual(['', '']);
  });
});

describe('an error of Anthropic', () => {
  it.each([
    [400, 'invalid_input', 400, 'invalid_request_error'],
    [401, 'unauthenticated', 401, 'authentication_error'],
    [402, 'budget_exceeded', 402, 'billing_error'],
    [403, 'forbidden', 403, 'permission_error'],
    [404, 'not_found', 404, 'not_found_error'],
    [409, 'conflict', 409, 'invalid_request_error'],
    [413, 'body_too_large', 413, 'request_too_large'],
    [424, 'provider_bad_key', 424, 'invalid_request_error'],
    [429, 'rate_limited', 429, 'rate_limit_error'],
    [500, 'internal_error', 500, 'api_error'],
    [502, 'vendor_error', 502, 'api_error'],
    [502, 'vendor_overloaded', 529, 'overloaded_error'],
    [504, 'vendor_timeout', 504, 'timeout_error'],
  ])('of %i %s is %i %s', (status, code, answered, type) => {
    const problem = { type: 'urn:x', title: 'x', status, code, detail: 'Why.', requestId: 'req-1' };
    const error = toAnthropicError(problem, 3);
    expect(error).toMatchObject({
      status: answered,
      body: { type: 'error', error: { type, message: 'Why.', code }, request_id: 'req-1' },
      headers: { 'request-id': 'req-1', 'retry-after': '3' },
    });
    expect(error.headers['x-should-retry']).toBe([402, 409].includes(status) ? 'false' : undefined);
  });
});

it("lists models as Anthropic's API does", () => {
  const model = {
    displayName: 'B',
    createdAt: new Date(0),
    ownedBy: 'p',
    inputTokenLimit: 5,
    outputTokenLimit: null,
    embeds: false,
  };
  expect(
    encodeAnthropicModels([
      { id: 'b', ...model },
      { id: 'c', ...model },
    ]),
  ).toMatchObject({
    data: [
      { type: 'model', id: 'b', display_name: 'B', created_at: '1970-01-01T00:00:00.000Z' },
      { type: 'model', id: 'c' },
    ],
    has_more: false,
    first_id: 'b',
    last_id: 'c',
  });
  expect(encodeAnthropicModels([])).toMatchObject({ data: [], first_id: null, last_id: null });
});
