import { InvalidInput } from '../../../src/common/problem';
import { messagesCodec } from '../../../src/gateway/dialects/anthropic/messages.codec';
import { type JsonBody, type Target } from '../../../src/gateway/dialects/codec';
import { batchEmbedContentsCodec, embedContentCodec } from '../../../src/gateway/dialects/google/embeddings';
import { generateCodec } from '../../../src/gateway/dialects/google/generate.codec';

const SCHEMA = {
  type: 'OBJECT',
  properties: { a: { type: 'STRING', enum: ['x'] } },
  anyOf: [{ minItems: '1' }],
};
const MESSAGES: JsonBody = {
  model: 'm',
  max_tokens: 9,
  system: [{ type: 'text', text: 'S', cache_control: { type: 'ephemeral' } }],
  messages: [
    {
      role: 'user',
      content: [
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
        { type: 'document', source: { type: 'text', data: 'A' }, title: 't', context: 'c', citations: {} },
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Hm', signature: 's' },
        { type: 'redacted_thinking', data: 'x' },
        { type: 'tool_use', id: 't1', name: 'f', input: {}, caller: { type: 'direct' } },
      ],
    },
    {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: 't1', content: [{ type: 'text', text: 'r' }] }],
    },
  ],
  tools: [{ name: 'f', input_schema: {}, strict: true, allowed_callers: ['direct'] }],
  tool_choice: { type: 'tool', name: 'f', disable_parallel_tool_use: true },
  thinking: { type: 'enabled', budget_tokens: 2000, display: 'omitted' },
  output_config: { effort: 'low', format: { type: 'json_schema', schema: {} } },
  stop_sequences: ['A'],
  metadata: { user_id: 'u' },
};
const GENERATE: JsonBody = {
  system_instruction: { parts: [{ text: 'S' }] },
  contents: [
    {
      role: 'user',
      parts: [
        { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
        { fileData: { mimeType: 'image/png', fileUri: 'https://x.test/a' } },
      ],
    },
    {
      role: 'model',
      parts: [
        { text: 'Hm', thought: true, thoughtSignature: 's' },
        { functionCall: { id: 'c', name: 'f', args: {} } },
      ],
    },
    {
      role: 'user',
      parts: [{ functionResponse: { id: 'c', name: 'f', response: { output: 'r' }, parts: [] } }],
    },
  ],
  tools: [{ functionDeclarations: [{ name: 'f', parameters: SCHEMA }] }],
  toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } },
  safetySettings: [{ category: 'c', threshold: 'OFF' }],
  generationConfig: {
    temperature: 1,
    stopSequences: ['A'],
    thinkingConfig: { thinkingBudget: 5, includeThoughts: true },
    responseMimeType: 'application/json',
    responseSchema: SCHEMA,
    responseModalities: ['TEXT'],
  },
};
const EMBED: JsonBody = {
  content: { parts: [{ text: 'A' }] },
  taskType: 'CLUSTERING',
  outputDimensionality: 5,
};

const WRONG: readonly unknown[] = [null, 0, -1.5, '', 'x', true, [], [null], [[]], {}, { x: 1 }, [{ x: 1 }]];

interface Decoder {
  decode(body: JsonBody, target: Target): unknown;
}

/** The body with one of its values, wherever it is, replaced by a wrong one. */
function* spoil(value: unknown): Generator<unknown> {
  yield* WRONG;
  if (Array.isArray(value)) {
    for (const [index, entry] of (value as unknown[]).entries()) {
      for (const wrong of spoil(entry)) yield (value as unknown[]).with(index, wrong);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, entry] of Object.entries(value)) {
      for (const wrong of spoil(entry)) yield { ...value, [name]: wrong };
    }
  }
}

it.each<[string, Decoder, JsonBody]>([
  ['Messages', messagesCodec, MESSAGES],
  ['generateContent', generateCodec, GENERATE],
  ['embedContent', embedContentCodec, EMBED],
  ['batchEmbedContents', batchEmbedContentsCodec, { requests: [EMBED, EMBED] }],
])('a body of %s with anything wrong in it is read, or refused with the field', (_name, codec, body) => {
  expect(codec.decode(body, { vendor: 'Other' })).toBeDefined();
  let refused = 0;
  for (const name of Object.keys(body)) {
    for (const wrong of spoil(body[name])) {
      try {
        codec.decode({ ...body, [name]: wrong }, { vendor: 'Other' });
      } catch (error) {
        if (!(error instanceof InvalidInput))
          throw new Error(`${name} as ${JSON.stringify(wrong)}`, { cause: error });
        expect(error.errors[0]?.field).toMatch(/^\w/);
        refused += 1;
      }
    }
  }
  expect(refused).toBeGreaterThan(20);
});
