import { InvalidInput } from '../../../common/problem';
import { type JsonBody } from '../codec';
import { decodeChat } from './chat.request';
import { embeddingsCodec } from './embeddings';
import { decodeResponses } from './responses.request';

const TARGET = { vendor: 'Google' };
const WRONG: readonly unknown[] = [
  null,
  true,
  7,
  -1.5,
  '',
  'x',
  [],
  [null],
  [7],
  ['x'],
  [[]],
  {},
  { type: 'x' },
];

const CHAT: JsonBody = {
  model: 'm',
  messages: [
    { role: 'system', content: 'S' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'A' },
        { type: 'image_url', image_url: { url: 'https://e.test/a.png', detail: 'low' } },
        { type: 'file', file: { filename: 'a', file_data: 'data:application/pdf;base64,QQ==' } },
        { type: 'input_audio', input_audio: { data: 'QQ==', format: 'wav' } },
      ],
    },
    {
      role: 'assistant',
      content: null,
      reasoning_details: [{ type: 'reasoning.text', text: 'hm', signature: 's' }],
      tool_calls: [
        {
          id: 'c',
          type: 'function',
          function: { name: 'f', arguments: '{}' },
          extra_content: { google: { thought_signature: 's' } },
        },
      ],
    },
    { role: 'tool', tool_call_id: 'c', content: 'r' },
  ],
  tools: [{ type: 'function', function: { name: 'f', description: 'd', parameters: {}, strict: true } }],
  tool_choice: {
    type: 'allowed_tools',
    allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'f' } }] },
  },
  response_format: { type: 'json_schema', json_schema: { name: 's', schema: {}, strict: true } },
  stop: ['a'],
  stream_options: { include_usage: true },
  modalities: ['text'],
  logit_bias: {},
  temperature: 1,
  max_tokens: 5,
  logprobs: true,
  top_logprobs: 2,
};

const RESPONSES: JsonBody = {
  model: 'm',
  instructions: 'S',
  input: [
    {
      role: 'user',
      content: [
        { type: 'input_text', text: 'A' },
        { type: 'input_image', image_url: 'https://e.test/a' },
      ],
    },
    {
      type: 'reasoning',
      id: 'rs',
      summary: [{ type: 'summary_text', text: 'hm' }],
      encrypted_content: 'signature:s',
    },
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'B', annotations: [] }] },
    { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
    {
      type: 'function_call_output',
      call_id: 'c',
      output: [{ type: 'input_file', file_url: 'https://e.test/a.pdf' }],
    },
  ],
  tools: [{ type: 'function', name: 'f', parameters: {}, strict: null }],
  tool_choice: { type: 'function', name: 'f' },
  text: { format: { type: 'json_schema', name: 's', schema: {} }, verbosity: 'low' },
  reasoning: { effort: 'low', summary: 'auto' },
  include: ['reasoning.encrypted_content'],
  metadata: {},
};

/** The value with one place in it replaced by another value, for every place and each of the wrong values. */
function* spoil(value: unknown): Generator<unknown> {
  yield* WRONG;
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    for (const changed of spoil(member)) {
      yield Array.isArray(value)
        ? (value as unknown[]).map((entry, index) => (String(index) === name ? changed : entry))
        : { ...value, [name]: changed };
    }
  }
}

describe.each<[string, JsonBody, (body: JsonBody) => unknown]>([
  ['Chat Completions', CHAT, (body) => decodeChat(body, TARGET)],
  ['Responses', RESPONSES, (body) => decodeResponses(body, TARGET)],
  ['embeddings', { input: ['a', 'b'], dimensions: 5 }, (body) => embeddingsCodec.decode(body, TARGET)],
])('a body of %s', (_name, whole, decode) => {
  it('is taken as it is', () => {
    expect(() => decode(whole)).not.toThrow();
  });

  it('with anything at any place is taken, or refused by the name of a field', () => {
    let refused = 0;
    for (const body of spoil(whole)) {
      if (typeof body !== 'object' || body === null || Array.isArray(body)) continue;
      try {
        decode(body as JsonBody);
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw new Error(JSON.stringify(body), { cause: error });
        expect(error.errors[0]?.field).toMatch(/^\w+(\[\d+\])?(\.\w+(\[\d+\])?)*$/);
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(10);
  });
});
