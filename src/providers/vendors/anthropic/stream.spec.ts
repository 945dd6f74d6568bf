import { type CompletionPart } from '../../contract/completion';
import { createRedactor } from '../../transport/redaction';
import { toAnthropicStreamError } from './errors';
import { MessageStream } from './stream';

function open(): MessageStream {
  return new MessageStream({
    meter: { api: 'messages', model: 'asked' },
    vendorRequestId: 'req-1',
    toError: (event) => toAnthropicStreamError(event, 'req-1', createRedactor([])),
  });
}

function feed(stream: MessageStream, ...events: object[]): CompletionPart[] {
  return events.flatMap((event) => [...stream.accept({ event: null, data: JSON.stringify(event) })]);
}

const START = {
  type: 'message_start',
  message: { id: 'msg_1', model: 'claude-sonnet-5', usage: { input_tokens: 10, output_tokens: 1 } },
};
const begin = (index: number, block: object): object => ({
  type: 'content_block_start',
  index,
  content_block: block,
});
const delta = (index: number, fields: object): object => ({
  type: 'content_block_delta',
  index,
  delta: fields,
});
const end = (reason: string, output: number): object => ({
  type: 'message_delta',
  delta: { stop_reason: reason, stop_sequence: null },
  usage: { output_tokens: output },
});
const STOP = { type: 'message_stop' };

describe('MessageStream', () => {
  it('reads thinking with its signature, text and interleaved calls', () => {
    const stream = open();
    const parts = feed(
      stream,
      START,
      { type: 'ping' },
      begin(0, { type: 'thinking', thinking: '', signature: '' }),
      delta(0, { type: 'thinking_delta', thinking: 'Hm.' }),
      delta(0, { type: 'signature_delta', signature: 'sig' }),
      { type: 'content_block_stop', index: 0 },
      begin(1, { type: 'redacted_thinking', data: 'blob' }),
      begin(2, { type: 'text', text: '' }),
      delta(2, { type: 'text_delta', text: 'Wait' }),
      begin(3, { type: 'tool_use', id: 'a', name: 'f', input: {} }),
      begin(4, { type: 'tool_use', id: 'b', name: 'g', input: {} }),
      delta(4, { type: 'input_json_delta', partial_json: '' }),
      delta(3, { type: 'input_json_delta', partial_json: '{"x":' }),
      delta(3, { type: 'input_json_delta', partial_json: '1}' }),
      begin(5, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
      delta(5, { type: 'input_json_delta', partial_json: '{"query":"x"}' }),
      end('tool_use', 30),
      STOP,
    );
    expect(parts).toEqual([
      { type: 'reasoning', text: 'Hm.' },
      { type: 'reasoning_end', signature: 'sig', origin: 'anthropic' },
      { type: 'reasoning_end', redacted: 'blob', origin: 'anthropic' },
      { type: 'text', text: 'Wait' },
      { type: 'tool_call_delta', index: 0, id: 'a', name: 'f', arguments: '' },
      { type: 'tool_call_delta', index: 1, id: 'b', name: 'g', arguments: '' },
      { type: 'tool_call_delta', index: 0, arguments: '{"x":' },
      { type: 'tool_call_delta', index: 0, arguments: '1}' },
    ]);
    expect(stream.finished).toBe(true);
    expect(stream.finish().at(-1)).toMatchObject({
      result: {
        vendorResponseId: 'msg_1',
        content: 'Wait',
        reasoning: [
          { text: 'Hm.', signature: 'sig', origin: 'anthropic' },
          { text: '', redacted: 'blob', origin: 'anthropic' },
        ],
        toolCalls: [
          { id: 'a', name: 'f', arguments: { x: 1 } },
          { id: 'b', name: 'g', arguments: {} },
        ],
        finishReason: { unified: 'tool_calls', raw: 'tool_use' },
        metered: { vector: { input_text: 10, output_text: 30 }, quality: 'exact' },
      },
    });
  });

  it('takes cumulative totals last and does not sum them', () => {
    const stream = open();
    feed(stream, START, end('end_turn', 5), end('end_turn', 12), STOP);
    expect(stream.reportedUsage()).toMatchObject({ metered: { vector: { output_text: 12 } } });
  });

  it('reports a lower bound before the end and nothing before the start', () => {
    const stream = open();
    expect(stream.reportedUsage()).toEqual({ metered: null, rawUsage: null });
    feed(stream, START, begin(0, { type: 'text', text: '' }), delta(0, { type: 'text_delta', text: 'Hi' }));
    expect(stream.reportedUsage()).toMatchObject({
      metered: { quality: 'lower_bound' },
      rawUsage: { input_tokens: 10 },
    });
    expect(stream.endsCleanly()).toBe(false);
  });

  it('refuses arguments that are no JSON object and names the tool', () => {
    const stream = open();
    feed(
      stream,
      START,
      begin(0, { type: 'tool_use', id: 'a', name: 'find_flight', input: {} }),
      delta(0, { type: 'input_json_delta', partial_json: '{"from":"K' }),
      end('tool_use', 9),
      STOP,
    );
    expect(() => stream.finish()).toThrow('"find_flight"');
  });

  it.each(['{"from":"K', ''])('leaves a call out that max_tokens cut off at %j', (text) => {
    const stream = open();
    feed(
      stream,
      START,
      begin(0, { type: 'tool_use', id: 'a', name: 'f', input: {} }),
      begin(1, { type: 'tool_use', id: 'b', name: 'g', input: {} }),
      delta(1, { type: 'input_json_delta', partial_json: text }),
      end('max_tokens', 9),
      STOP,
    );
    expect(stream.finish()).toMatchObject([
      { type: 'tool_call', index: 0, toolCall: { id: 'a', arguments: {} } },
      { result: { toolCalls: [{ id: 'a' }], finishReason: { unified: 'length', raw: 'max_tokens' } } },
    ]);
  });

  it('throws the kind of an error event', () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    expect(() => feed(open(), START, error)).toThrow(
      expect.objectContaining({
        kind: 'overloaded',
        message: 'Overloaded',
        vendorRequestId: 'req-1',
      }) as Error,
    );
  });

  it('passes over events and deltas that it does not know', () => {
    const parts = feed(
      open(),
      START,
      { type: 'something_new' },
      begin(0, { type: 'text', text: '' }),
      delta(0, { type: 'citations_delta', citation: {} }),
      delta(9, { type: 'input_json_delta', partial_json: 'x' }),
    );
    expect(parts).toEqual([]);
  });
});
