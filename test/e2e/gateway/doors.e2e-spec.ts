import { createModel, type VendorName } from '../../support/configure';
import { engines } from '../../support/engines';
import { type Simulator, startSimulator } from '../../support/simulator/server';
import { type Studio, startStudio } from '../../support/studio';

const VENDORS: readonly VendorName[] = ['openai', 'anthropic', 'google'];

interface DialectUnderTest {
  readonly name: string;
  plain(model: string, text: string): { readonly path: string; readonly body: object };
  streamed(model: string, text: string): { readonly path: string; readonly body: object };
  textOf(body: unknown): string;
}

const DIALECTS: readonly DialectUnderTest[] = [
  {
    name: 'chat',
    plain: (model, text) => ({
      path: '/v1/chat/completions',
      body: { model, messages: [{ role: 'user', content: text }] },
    }),
    streamed: (model, text) => ({
      path: '/v1/chat/completions',
      body: { model, stream: true, messages: [{ role: 'user', content: text }] },
    }),
    textOf: (body) =>
      (body as { choices: { message: { content: string } }[] }).choices[0]?.message.content ?? '',
  },
  {
    name: 'responses',
    plain: (model, text) => ({ path: '/v1/responses', body: { model, input: text, store: false } }),
    streamed: (model, text) => ({
      path: '/v1/responses',
      body: { model, input: text, stream: true, store: false },
    }),
    textOf: (body) =>
      (body as { output: { type: string; content: { text: string }[] }[] }).output.find(
        ({ type }) => type === 'message',
      )?.content[0]?.text ?? '',
  },
  {
    name: 'messages',
    plain: (model, text) => ({
      path: '/v1/messages',
      body: { model, max_tokens: 100, messages: [{ role: 'user', content: text }] },
    }),
    streamed: (model, text) => ({
      path: '/v1/messages',
      body: { model, max_tokens: 100, stream: true, messages: [{ role: 'user', content: text }] },
    }),
    textOf: (body) => (body as { content: { text: string }[] }).content[0]?.text ?? '',
  },
  {
    name: 'generateContent',
    plain: (model, text) => ({
      path: `/v1beta/models/${model}:generateContent`,
      body: { contents: [{ role: 'user', parts: [{ text }] }] },
    }),
    streamed: (model, text) => ({
      path: `/v1/models/${model}:streamGenerateContent?alt=sse`,
      body: { contents: [{ role: 'user', parts: [{ text }] }] },
    }),
    textOf: (body) =>
      (body as { candidates: { content: { parts: { text: string }[] } }[] }).candidates[0]?.content.parts[0]
        ?.text ?? '',
  },
];

describe.each(engines)('The doors of the dialects on $name', (engine) => {
  let studio: Studio;
  let simulator: Simulator;
  const models = {} as Record<VendorName, string>;

  beforeAll(async () => {
    simulator = await startSimulator();
    studio = await startStudio(engine);
    for (const vendor of VENDORS) models[vendor] = (await createModel(studio, simulator, vendor)).name;
  });
  afterAll(async () => {
    await studio.close();
    await simulator.close();
  });

  const pairs = DIALECTS.flatMap((dialect) =>
    VENDORS.map((vendor) => ({ dialect, vendor, name: dialect.name })),
  );

  it.each(pairs)('$name to $vendor answers in its own form', async ({ dialect, vendor }) => {
    const { path, body } = dialect.plain(models[vendor], 'Good day');
    const answer = await studio.request('POST', path, body);
    expect(answer).toMatchObject({ status: 200 });
    expect(dialect.textOf(answer.body)).toBe('You said: Good day');
    expect(answer.headers.get('x-studio-model')).toBe(models[vendor]);
    expect(answer.headers.get('x-studio-cost')).toMatch(/^0\.0*[1-9]/);
  });

  it.each(pairs)('$name to $vendor streams in its own form', async ({ dialect, vendor }) => {
    const { path, body } = dialect.streamed(models[vendor], 'Good day');
    const answer = await studio.request<string>('POST', path, body);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(answer.body).toContain('data: ');
    const pieces = [...answer.body.matchAll(/"(?:text|content|delta)":"((?:[^"\\]|\\.)*)"/g)];
    expect(pieces.map(([, piece]) => piece).join('')).toContain('You said: Good day');
  });
});
