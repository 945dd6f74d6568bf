import { InvalidInput } from '../../../common/problem';
import { type JsonBody } from '../codec';
import { chatCodec } from './chat.codec';

const TARGET = { vendor: 'Anthropic' };
const HI = { role: 'user', content: 'Hi' };
const F = { type: 'function', function: { name: 'f' } };

function refusalOf(body: JsonBody): string {
  try {
    chatCodec.decode(body, TARGET);
  } catch (error) {
    if (error instanceof InvalidInput) return error.errors[0]?.field ?? '';
    throw error;
  }
  throw new Error('It was not refused.');
}
const message = (change: JsonBody): JsonBody => ({ messages: [HI, { ...HI, ...change }] });
const part = (entry: unknown): JsonBody => message({ content: [{ type: 'text', text: 'A' }, entry] });
const call = (entry: unknown): JsonBody => ({
  messages: [
    HI,
    { role: 'assistant', tool_calls: [entry] },
    { role: 'tool', tool_call_id: 'c', content: '' },
  ],
});

describe('decodeChat', () => {
  const rows: [string, JsonBody][] = [
    ['messages', {}],
    ['messages', { messages: 'Hi' }],
    ['messages', { messages: [] }],
    ['messages', { messages: [{ role: 'system', content: 'S' }] }],
    ['messages[0]', { messages: [7] }],
    ['messages[0]', { messages: [null] }],
    ['messages[1].role', message({ role: 'robot' })],
    ['messages[1].content', message({ content: 7 })],
    ['messages[1].content', message({ content: null })],
    ['messages[1].content[1]', part('text')],
    ['messages[1].content[1].type', part({ type: 'video' })],
    ['messages[1].content[1].type', part({})],
    ['messages[1].content[1].text', part({ type: 'text', text: 7 })],
    ['messages[1].content[1].image_url', part({ type: 'image_url', image_url: 'https://e.test' })],
    ['messages[1].content[1].image_url.url', part({ type: 'image_url', image_url: { url: 7 } })],
    ['messages[1].content[1].image_url.url', part({ type: 'image_url', image_url: { url: 'file:///x' } })],
    [
      'messages[1].content[1].image_url.detail',
      part({ type: 'image_url', image_url: { url: 'https://e.test', detail: 'x' } }),
    ],
    ['messages[1].content[1].file.file_data', part({ type: 'file', file: { file_data: 'QQ==' } })],
    [
      'messages[1].content[1].input_audio.format',
      part({ type: 'input_audio', input_audio: { data: 'QQ==' } }),
    ],
    ['messages[1].content[0].type', message({ role: 'system', content: [{ type: 'image_url' }] })],
    ['messages[1].tool_call_id', message({ role: 'tool' })],
    ['messages[1].content', { messages: [HI, { role: 'assistant', content: null }] }],
    ['messages[1].tool_calls[0].id', call({ type: 'function', function: { name: 'f', arguments: '{}' } })],
    ['messages[1].tool_calls[0].function', call({ id: 'c', type: 'function' })],
    [
      'messages[1].tool_calls[0].function.arguments',
      call({ id: 'c', function: { name: 'f', arguments: '[1]' } }),
    ],
    [
      'messages[1].tool_calls[0].function.arguments',
      call({ id: 'c', function: { name: 'f', arguments: '{' } }),
    ],
    ['messages[1].reasoning_details[0].type', message({ role: 'assistant', reasoning_details: [{}] })],
    ['temperature', { messages: [HI], temperature: '1' }],
    ['temperature', { messages: [HI], temperature: 3 }],
    ['max_tokens', { messages: [HI], max_tokens: 0 }],
    ['max_tokens', { messages: [HI], max_tokens: 5, max_completion_tokens: 6 }],
    ['stop', { messages: [HI], stop: [7] }],
    ['top_logprobs', { messages: [HI], top_logprobs: 3 }],
    ['top_logprobs', { messages: [HI], logprobs: true, top_logprobs: 21 }],
    ['tools[0].function.name', { messages: [HI], tools: [{ type: 'function', function: {} }] }],
    ['tool_choice', { messages: [HI], tool_choice: 'required' }],
    ['tool_choice', { messages: [HI], tools: [F], tool_choice: 'any' }],
    [
      'tool_choice.function.name',
      { messages: [HI], tools: [F], tool_choice: { type: 'function', function: { name: 'g' } } },
    ],
    ['response_format.type', { messages: [HI], response_format: { type: 'xml' } }],
    [
      'response_format.json_schema.schema',
      { messages: [HI], response_format: { type: 'json_schema', json_schema: { name: 's' } } },
    ],
    ['stream_options.surprise', { messages: [HI], stream_options: { surprise: 1 } }],
  ];
  it.each(rows)('names %s in %j', (field, body) => {
    expect(refusalOf(body)).toBe(field);
  });

  it.each(['__proto__', 'constructor', 'toString'])('takes a field %s for an unknown one', (name) => {
    const body = JSON.parse(`{"messages":[{"role":"user","content":"Hi"}],"${name}":1}`) as JsonBody;
    expect(refusalOf(body)).toBe(name);
  });

  it.each([
    [{ messages: [HI], surprise: 1 }, 'surprise: is not a field of Chat Completions, so'],
    [message({ surprise: 1 }), 'messages[1].surprise: is not a field of Chat Completions at this place, so'],
  ])('says of a field that nobody knows that it is none: %j', (body, told) => {
    expect(() => chatCodec.decode(body, TARGET)).toThrow(told);
  });

  it('takes null for a field that was left out', () => {
    const body: JsonBody = {
      messages: [HI],
      temperature: null,
      tools: null,
      stop: null,
      n: null,
      audio: null,
    };
    expect(chatCodec.decode(body, TARGET)).toEqual({
      asked: { messages: [HI] },
      parameters: {},
      ignored: [],
    });
  });

  it.each([
    ['parameters.maxTokens', {}, 'max_tokens'],
    ['parameters.maxTokens', { max_completion_tokens: 5 }, 'max_completion_tokens'],
    ['parameters.topP', {}, 'top_p'],
    ['parameters.reasoning.effort', {}, 'reasoning_effort'],
    ['user', { safety_identifier: 'u' }, 'safety_identifier'],
    ['tools[1].strict', {}, 'tools[1].function.strict'],
    ['messages[2].content', {}, 'messages[2].content'],
    ['messages[2].toolCalls[0].arguments', {}, 'messages[2].tool_calls[0].function.arguments'],
    ['responseFormat.schema', {}, 'response_format.json_schema.schema'],
  ])("tells of %s, with %j, as the caller's %s", (field, body, name) => {
    expect(chatCodec.fieldName(field, body)).toBe(name);
  });
});
