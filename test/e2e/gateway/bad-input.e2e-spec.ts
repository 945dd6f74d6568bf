import { type EventPage } from '../../../src/usage/dto/event.dto';
import { createModel, directed, type VendorName } from '../../support/configure';
import { engines } from '../../support/engines';
import { type Simulator, startSimulator } from '../../support/simulator/server';
import { ADMIN_KEY, startStudio, type Studio } from '../../support/studio';
import { WIRE_FORMATS, type WireFormat } from '../../support/wire';

const VENDORS: readonly VendorName[] = ['openai', 'anthropic', 'google'];
const BODY_LIMIT = 64 * 1024;

/** The message of an error, wherever the dialect has it; it has to have one. */
function messageOf(format: WireFormat, body: unknown): string {
  const { error, type } = body as {
    error: { message: string; type?: string; status?: string };
    type?: string;
  };
  if (format.vendor === 'anthropic') expect(type).toBe('error');
  if (format.vendor === 'google') expect(error.status).toMatch(/^[A-Z_]+$/);
  else expect(error.type).toMatch(/^[a-z_]+$/);
  return error.message;
}

/** The body with a picture at a URL. */
function withPicture(format: WireFormat, model: string, url: string): object {
  const { name } = format;
  if (name === 'Chat Completions') {
    return { model, messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }] };
  }
  if (name === 'Responses') {
    return {
      model,
      input: [{ role: 'user', content: [{ type: 'input_image', image_url: url, detail: 'auto' }] }],
    };
  }
  if (name === 'Messages') {
    const picture = { type: 'image', source: { type: 'url', url } };
    return { model, max_tokens: 10, messages: [{ role: 'user', content: [picture] }] };
  }
  return { contents: [{ role: 'user', parts: [{ fileData: { mimeType: 'image/png', fileUri: url } }] }] };
}

/** The body with a function whose schema is nested as deeply as the limit of bodies lets it. */
function withDeepSchema(format: WireFormat, model: string): string {
  const { name } = format;
  const schema = 'SCHEMA';
  const tool = {
    'Chat Completions': { type: 'function', function: { name: 'f', parameters: schema } },
    Responses: { type: 'function', name: 'f', parameters: schema, strict: false },
    Messages: { name: 'f', input_schema: schema },
  }[name] ?? { functionDeclarations: [{ name: 'f', parameters: schema }] };
  const body = JSON.stringify({ ...format.body(model, 'Hi', false), tools: [tool] });
  const [open, levels] = name === 'generateContent' ? ['{"items":', 6000] : ['{"a":', 10_000];
  return body.replace(JSON.stringify(schema), `${open.repeat(levels)}{}${'}'.repeat(levels)}`);
}

describe.each(engines)('Bad input at the doors of the dialects on $name', (engine) => {
  let studio: Studio;
  let simulator: Simulator;
  const models = {} as Record<VendorName, string>;

  beforeAll(async () => {
    simulator = await startSimulator();
    studio = await startStudio(engine, { settings: { bodyLimit: BODY_LIMIT } });
    for (const vendor of VENDORS) models[vendor] = (await createModel(studio, simulator, vendor)).name;
  });
  beforeEach(() => simulator.reset());
  afterAll(async () => {
    await studio.close();
    await simulator.close();
  });

  async function send(
    format: WireFormat,
    body: string | object,
    options: { model?: string; headers?: Record<string, string> } = {},
  ): Promise<{ status: number; body: unknown; headers: Headers }> {
    const path = format.path(options.model ?? models[format.vendor], false);
    const response = await fetch(studio.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(options.headers ?? format.headers(ADMIN_KEY)) },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }

  describe.each(WIRE_FORMATS)('$name', (format) => {
    it.each<[string, string]>([
      ['nothing', ''],
      ['broken JSON', '{"model":'],
      ['a list', '[]'],
      ['null', 'null'],
      ['a text', '"model"'],
    ])('refuses %s as a body', async (_name, body) => {
      const answer = await send(format, body);
      expect(answer.status).toBe(400);
      expect(messageOf(format, answer.body)).toMatch(/body/i);
      expect(simulator.requests()).toEqual([]);
    });

    it('refuses a body over the limit in its own form', async () => {
      const body = { ...format.body(models[format.vendor], 'x'.repeat(BODY_LIMIT), false) };
      const answer = await send(format, body);
      expect(answer.status).toBe(413);
      expect(messageOf(format, answer.body)).toMatch(/too large|larger|limit/i);
    });

    it.each(VENDORS.filter((vendor) => vendor !== format.vendor))(
      'refuses for %s what is nested too deeply to be translated',
      async (vendor) => {
        const model = models[vendor];
        const answer = await send(format, withDeepSchema(format, model), { model });
        expect(answer.status).toBe(400);
        expect(messageOf(format, answer.body)).toMatch(/nested too deeply/);
        expect(simulator.requests()).toEqual([]);
      },
    );

    it.each(['nobody', 'openai/none', '', '../../x'])('does not find the model "%s"', async (model) => {
      const answer = await send(format, format.body(model, 'Hi', false), {
        model: encodeURIComponent(model),
      });
      expect([400, 404]).toContain(answer.status);
      expect(messageOf(format, answer.body)).toMatch(/model/i);
    });

    it('refuses a model that is not one of the key’s, and a key that may only read', async () => {
      const make = async (fields: object): Promise<string> =>
        (
          await studio.request<{ key: string }>('POST', '/api/v1/api-keys', {
            name: `k${Math.random()}`,
            ...fields,
          })
        ).body.key;
      const body = format.body(models[format.vendor], 'Hi', false);
      const limited = await make({ role: 'member', allowedModels: ['another'] });
      const viewer = await make({ role: 'viewer' });
      for (const key of [limited, viewer]) {
        const answer = await send(format, body, { headers: { ...format.headers(key) } });
        expect(answer.status).toBe(403);
        expect(messageOf(format, answer.body)).toMatch(/key/);
      }
    });

    it('refuses a wrong key, a missing one, and one in another vendor’s header', async () => {
      const wrong: Record<string, string>[] = [
        format.headers('sk-not-a-key-of-ours'),
        {},
        format.vendor === 'google' ? { 'x-api-key': ADMIN_KEY } : { 'x-goog-api-key': ADMIN_KEY },
      ];
      for (const headers of wrong) {
        const answer = await send(format, format.body(models[format.vendor], 'Hi', false), { headers });
        expect(answer.status).toBe(401);
        expect(messageOf(format, answer.body)).not.toContain('sk-not-a-key-of-ours');
      }
    });

    it.each([
      'http://127.0.0.1/a.png',
      'http://localhost:3000/a.png',
      'http://169.254.169.254/latest/meta-data',
      'http://10.1.2.3/a.png',
      'http://[::1]/a.png',
      'http://0x7f.1/a.png',
      'http://metadata.google.internal/a.png',
    ])('refuses a picture at %s for every vendor', async (url) => {
      for (const vendor of VENDORS) {
        const body = withPicture(format, models[vendor], url);
        const answer = await send(format, body, { model: models[vendor] });
        expect(answer.status).toBe(400);
        expect(messageOf(format, answer.body)).toMatch(/private or local/);
      }
      expect(simulator.requests()).toEqual([]);
    });

    it.each<[string, string]>([
      ['x-studio-metadata', '[1]'],
      ['x-studio-metadata', '{'],
      ['x-studio-tags', 'x'.repeat(65)],
      ['x-studio-user', ' '],
      ['idempotency-key', 'a b'],
    ])('refuses the header %s: %s', async (name, value) => {
      const headers = { ...format.headers(ADMIN_KEY), [name]: value };
      const answer = await send(format, format.body(models[format.vendor], 'Hi', false), { headers });
      expect(answer.status).toBe(400);
      expect(messageOf(format, answer.body).toLowerCase()).toContain(name);
    });

    it('keeps what the headers say with the usage', async () => {
      const headers = {
        ...format.headers(ADMIN_KEY),
        'x-studio-tags': 'finance, tour',
        'x-studio-metadata': '{"ticket":7}',
        'x-studio-user': 'ada',
      };
      const body = format.body(models[format.vendor], directed({ text: 'Hi' }), false);
      expect((await send(format, body, { headers })).status).toBe(200);
      const page = await studio.request<EventPage>('GET', '/api/v1/usage/events?limit=1');
      expect(page.body.data[0]).toMatchObject({ tags: ['finance', 'tour'], user: 'ada' });
    });
  });

  it.each<[string, string, Record<string, string>, string]>([
    ['GET', '/v1/files', {}, 'error'],
    ['POST', '/v1/audio/speech', {}, 'error'],
    ['GET', '/v1/messages/batches', { 'anthropic-version': '2023-06-01' }, 'type'],
    ['POST', '/v1beta/models/x:predict', {}, 'error'],
    ['GET', '/v1beta/cachedContents', {}, 'error'],
    ['GET', '/v1/models/nobody', {}, 'error'],
  ])('%s %s is not found, in the form of the dialect', async (method, path, headers, member) => {
    const answer = await studio.request<Record<string, unknown>>(
      method,
      path,
      method === 'POST' ? {} : undefined,
      { headers },
    );
    expect(answer.status).toBe(404);
    expect(answer.body[member]).toBeDefined();
    expect(answer.body).not.toHaveProperty('title');
  });
});
