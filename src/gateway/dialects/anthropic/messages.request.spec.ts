import { InvalidInput } from '../../../common/problem';
import { type JsonBody } from '../codec';
import { messagesCodec } from './messages.codec';
import { decodeCountTokens } from './messages.request';

const TARGET = { vendor: 'Google' };
const BASE = { model: 'm', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] };
const TOOL = { name: 'f', input_schema: { type: 'object' } };
const PDF = { type: 'base64', media_type: 'application/pdf', data: 'AAAA' };

function decode(change: JsonBody) {
  return messagesCodec.decode({ ...BASE, ...change }, TARGET);
}

function user(...content: JsonBody[]): JsonBody {
  return { messages: [{ role: 'user', content }] };
}

function assistant(...content: JsonBody[]): JsonBody {
  return {
    messages: [BASE.messages[0], { role: 'assistant', content }, { role: 'user', content: 'Go on' }],
  };
}

function refusalOf(act: () => unknown): InvalidInput {
  try {
    act();
  } catch (error) {
    if (error instanceof InvalidInput) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}

describe('a body of the Messages API', () => {
  it('is a conversation with parameters', () => {
    const decoded = decode({
      system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
      temperature: 0.5,
      top_p: 0.9,
      top_k: 5,
      stop_sequences: ['END'],
      metadata: { user_id: 'u1' },
      service_tier: 'standard_only',
      stream: true,
    });
    expect(decoded).toEqual({
      asked: {
        messages: [
          { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
          { role: 'user', content: 'Hi' },
        ],
        user: 'u1',
      },
      parameters: {
        maxTokens: 100,
        temperature: 0.5,
        topP: 0.9,
        topK: 5,
        stop: ['END'],
        serviceTier: 'default',
      },
      ignored: ['cache_control'],
    });
  });

  it.each<[string, JsonBody, unknown]>([
    ['text', { type: 'text', text: 'a' }, [{ type: 'text', text: 'a' }]],
    [
      'an image as bytes',
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
      [{ type: 'image', mediaType: 'image/png', data: 'AAAA' }],
    ],
    [
      'an image by its URL',
      { type: 'image', source: { type: 'url', url: 'https://x.test/a.png' } },
      [{ type: 'image', url: 'https://x.test/a.png' }],
    ],
    [
      'a titled document',
      { type: 'document', source: PDF, title: 'T' },
      [{ type: 'document', mediaType: 'application/pdf', data: 'AAAA', name: 'T' }],
    ],
    [
      'a document by its URL with a context',
      { type: 'document', source: { type: 'url', url: 'https://x.test/a.pdf' }, context: 'Old.' },
      [
        { type: 'text', text: 'Old.' },
        { type: 'document', url: 'https://x.test/a.pdf', mediaType: 'application/pdf' },
      ],
    ],
    [
      'a document of plain text',
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Grüße' } },
      [{ type: 'document', mediaType: 'text/plain', data: 'R3LDvMOfZQ==' }],
    ],
  ])('has %s', (_name, block, parts) => {
    expect(decode(user(block)).asked.messages).toEqual([{ role: 'user', content: parts }]);
  });

  it("has a turn's tool results as messages of their own", () => {
    const change = user(
      { type: 'tool_result', tool_use_id: 't1', content: 'sunny' },
      { type: 'tool_result', tool_use_id: 't2', content: [{ type: 'text', text: 'no' }], is_error: true },
      { type: 'text', text: 'And now?' },
    );
    expect(decode(change).asked.messages).toEqual([
      { role: 'tool', toolCallId: 't1', content: 'sunny' },
      { role: 'tool', toolCallId: 't2', content: [{ type: 'text', text: 'no' }], isError: true },
      { role: 'user', content: [{ type: 'text', text: 'And now?' }] },
    ]);
  });

  it("has an assistant's text, thoughts and calls apart", () => {
    const change = assistant(
      { type: 'thinking', thinking: 'Hm.', signature: 's1' },
      { type: 'redacted_thinking', data: 'r1' },
      { type: 'text', text: 'Let me look.', citations: null },
      { type: 'tool_use', id: 't1', name: 'f', input: { a: 1 }, caller: { type: 'direct' } },
    );
    expect(decode(change).asked.messages[1]).toEqual({
      role: 'assistant',
      content: [{ type: 'text', text: 'Let me look.' }],
      toolCalls: [{ id: 't1', name: 'f', arguments: { a: 1 } }],
      reasoning: [
        { text: 'Hm.', signature: 's1' },
        { text: '', redacted: 'r1' },
      ],
    });
  });

  it.each<[JsonBody, unknown]>([
    [{ thinking: { type: 'enabled', budget_tokens: 2048 } }, { budgetTokens: 2048 }],
    [{ thinking: { type: 'adaptive' } }, { effort: 'high' }],
    [
      { thinking: { type: 'adaptive', display: 'omitted' }, output_config: { effort: 'low' } },
      { effort: 'low' },
    ],
    [{ thinking: { type: 'disabled' } }, { effort: 'none' }],
    [{ thinking: { type: 'disabled' }, output_config: { effort: 'high' } }, { effort: 'none' }],
    [{ output_config: { effort: 'xhigh' } }, { effort: 'xhigh' }],
  ])('%j asks for the thinking %j', (change, reasoning) => {
    expect(decode(change).parameters.reasoning).toEqual(reasoning);
  });

  it.each<[JsonBody, unknown, unknown]>([
    [{ type: 'auto' }, 'auto', undefined],
    [{ type: 'any', disable_parallel_tool_use: true }, 'required', false],
    [{ type: 'tool', name: 'f', disable_parallel_tool_use: false }, { name: 'f' }, true],
    [{ type: 'none' }, 'none', undefined],
  ])('the choice %j is %j', (choice, toolChoice, parallel) => {
    const { asked, parameters } = decode({ tools: [{ ...TOOL, strict: true }], tool_choice: choice });
    expect(asked).toMatchObject({ tools: [{ name: 'f', parameters: { type: 'object' }, strict: true }] });
    expect(asked.toolChoice).toEqual(toolChoice);
    expect(parameters.parallelToolCalls).toBe(parallel);
  });

  it.each(['output_config.format', 'output_format'])('%s is the form of the answer', (path) => {
    const format = { type: 'json_schema', schema: { type: 'object' } };
    const change = path === 'output_format' ? { output_format: format } : { output_config: { format } };
    expect(decode(change).asked.responseFormat).toEqual(format);
    const field = messagesCodec.fieldName('responseFormat.schema', { ...BASE, ...change });
    expect(field).toBe(`${path}.schema`);
  });

  it('counts without a limit, and with an unfinished answer', () => {
    const body = { messages: [...BASE.messages, { role: 'assistant', content: 'The' }] };
    expect(decodeCountTokens(body, TARGET).asked.messages).toHaveLength(2);
  });

  it('takes a system prompt without a word for none, wherever it stands', () => {
    const messages = [{ role: 'system', content: [{ type: 'text', text: '' }] }, ...BASE.messages];
    expect(decode({ system: '', messages }).asked).toEqual(decode({ messages: BASE.messages }).asked);
  });

  it.each<[string, JsonBody]>([
    ['container', { container: 'c1' }],
    ['mcp_servers', { mcp_servers: [] }],
    [
      'context_management.edits[1].type',
      { context_management: { edits: [{ type: 'clear_thinking_20251015' }, { type: 'compact_20260112' }] } },
    ],
    ['context_management.other', { context_management: { other: 1 } }],
    ['inference_geo', { inference_geo: 'us' }],
    ['speed', { speed: 'fast' }],
    ['__proto__', JSON.parse('{"__proto__":{}}') as JsonBody],
    ['constructor', { constructor: 1 }],
    ['thinking.type', { thinking: { type: 'between_tools' } }],
    ['output_config.task_budget', { output_config: { task_budget: {} } }],
    ['tools[1].type', { tools: [TOOL, { type: 'web_search_20250305', name: 'web_search' }] }],
    ['tools[0].input_examples', { tools: [{ ...TOOL, input_examples: [{}] }] }],
    ['messages[0].content[0].type', user({ type: 'search_result' })],
    ['messages[0].content[0].source.type', user({ type: 'image', source: { type: 'file', file_id: 'f' } })],
    [
      'messages[0].content[0].citations',
      user({ type: 'document', source: PDF, citations: { enabled: true } }),
    ],
    ['messages[1].content[0].type', assistant({ type: 'server_tool_use' })],
    ['messages[1]', { messages: [...BASE.messages, { role: 'assistant', content: 'The' }] }],
  ])('%s is refused by its name and the vendor', (field, change) => {
    const refusal = refusalOf(() => decode(change));
    expect(refusal.errors[0]?.field).toBe(field);
    expect(refusal.message).toContain('Google');
  });

  it.each<[string, JsonBody]>([
    ['max_tokens', { max_tokens: null }],
    ['max_tokens', { max_tokens: 0 }],
    ['max_tokens', { max_tokens: '5' }],
    ['messages', { messages: [] }],
    ['messages', { messages: 'Hi' }],
    ['messages[0]', { messages: ['Hi'] }],
    ['messages[0].role', { messages: [{ role: 'tool', content: 'x' }] }],
    ['messages[0].content', { messages: [{ role: 'user' }] }],
    ['messages[0].content', { messages: [{ role: 'user', content: 7 }] }],
    ['messages[0].content[0].text', user({ type: 'text', text: 1 })],
    ['messages[1].content[0].input', assistant({ type: 'tool_use', id: 't', name: 'f', input: [] })],
    ['system[0].type', { system: [{ type: 'image' }] }],
    ['temperature', { temperature: 'hot' }],
    ['stop_sequences', { stop_sequences: [1] }],
    ['tools[0].input_schema', { tools: [{ name: 'f' }] }],
    ['tool_choice', { tool_choice: { type: 'any' } }],
    ['tool_choice.name', { tools: [TOOL], tool_choice: { type: 'tool', name: 'g' } }],
    ['thinking.budget_tokens', { thinking: { type: 'enabled' } }],
    ['metadata', { metadata: 'me' }],
  ])('a wrong %s is refused by its path', (field, change) => {
    expect(refusalOf(() => decode(change)).errors[0]?.field).toBe(field);
  });
});

describe("the contract's fields in Anthropic's words", () => {
  const body = {
    ...BASE,
    system: 'Be brief.',
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'f', input: {} }] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 't1', content: 'x' },
          { type: 'text', text: 'y' },
        ],
      },
    ],
  };
  it.each([
    ['parameters.topK', 'top_k'],
    ['parameters.stop', 'stop_sequences'],
    ['parameters.parallelToolCalls', 'tool_choice.disable_parallel_tool_use'],
    ['parameters.reasoning.budgetTokens', 'thinking.budget_tokens'],
    ['parameters.serviceTier', 'service_tier'],
    ['user', 'metadata.user_id'],
    ['tools[1].parameters', 'tools[1].input_schema'],
    ['tools[0].strict', 'tools[0].strict'],
    ['messages[0].content', 'system'],
    ['messages[1].content', 'messages[0].content'],
    ['messages[3].content', 'messages[2].content[0].content'],
    ['messages[3].isError', 'messages[2].content[0].is_error'],
    ['messages[4].content', 'messages[2].content'],
  ])('%s is %s', (field, name) => {
    expect(messagesCodec.fieldName(field, body)).toBe(name);
  });
});
