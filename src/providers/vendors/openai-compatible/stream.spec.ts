import { type CompletionPart } from '../../contract/completion';
import { VendorError } from '../../contract/vendor-error';
import { COMMON_PROTOCOL } from './definition';
import { type ChatProtocol } from './protocol';
import { ChatStream } from './stream';

const PROTOCOL: ChatProtocol = {
  ...COMMON_PROTOCOL,
  displayName: 'OpenAI',
  priceVendor: 'test',
  defaultBaseUrl: '',
  maxTokensField: 'max_completion_tokens',
  requiresDone: true,
};

function open(change: Partial<ChatProtocol> = {}): ChatStream {
  return new ChatStream({
    protocol: { ...PROTOCOL, ...change },
    meter: { api: 'chat.completions', model: 'asked' },
    vendorRequestId: 'req-1',
    toError: (event) => new VendorError('overloaded', JSON.stringify(event.error)),
  });
}

function feed(stream: ChatStream, ...chunks: unknown[]): CompletionPart[] {
  return chunks.flatMap((chunk) => [
    ...stream.accept({ event: null, data: typeof chunk === 'string' ? chunk : JSON.stringify(chunk) }),
  ]);
}

const delta = (fields: object, finish: string | null = null): object => ({
  id: 'chatcmpl-1',
  model: 'gpt-test-2026-01-01',
  choices: [{ index: 0, delta: fields, finish_reason: finish }],
});
const USAGE = { choices: [], usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 } };

describe('ChatStream', () => {
  it('reads text, the finish reason and the usage after it', () => {
    const stream = open();
    const parts = feed(
      stream,
      delta({ role: 'assistant', content: '' }),
      delta({ content: 'Hi' }),
      delta({}, 'stop'),
      USAGE,
    );
    expect(parts).toEqual([{ type: 'text', text: 'Hi' }]);
    expect(stream.finished).toBe(false);
    feed(stream, '[DONE]');
    expect(stream.finished).toBe(true);
    expect(stream.finish()).toEqual([
      {
        type: 'finish',
        result: expect.objectContaining({
          vendorResponseId: 'chatcmpl-1',
          vendorModel: 'gpt-test-2026-01-01',
          content: 'Hi',
          finishReason: { unified: 'stop', raw: 'stop' },
          rawUsage: USAGE.usage,
          vendorRequestId: 'req-1',
        }) as object,
      },
    ]);
  });

  it('puts parallel calls together by their index', () => {
    const stream = open();
    const call = (index: number, fields: object): object => delta({ tool_calls: [{ index, ...fields }] });
    feed(
      stream,
      call(0, { id: 'a', function: { name: 'f', arguments: '' } }),
      call(1, { id: 'b', function: { name: 'g', arguments: '{"y"' } }),
      call(0, { function: { arguments: '{"x":1}' } }),
      call(1, { function: { arguments: ':2}' } }),
      delta({}, 'tool_calls'),
    );
    expect(stream.finish().slice(0, 2)).toEqual([
      { type: 'tool_call', index: 0, toolCall: { id: 'a', name: 'f', arguments: { x: 1 } } },
      { type: 'tool_call', index: 1, toolCall: { id: 'b', name: 'g', arguments: { y: 2 } } },
    ]);
  });

  it('puts calls together where a server leaves the index out', () => {
    const stream = open();
    feed(
      stream,
      delta({ tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{}' } }] }),
      delta({ tool_calls: [{ id: 'b', function: { name: 'g', arguments: '{"y":' } }] }),
      delta({ tool_calls: [{ function: { arguments: '2}' } }] }, 'tool_calls'),
    );
    expect(stream.finish().slice(0, 2)).toMatchObject([
      { toolCall: { id: 'a', arguments: {} } },
      { toolCall: { id: 'b', arguments: { y: 2 } } },
    ]);
  });

  it('takes a call without argument text as one without arguments', () => {
    const stream = open();
    feed(stream, delta({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f' } }] }, 'tool_calls'));
    expect(stream.finish()[0]).toMatchObject({ toolCall: { arguments: {} } });
  });

  it.each(['{"x":', '[1]', '"text"', 'null'])('refuses %s as arguments and names the tool', (text) => {
    const stream = open();
    const call = { index: 0, id: 'a', function: { name: 'find_flight', arguments: text } };
    feed(stream, delta({ tool_calls: [call] }, 'tool_calls'), USAGE);
    expect(() => stream.finish()).toThrow(
      expect.objectContaining({
        kind: 'bad_response',
        message: expect.stringContaining('"find_flight"') as string,
        rawUsage: USAGE.usage,
      }) as Error,
    );
  });

  it.each(['length', 'content_filter'])('leaves the calls out that the end by %s cut off', (finish) => {
    const stream = open();
    const call = (index: number, text: string): object => ({
      index,
      id: `c${index}`,
      function: { name: 'f', arguments: text },
    });
    feed(stream, delta({ content: 'Let me see.' }));
    feed(stream, delta({ tool_calls: [call(0, '{"x":'), call(1, '{"y":2}'), call(2, '')] }, finish), USAGE);
    const toolCall = { id: 'c1', name: 'f', arguments: { y: 2 } };
    expect(stream.finish()).toMatchObject([
      { type: 'tool_call', index: 1, toolCall },
      {
        type: 'finish',
        result: {
          content: 'Let me see.',
          toolCalls: [toolCall],
          finishReason: { unified: finish, raw: finish },
          metered: { quality: 'exact' },
        },
      },
    ]);
  });

  it('keeps thinking apart, in the fields that look-alikes use', () => {
    const stream = open();
    const parts = feed(
      stream,
      delta({ reasoning_content: 'Hm' }),
      delta({ reasoning: 'm.' }),
      delta({ content: 'Yes.' }, 'stop'),
    );
    expect(parts.map(({ type }) => type)).toEqual(['reasoning', 'reasoning', 'text']);
    expect(stream.finish().at(-1)).toMatchObject({
      result: { reasoning: [{ text: 'Hmm.' }], content: 'Yes.' },
    });
  });

  it('tells a refusal', () => {
    const stream = open();
    feed(stream, delta({ refusal: 'I will not.' }), delta({}, 'stop'));
    expect(stream.finish().at(-1)).toMatchObject({
      result: { content: 'I will not.', finishReason: { unified: 'content_filter', raw: 'refusal' } },
    });
  });

  it('needs [DONE] where the vendor always sends it', () => {
    const strict = open();
    feed(strict, delta({ content: 'x' }, 'stop'));
    expect(strict.endsCleanly()).toBe(false);
    const lenient = open({ requiresDone: false });
    feed(lenient, delta({ content: 'x' }));
    expect(lenient.endsCleanly()).toBe(false);
    feed(lenient, delta({}, 'stop'));
    expect(lenient.endsCleanly()).toBe(true);
  });

  it('throws what an error within the stream stands for, and refuses what is no JSON object', () => {
    expect(() => feed(open(), { error: { message: 'busy' } })).toThrow('busy');
    for (const data of ['{"choices":', '[]', 'null', '"x"']) {
      expect(() => feed(open(), data)).toThrow(expect.objectContaining({ kind: 'bad_response' }) as Error);
    }
  });

  it('passes over chunks that hold nothing for it', () => {
    const stream = open();
    const filters = { choices: [], prompt_filter_results: [{ prompt_index: 0 }] };
    const second = { choices: [{ index: 1, delta: { content: 'other' } }] };
    expect(feed(stream, filters, second, { choices: [{ index: 0, delta: null }] }, {})).toEqual([]);
  });
});
