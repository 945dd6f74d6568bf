import { findUrls } from './body-urls';
import { leadsInside } from './inner-urls';

describe('A URL', () => {
  it.each([
    'http://127.0.0.1/a',
    'http://[::1]/a',
    'http://2130706433/a',
    'http://0x7f.1/a',
    'https://10.0.0.1',
    'http://169.254.169.254/latest',
    'http://localhost/a',
    'http://LOCALHOST./a',
    'http://localhost.localdomain/',
    'http://ip6-localhost/',
    'http://redis:6379/',
    'http://a.svc/',
    'http://api.default.svc.cluster.local/',
    'http://metadata.google.internal/',
    'file:///etc/passwd',
    'ftp://example.com/x',
    '//127.0.0.1/x',
    'http://[fe80::1%25eth0]/a',
    ' http://127.0.0.1%2f.example.com/a',
    '//[fe80::1%25eth0]/a',
    '//127.0.0.1%2f.example.com/a',
    'http:/[fe80::1%25eth0]/a',
    'http:\\\\[fe80::1%25eth0]\\a',
    'ht\ttp://127.0.0.1/a',
    '\u0001http://[fe80::1%25eth0]/a',
    '\\\\127.0.0.1\\x',
    '/\\127.0.0.1/x',
    'http://127.0.0.1 .example.com/a',
  ])('%s leads inside', (url) => {
    expect(leadsInside(url)).toBe(true);
  });

  it.each([
    'https://example.com/a.png',
    'https://8.8.8.8/a.png',
    'https://[2606:4700::1111]/a.png',
    'data:image/png;base64,AAAA',
    'gs://bucket/object',
    'https://generativelanguage.googleapis.com/v1beta/files/abc',
    'files/abc',
    '/v1/files/abc',
    'not a url',
    '',
  ])('%s does not', (url) => {
    expect(leadsInside(url)).toBe(false);
  });
});

describe('The URLs of a body', () => {
  it.each<[string, unknown]>([
    ['Chat', { messages: [{ content: [{ image_url: { url: 'u' } }] }] }],
    ['Chat, a part that is no list', { messages: [{ content: { image_url: { url: 'u' } } }] }],
    ['Responses', { input: [{ content: [{ type: 'input_image', image_url: 'u' }] }] }],
    ['Responses, a result', { input: [{ type: 'computer_call_output', output: { image_url: 'u' } }] }],
    ['Responses, a prompt', { prompt: { variables: { a: { image_url: 'u' } } } }],
    ['Responses, a tool', { tools: [{ type: 'mcp', server_url: 'u' }] }],
    ['Messages', { messages: [{ content: [{ source: { type: 'url', url: 'u' } }] }] }],
    [
      'Messages, a result',
      { messages: [{ content: [{ type: 'tool_result', content: [{ source: { url: 'u' } }] }] }] },
    ],
    ['Messages, a server', { mcp_servers: [{ url: 'u' }] }],
    ['Google', { contents: [{ parts: [{ fileData: { fileUri: 'u' } }] }] }],
    ['Google, one content', { contents: { parts: { file_data: { file_uri: 'u' } } } }],
    [
      'Google, a result',
      { contents: [{ parts: [{ functionResponse: { parts: [{ fileData: { fileUri: 'u' } }] } }] }] },
    ],
    ['Google, an embedding', { requests: [{ content: { parts: [{ fileData: { fileUri: 'u' } }] } }] }],
    ['Google, a tool', { tools: [{ retrieval: { externalApi: { endpoint: 'u' } } }] }],
  ])('%s', (_name, body) => {
    expect(findUrls(body)).toEqual(['u']);
  });

  it.each<[string, unknown]>([
    ['a call of Messages', { content: [{ type: 'tool_use', input: { url: 'http://localhost:3000' } }] }],
    ['a call of Google', { parts: [{ functionCall: { args: { url: 'http://localhost' } } }] }],
    ['a result of Google', { parts: [{ functionResponse: { response: { url: 'http://localhost' } } }] }],
    ['a schema', { tools: [{ input_schema: { properties: { url: { default: 'x', uri: 'y' } } } }] }],
    ['a text', { content: 'see http://localhost' }],
  ])('are not in %s', (_name, body) => {
    expect(findUrls(body)).toEqual([]);
  });

  it('are looked for in bodies of any depth without an end', () => {
    let body: unknown = { url: 'u' };
    for (let depth = 0; depth < 1000; depth += 1) body = [body];
    expect(findUrls(body)).toEqual([]);
  });
});
