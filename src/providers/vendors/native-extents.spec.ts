import { type CallExtent } from '../contract/extent';
import { findVendor } from '.';

function measure(
  vendor: string,
  api: string,
  value: Record<string, unknown>,
  defaults: object = {},
  model = 'm',
): CallExtent {
  const found = findVendor(vendor)?.native?.apis[api];
  if (!found) throw new Error(`No ${api} at ${vendor}.`);
  return found.measure({ bytes: Buffer.from(JSON.stringify(value)), value }, model, defaults);
}

type Case = readonly [
  what: string,
  value: Record<string, unknown>,
  extent: Partial<Record<keyof CallExtent, unknown>>,
];

describe('bodies of Chat Completions', () => {
  const user = (...content: object[]): Record<string, unknown> => ({ messages: [{ role: 'user', content }] });
  it.each<Case>([
    ['the larger of two limits', { max_tokens: 5, max_completion_tokens: 9 }, { outputLimit: 9 }],
    ['no limit where it is sent as null', { max_tokens: null }, { outputLimit: null }],
    ['the default where none is sent', {}, { outputLimit: 77, serviceTier: 'flex' }],
    ['the tier that is sent', { service_tier: null }, { outputLimit: 77, serviceTier: undefined }],
    ['several answers', { n: 3 }, { answers: 3 }],
    ['a prediction', { prediction: { type: 'content', content: 'x'.repeat(90) } }, { predicted: 121 }],
    ['a file by its id', user({ type: 'file', file: { file_id: 'f' } }), { open: ['document'] }],
    [
      'MP3 by its bytes',
      user({ type: 'input_audio', input_audio: { format: 'mp3', data: 'A'.repeat(640) } }),
      { audio: 30, open: [] },
    ],
    [
      'other sound',
      user({ type: 'input_audio', input_audio: { format: 'opus', data: 'AAAA' } }),
      { open: ['audio'] },
    ],
    [
      'a file in place of a picture',
      user({ type: 'image_url', image_url: 'data:application/pdf;base64,AA' }),
      { open: ['document'] },
    ],
    [
      'a search',
      { web_search_options: {} },
      { serverTools: [expect.objectContaining({ fee: 'web_search_requests', maxUses: 1 })] },
    ],
  ])('say %s', (_what, value, extent) => {
    const found = measure('openai', 'chat.completions', value, { maxTokens: 77, serviceTier: 'flex' });
    expect({ serviceTier: undefined, ...found }).toMatchObject(extent);
  });
});

describe('bodies of Responses', () => {
  it.each<Case>([
    ['earlier turns', { previous_response_id: 'resp_1' }, { open: ['text', 'image', 'document'] }],
    [
      'an item by its id',
      { input: [{ type: 'item_reference', id: 'i' }] },
      { open: ['text', 'image', 'document'] },
    ],
    [
      'a file at a URL',
      { input: [{ content: [{ type: 'input_file', file_url: 'https://e.test/a' }] }] },
      { open: ['document'] },
    ],
    [
      'pictures of a tool',
      { input: [{ type: 'function_call_output', output: [{ type: 'input_image', file_id: 'f' }] }] },
      { pictures: [null] },
    ],
    [
      'a limit of tools',
      { tools: [{ type: 'web_search' }], max_tool_calls: 4 },
      { serverTools: [{ name: 'web_search', fee: 'web_search_requests', maxUses: 4, isRead: true }] },
    ],
    [
      'tools without one',
      { tools: [{ type: 'code_interpreter' }] },
      { serverTools: [expect.objectContaining({ fee: 'container_sessions', maxUses: null })] },
    ],
    ['a picture to be made', { tools: [{ type: 'image_generation' }] }, { unbounded: ['image_generation'] }],
    ['compaction', { context_management: [{ type: 'compaction' }] }, { unbounded: ['context_management'] }],
    [
      'a function',
      { tools: [{ type: 'function', name: 'f' }] },
      { hasTools: true, hidden: 0, serverTools: [] },
    ],
  ])('say %s', (_what, value, extent) => {
    expect(measure('openai', 'responses', value)).toMatchObject(extent);
  });

  it('leave out the bytes of a picture that was made', () => {
    const body = { input: [{ type: 'image_generation_call', result: 'A'.repeat(5000) }] };
    expect(measure('openai', 'responses', body).text).toBeLessThan(100);
  });
});

describe('bodies of Messages', () => {
  const user = (...content: object[]): Record<string, unknown> => ({ messages: [{ role: 'user', content }] });
  it.each<Case>([
    ['no cache without a mark', user({ type: 'text', text: 'a' }), { marksCache: false }],
    ['a mark on the body', { cache_control: { type: 'ephemeral' } }, { marksCache: true }],
    ['a mark on a tool', { tools: [{ name: 'f', cache_control: {} }] }, { marksCache: true }],
    [
      'a mark in a result',
      user({ type: 'tool_result', content: [{ type: 'text', cache_control: {} }] }),
      { marksCache: true },
    ],
    [
      'a picture in a result',
      user({ type: 'tool_result', content: [{ type: 'image', source: { type: 'url' } }] }),
      { pictures: [null] },
    ],
    ['a PDF', user({ type: 'document', source: { type: 'base64', data: 'AAAA' } }), { open: ['document'] }],
    ['plain text', user({ type: 'document', source: { type: 'text', data: 'AAAA' } }), { open: [] }],
    [
      'pictures in a document',
      user({ type: 'document', source: { type: 'content', content: [{ type: 'image', source: {} }] } }),
      { pictures: [null] },
    ],
    ['fast mode and where', { speed: 'fast', inference_geo: 'eu' }, { speed: 'fast', geo: 'eu' }],
    [
      'a search with a limit',
      { tools: [{ type: 'web_search_20250305', max_uses: 3 }] },
      { serverTools: [expect.objectContaining({ fee: 'web_search_requests', maxUses: 3 })] },
    ],
    [
      'a search without one',
      { tools: [{ type: 'web_search_20250305' }] },
      { serverTools: [expect.objectContaining({ maxUses: null })] },
    ],
    [
      "a caller's own tool of the vendor's kind",
      { tools: [{ type: 'bash_20250124', name: 'bash' }] },
      { hidden: 1300, serverTools: [] },
    ],
    ['other models', { fallbacks: [{ model: 'x' }], mcp_servers: [] }, { unbounded: ['fallbacks'] }],
  ])('say %s', (_what, value, extent) => {
    expect(measure('anthropic', 'messages', value)).toMatchObject(extent);
  });
});

describe('bodies of generateContent', () => {
  const parts = (...of: object[]): Record<string, unknown> => ({ contents: [{ parts: of }] });
  it.each<Case>([
    [
      'a limit in either spelling',
      { generation_config: { max_output_tokens: 8, candidate_count: 2 } },
      { outputLimit: 8, answers: 2 },
    ],
    ['no limit where the configuration is null', { generationConfig: null }, { outputLimit: null }],
    ['the default where none is sent', {}, { outputLimit: 77 }],
    ['a film', parts({ inlineData: { mimeType: 'video/mp4', data: 'AAAA' } }), { open: ['video'] }],
    [
      'a file of an unknown kind',
      parts({ file_data: { file_uri: 'f' } }),
      { open: ['text', 'image', 'audio', 'video', 'document'] },
    ],
    [
      'a picture by its name',
      parts({ fileData: { fileUri: 'f', mimeType: 'image/png' } }),
      { pictures: [null], open: [] },
    ],
    [
      'a picture of a function',
      parts({ functionResponse: { parts: [{ inlineData: { mimeType: 'image/png', data: 'AA' } }] } }),
      { pictures: [null] },
    ],
    [
      'a cache',
      { cachedContent: 'cachedContents/c' },
      { open: ['text', 'image', 'audio', 'video', 'document'] },
    ],
    [
      'what reads the web',
      { tools: [{ urlContext: {} }] },
      { serverTools: [expect.objectContaining({ fee: null, maxUses: null, isRead: true })] },
    ],
  ])('say %s', (_what, value, extent) => {
    expect(measure('google', 'generateContent', value, { maxTokens: 77 })).toMatchObject(extent);
  });

  it.each([
    ['gemini-2.5-flash', 'grounding_prompts', 1],
    ['gemini-3.8-flash', 'grounding_queries', null],
  ])('say that a search of %s is a fee for its %s', (model, fee, maxUses) => {
    const found = measure('google', 'generateContent', { tools: [{ google_search: {} }] }, {}, model);
    expect(found.serverTools).toEqual([{ name: 'google_search', fee, maxUses, isRead: false }]);
  });
});
