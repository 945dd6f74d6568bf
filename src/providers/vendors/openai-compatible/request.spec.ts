import { type CompletionRequest, type Message } from '../../contract/completion';
import { VendorError } from '../../contract/vendor-error';
import { COMMON_PROTOCOL } from './definition';
import { type ChatProtocol } from './protocol';
import { toChatBody } from './request';

const PROTOCOL: ChatProtocol = {
  ...COMMON_PROTOCOL,
  displayName: 'OpenAI',
  priceVendor: 'test',
  defaultBaseUrl: '',
  maxTokensField: 'max_completion_tokens',
  requiresDone: true,
};

const ask = (change: Partial<CompletionRequest>): CompletionRequest => ({
  model: 'gpt-test',
  messages: [{ role: 'user', content: 'Hi' }],
  parameters: {},
  outputLimit: null,
  ...change,
});
const body = (change: Partial<CompletionRequest>, stream = false): unknown =>
  toChatBody(ask(change), stream, PROTOCOL);

describe('toChatBody', () => {
  it('sends nothing that was not asked for', () => {
    expect(body({})).toEqual({ model: 'gpt-test', messages: [{ role: 'user', content: 'Hi' }] });
  });

  const rows: [string, Partial<CompletionRequest>, unknown][] = [
    ['a stream reports usage', {}, { stream: true, stream_options: { include_usage: true } }],
    [
      'sampling',
      {
        parameters: {
          maxTokens: 9,
          temperature: 0,
          topP: 0.5,
          frequencyPenalty: -1,
          presencePenalty: 1,
          seed: 0,
          stop: ['a', 'b'],
          serviceTier: 'flex',
          reasoning: { effort: 'high' },
        },
        user: 'u-1',
      },
      {
        max_completion_tokens: 9,
        temperature: 0,
        top_p: 0.5,
        frequency_penalty: -1,
        presence_penalty: 1,
        seed: 0,
        stop: ['a', 'b'],
        service_tier: 'flex',
        reasoning_effort: 'high',
        user: 'u-1',
      },
    ],
    [
      'tools',
      {
        tools: [{ name: 'f', description: 'd', parameters: { type: 'object' } }],
        toolChoice: { name: 'f' },
        parameters: { parallelToolCalls: false },
      },
      {
        tools: [
          { type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object' } } },
        ],
        tool_choice: { type: 'function', function: { name: 'f' } },
        parallel_tool_calls: false,
      },
    ],
    [
      'a closed schema strictly',
      { responseFormat: { type: 'json_schema', schema: { type: 'object', additionalProperties: false } } },
      {
        response_format: {
          type: 'json_schema',
          json_schema: {
            name: 'response',
            schema: { type: 'object', additionalProperties: false },
            strict: true,
          },
        },
      },
    ],
    [
      'an open schema as it is',
      { responseFormat: { type: 'json_schema', name: 'n', schema: { type: 'object' } } },
      {
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'n', schema: { type: 'object' }, strict: false },
        },
      },
    ],
    [
      'log-probabilities and verbosity',
      { parameters: { logprobs: true, topLogprobs: 3, verbosity: 'low' } },
      { logprobs: true, top_logprobs: 3, verbosity: 'low' },
    ],
    [
      'a strict tool',
      { tools: [{ name: 'f', parameters: { type: 'object' }, strict: true }] },
      {
        tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' }, strict: true } }],
      },
    ],
    [
      'what a format is for',
      { responseFormat: { type: 'json_schema', description: 'd', schema: {} } },
      { response_format: { json_schema: { description: 'd' } } },
    ],
    ['any JSON', { responseFormat: { type: 'json_object' } }, { response_format: { type: 'json_object' } }],
  ];
  it.each(rows)('sends %s', (name, change, expected) => {
    expect(body(change, name.startsWith('a stream'))).toMatchObject(expected as object);
  });

  it.each([
    [{ budgetTokens: 0 }, 'none'],
    [{ budgetTokens: 1 }, 'low'],
    [{ budgetTokens: 1024 }, 'low'],
    [{ budgetTokens: 1025 }, 'medium'],
    [{ budgetTokens: 8192 }, 'medium'],
    [{ budgetTokens: 8193 }, 'high'],
    [{ budgetTokens: 1_000_000 }, 'high'],
    [{ budgetTokens: 1024, effort: 'xhigh' as const }, 'xhigh'],
  ])('sends thinking of %j as the effort %s', (reasoning, effort) => {
    expect(body({ parameters: { reasoning } })).toMatchObject({ reasoning_effort: effort });
  });

  it('leaves tool fields out without tools', () => {
    const sent = body({ tools: [], toolChoice: 'auto', parameters: { parallelToolCalls: true } });
    expect(Object.keys(sent as object)).toEqual(['model', 'messages']);
  });

  const messages: [string, Message, unknown][] = [
    [
      'a system prompt',
      { role: 'system', content: [{ type: 'text', text: 's' }] },
      { role: 'system', content: 's' },
    ],
    [
      'an image by URL',
      { role: 'user', content: [{ type: 'image', url: 'https://e.test/a.png' }] },
      { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://e.test/a.png' } }] },
    ],
    [
      'an image by its bytes',
      { role: 'user', content: [{ type: 'image', mediaType: 'image/png', data: 'QQ==' }] },
      { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,QQ==' } }] },
    ],
    [
      'how finely to look at an image',
      { role: 'user', content: [{ type: 'image', url: 'https://e.test/a.png', detail: 'high' }] },
      {
        role: 'user',
        content: [{ type: 'image_url', image_url: { url: 'https://e.test/a.png', detail: 'high' } }],
      },
    ],
    [
      'a document by its bytes',
      {
        role: 'user',
        content: [{ type: 'document', mediaType: 'application/pdf', data: 'QQ==', name: 'a.pdf' }],
      },
      {
        role: 'user',
        content: [
          { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,QQ==' } },
        ],
      },
    ],
    [
      'a document by a data URL, without a name',
      { role: 'user', content: [{ type: 'document', url: 'data:application/pdf;base64,QQ==' }] },
      {
        role: 'user',
        content: [
          { type: 'file', file: { filename: 'document', file_data: 'data:application/pdf;base64,QQ==' } },
        ],
      },
    ],
    [
      'sound',
      { role: 'user', content: [{ type: 'audio', mediaType: 'audio/mpeg', data: 'QQ==' }] },
      { role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'QQ==', format: 'mp3' } }] },
    ],
    [
      'the result of a tool that failed',
      { role: 'tool', toolCallId: 'c', content: 'no such city', isError: true },
      { role: 'tool', tool_call_id: 'c', content: 'Error: no such city' },
    ],
    [
      'the parts of a result of a tool that failed',
      { role: 'tool', toolCallId: 'c', content: [{ type: 'text', text: 'no' }], isError: true },
      {
        role: 'tool',
        content: [
          { type: 'text', text: 'Error: ' },
          { type: 'text', text: 'no' },
        ],
      },
    ],
    [
      "an assistant's call",
      {
        role: 'assistant',
        content: null,
        toolCalls: [{ id: 'c', name: 'f', arguments: { a: 1 } }],
        reasoning: [{ text: 'kept here' }],
      },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }],
      },
    ],
    [
      "a tool's result",
      { role: 'tool', toolCallId: 'c', content: 'r' },
      { role: 'tool', tool_call_id: 'c', content: 'r' },
    ],
  ];
  it.each(messages)('sends %s', (_name, message, expected) => {
    expect(body({ messages: [message] })).toMatchObject({ messages: [expected] });
  });

  const picture = (name: string) => ({ type: 'image' as const, url: `https://e.test/${name}` });
  const sentPicture = (name: string) => ({ type: 'image_url', image_url: { url: `https://e.test/${name}` } });

  it("sends pictures in tools' results in a user message right after all of them", () => {
    const sent = body({
      messages: [
        { role: 'tool', toolCallId: 'c', content: [{ type: 'text', text: 'r' }, picture('a')] },
        { role: 'tool', toolCallId: 'd', content: [picture('b')], isError: true },
        { role: 'user', content: 'And now?' },
        { role: 'tool', toolCallId: 'e', content: [picture('c')] },
      ],
    });
    const told = (n: number) => ({ type: 'text', text: `[Picture ${n} is in the next message.]` });
    const named = (n: number, call: string) => ({
      type: 'text',
      text: `[Picture ${n}, of the result of the call ${call}:]`,
    });
    expect(sent).toMatchObject({
      messages: [
        { role: 'tool', tool_call_id: 'c', content: [{ type: 'text', text: 'r' }, told(1)] },
        { role: 'tool', tool_call_id: 'd', content: [{ type: 'text', text: 'Error: ' }, told(2)] },
        { role: 'user', content: [named(1, 'c'), sentPicture('a'), named(2, 'd'), sentPicture('b')] },
        { role: 'user', content: 'And now?' },
        { role: 'tool', tool_call_id: 'e', content: told(1).text },
        { role: 'user', content: [named(1, 'e'), sentPicture('c')] },
      ],
    });
  });

  it.each<Message>([
    { role: 'assistant', content: null, reasoning: [{ text: 'hm', signature: 's' }] },
    { role: 'assistant', content: '', toolCalls: [] },
    { role: 'assistant', content: [{ type: 'text', text: '' }] },
    { role: 'system', content: '' },
    { role: 'system', content: [] },
  ])('leaves out a turn in which nothing is said: %j', (message) => {
    const last: Message = { role: 'user', content: 'Hi' };
    expect(body({ messages: [message, last] })).toMatchObject({ messages: [last] });
  });

  it.each([
    ['u'.repeat(64), 'u'.repeat(64)],
    ['u'.repeat(65), 'f20e249d15fa4b9f44ba21d154f62e1efa76ddfdce5d25139a33a4787cee5a8b'],
  ])('names the user %s as %s', (user, sent) => {
    expect(body({ user })).toMatchObject({ user: sent });
  });

  const refused: [string, Partial<CompletionRequest>, string][] = [
    [
      "a document in a tool's result",
      {
        messages: [
          { role: 'tool', toolCallId: 'c', content: [{ type: 'document', url: 'https://e.test/a' }] },
        ],
      },
      'messages[0].content',
    ],
    [
      'a document by its URL',
      { messages: [{ role: 'user', content: [{ type: 'document', url: 'https://e.test/a.pdf' }] }] },
      'messages[0].content',
    ],
    [
      'sound of another kind',
      { messages: [{ role: 'user', content: [{ type: 'audio', mediaType: 'audio/flac', data: 'QQ==' }] }] },
      'messages[0].content',
    ],
    ['top-k', { parameters: { topK: 5 } }, 'parameters.topK'],
    ['five stop sequences', { parameters: { stop: ['1', '2', '3', '4', '5'] } }, 'parameters.stop'],
  ];
  it.each(refused)('refuses %s, naming field and vendor', (_what, change, field) => {
    const thrown = new Error('not refused');
    const refusal = ((): unknown => {
      try {
        return body(change) && thrown;
      } catch (error) {
        return error;
      }
    })();
    expect(refusal).toBeInstanceOf(VendorError);
    expect(refusal).toMatchObject({ kind: 'invalid_request', field });
    expect((refusal as VendorError).message).toMatch(/OpenAI/);
  });
});
