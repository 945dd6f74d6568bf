import { InvalidInput } from '../../../src/common/problem';
import { messagesCodec } from '../../../src/gateway/dialects/anthropic/messages.codec';
import { type JsonBody, type Target } from '../../../src/gateway/dialects/codec';
import { batchEmbedContentsCodec, embedContentCodec } from '../../../src/gateway/dialects/google/embeddings';
import { generateCodec } from '../../../src/gateway/dialects/google/generate.codec';
import { chatCodec } from '../../../src/gateway/dialects/openai/chat.codec';
import { responsesCodec } from '../../../src/gateway/dialects/openai/responses.codec';

const SCHEMA = { type: 'object', properties: { a: { type: 'string' } } };
const PICTURE = 'data:image/png;base64,AAAA';
const PDF = 'data:application/pdf;base64,AAAA';
const SIGNED = { google: { thought_signature: 's' } };

const CHAT: JsonBody = {
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'A' },
        { type: 'image_url', image_url: { url: PICTURE, detail: 'low' } },
        { type: 'file', file: { filename: 'a.pdf', file_data: PDF } },
        { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
      ],
    },
    {
      role: 'assistant',
      content: [{ type: 'text', text: 'B' }],
      reasoning_details: [{ type: 'reasoning.text', text: 'hm', signature: 's' }],
      tool_calls: [
        { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' }, extra_content: SIGNED },
      ],
    },
    { role: 'tool', tool_call_id: 'c', content: [{ type: 'text', text: 'r' }] },
  ],
  tools: [{ type: 'function', function: { name: 'f', parameters: SCHEMA } }],
  tool_choice: { type: 'function', function: { name: 'f' } },
  response_format: { type: 'json_schema', json_schema: { name: 'n', schema: SCHEMA } },
  stream_options: { include_usage: true },
};
const CHAT_BARE: JsonBody = {
  messages: [{ role: 'user', content: 'A' }],
  tools: [{ type: 'function', function: { name: 'f' } }],
  tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [] } },
  response_format: { type: 'json_object' },
};
const RESPONSES: JsonBody = {
  input: [
    {
      role: 'user',
      content: [
        { type: 'input_text', text: 'A' },
        { type: 'input_image', image_url: PICTURE, detail: 'low' },
        { type: 'input_file', filename: 'a.pdf', file_data: PDF },
      ],
    },
    { type: 'reasoning', id: 'rs', summary: [], encrypted_content: 'signature@x:abc' },
    { role: 'assistant', content: [{ type: 'output_text', text: 'B' }] },
    { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}', extra_content: SIGNED },
    { type: 'function_call_output', call_id: 'c', output: [{ type: 'input_text', text: 'r' }] },
  ],
  tools: [{ type: 'function', name: 'f', parameters: SCHEMA }],
  tool_choice: { type: 'function', name: 'f' },
  text: { format: { type: 'text' } },
  reasoning: { effort: 'low' },
  stream_options: { include_obfuscation: false },
};
const RESPONSES_BARE: JsonBody = {
  input: 'A',
  tools: [{ type: 'function', name: 'f', parameters: SCHEMA }],
  tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [] },
  text: { format: { type: 'json_schema', name: 'n', schema: SCHEMA } },
};
const MESSAGES: JsonBody = {
  max_tokens: 9,
  system: [{ type: 'text', text: 'S' }],
  messages: [
    {
      role: 'user',
      content: [
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
        { type: 'image', source: { type: 'url', url: 'https://e.test/a.png' } },
        { type: 'document', source: { type: 'text', data: 'A' }, citations: { enabled: false } },
        { type: 'document', source: { type: 'url', url: 'https://e.test/a.pdf' } },
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Hm', signature: 's' },
        { type: 'redacted_thinking', data: 'x' },
        { type: 'tool_use', id: 't', name: 'f', input: {}, caller: { type: 'direct' } },
      ],
    },
    {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: 'r' }] }],
    },
  ],
  tools: [{ name: 'f', input_schema: SCHEMA }],
  tool_choice: { type: 'tool', name: 'f' },
  thinking: { type: 'enabled', budget_tokens: 2000 },
  output_config: { effort: 'low', format: { type: 'json_schema', schema: SCHEMA } },
  metadata: { user_id: 'u' },
  context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
};
const GENERATE: JsonBody = {
  systemInstruction: { parts: [{ text: 'S' }] },
  contents: [
    {
      role: 'user',
      parts: [
        {
          inlineData: { mimeType: 'image/png', data: 'AAAA' },
          mediaResolution: { level: 'MEDIA_RESOLUTION_LOW' },
        },
        { fileData: { mimeType: 'image/png', fileUri: 'https://e.test/a' } },
      ],
    },
    {
      role: 'model',
      parts: [
        { text: 'Hm', thought: true, thoughtSignature: 's' },
        { functionCall: { id: 'c', name: 'f', args: {} } },
      ],
    },
    { role: 'user', parts: [{ functionResponse: { id: 'c', name: 'f', response: { output: 'r' } } }] },
  ],
  tools: [{ functionDeclarations: [{ name: 'f', parameters: SCHEMA }] }],
  toolConfig: { functionCallingConfig: { mode: 'ANY' } },
  safetySettings: [{ category: 'c', threshold: 'OFF' }],
  generationConfig: { thinkingConfig: { thinkingBudget: 5 } },
};
const EMBED: JsonBody = { content: { parts: [{ text: 'A' }] } };

/** What a caller may fill as it likes: schemas, and what a function is called with or gave. */
const FREE = new Set(['parameters', 'schema', 'input_schema', 'input', 'args', 'response']);

/** Where the body has objects of which every member is known. */
function placesIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.entries(value).flatMap(([name, member]) =>
    FREE.has(name) && typeof member === 'object' && !Array.isArray(member)
      ? []
      : placesIn(member, [...path, name]),
  );
  return Array.isArray(value) ? inner : [path, ...inner];
}

/** The body with a member that nobody knows in the object at this place. */
function surprise(body: JsonBody, path: readonly string[]): JsonBody {
  const changed = structuredClone(body) as Record<string, unknown>;
  let at: Record<string, unknown> = changed;
  for (const name of path) at = at[name] as Record<string, unknown>;
  at.surprise = 1;
  return changed;
}

interface Decoder {
  decode(body: JsonBody, target: Target): unknown;
}

function fieldsRefused(codec: Decoder, body: JsonBody): readonly string[] {
  try {
    codec.decode(body, { vendor: 'Acme' });
    return [];
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return error.errors.map(({ field }) => field);
  }
}

const written = (path: readonly string[]): string =>
  [...path, 'surprise']
    .map((name) => (/^\d+$/.test(name) ? `[${name}]` : `.${name}`))
    .join('')
    .slice(1);

describe.each<[string, Decoder, JsonBody]>([
  ['Chat Completions', chatCodec, CHAT],
  ['Chat Completions with a choice among tools', chatCodec, CHAT_BARE],
  ['Responses', responsesCodec, RESPONSES],
  ['Responses with a choice among tools', responsesCodec, RESPONSES_BARE],
  ['Messages', messagesCodec, MESSAGES],
  ['generateContent', generateCodec, GENERATE],
  ['embedContent', embedContentCodec, EMBED],
  ['batchEmbedContents', batchEmbedContentsCodec, { requests: [EMBED] }],
])('A body of %s', (_name, codec, body) => {
  it.each(placesIn(body).map((path) => [written(path), path]))('is refused for its %s', (name, path) => {
    expect(fieldsRefused(codec, surprise(body, path))).toEqual([name]);
  });
});
