import { type ProblemView } from '../../src/common/http/problem.dto';
import { type EventPage } from '../../src/usage/dto/event.dto';
import { createKey, createModel, createProvider, createTeam } from '../support/configure';
import { engines } from '../support/engines';
import { type Simulator, startSimulator } from '../support/simulator/server';
import { startStudio, type Studio } from '../support/studio';

describe.each(engines)('Bad input on $name', (engine) => {
  let studio: Studio;
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await startSimulator();
    studio = await startStudio(engine, { settings: { bodyLimit: 64 * 1024 } });
    await createModel(studio, simulator, 'openai', { name: 'known', isDefault: true });
  });
  afterAll(async () => {
    await studio.close();
    await simulator.close();
  });

  const completions = '/api/v1/completions';
  const provider = { name: 'p', type: 'openai', apiKey: 'sk-test-not-a-real-key' };

  it.each<[what: string, path: string, body: unknown, status: number, code: string, field: string | null]>([
    ['malformed JSON', completions, '{"prompt": ', 400, 'invalid_json', null],
    ['a JSON list', completions, '[1]', 400, 'invalid_input', null],
    ['a JSON text', completions, '"hello"', 400, 'invalid_input', null],
    ['an empty body', completions, '', 400, 'invalid_json', null],
    ['a body over the limit', completions, { prompt: 'x'.repeat(70_000) }, 413, 'body_too_large', null],
    ['a wrong type', completions, { prompt: 5 }, 400, 'invalid_input', 'prompt'],
    ['an unknown field', completions, { prompt: 'x', temprature: 1 }, 400, 'invalid_input', 'temprature'],
    [
      'an unknown parameter',
      completions,
      { prompt: 'x', parameters: { heat: 1 } },
      400,
      'invalid_input',
      'parameters.heat',
    ],
    [
      'a value out of range',
      completions,
      { prompt: 'x', parameters: { temperature: 3 } },
      400,
      'invalid_input',
      'parameters.temperature',
    ],
    ['neither prompt nor messages', completions, {}, 400, 'invalid_input', 'messages'],
    [
      'prompt and messages',
      completions,
      { prompt: 'x', messages: [{ role: 'user', content: 'y' }] },
      400,
      'invalid_input',
      'prompt',
    ],
    ['an empty conversation', completions, { messages: [] }, 400, 'invalid_input', 'messages'],
    [
      'an unknown role',
      completions,
      { messages: [{ role: 'robot', content: 'x' }] },
      400,
      'invalid_input',
      'messages[0].role',
    ],
    [
      'an image without a source',
      completions,
      { messages: [{ role: 'user', content: [{ type: 'image' }] }] },
      400,
      'invalid_input',
      'messages[0].content',
    ],
    [
      'a tool result without its call',
      completions,
      { messages: [{ role: 'tool', content: 'x' }] },
      400,
      'invalid_input',
      'messages[0].toolCallId',
    ],
    [
      'a tool choice without tools',
      completions,
      { prompt: 'x', toolChoice: 'required' },
      400,
      'invalid_input',
      'toolChoice',
    ],
    [
      'too many tags',
      completions,
      { prompt: 'x', tags: Array.from({ length: 21 }, (_, index) => `t${index}`) },
      400,
      'invalid_input',
      'tags',
    ],
    [
      'metadata that is a list',
      completions,
      { prompt: 'x', metadata: [1] },
      400,
      'invalid_input',
      'metadata',
    ],
    ['an unknown model', completions, { prompt: 'x', model: 'nobody' }, 404, 'model_not_found', null],
    ['an unknown vendor', '/api/v1/providers', { ...provider, type: 'acme' }, 400, 'invalid_input', 'type'],
    [
      'a key with a line break',
      '/api/v1/providers',
      { ...provider, apiKey: 'sk-a\nb' },
      400,
      'invalid_input',
      'apiKey',
    ],
    [
      'a base URL that is none',
      '/api/v1/providers',
      { ...provider, configuration: { baseUrl: 'ftp://x' } },
      400,
      'invalid_input',
      'configuration.baseUrl',
    ],
    [
      'a base URL with a query',
      '/api/v1/providers',
      { ...provider, configuration: { baseUrl: 'https://api.openai.com/v1?a=b' } },
      400,
      'invalid_input',
      'configuration.baseUrl',
    ],
    [
      'a base URL with a fragment',
      '/api/v1/providers',
      { ...provider, configuration: { baseUrl: 'https://api.openai.com/v1#a' } },
      400,
      'invalid_input',
      'configuration.baseUrl',
    ],
    [
      'a model name with a control character',
      completions,
      { prompt: 'x', model: 'a\u0000b\n' },
      400,
      'invalid_input',
      'model',
    ],
    [
      'a temperature that the vendor refuses',
      '/api/v1/providers',
      { ...provider, type: 'anthropic', configuration: { temperature: 1.5 } },
      400,
      'invalid_input',
      'configuration.temperature',
    ],
    [
      'maxTokens over the range',
      '/api/v1/providers',
      { ...provider, configuration: { maxTokens: 100_001 } },
      400,
      'invalid_input',
      'configuration.maxTokens',
    ],
    [
      'a model of an unknown provider',
      '/api/v1/models',
      { providerId: 'x', name: 'n', modelId: 'm' },
      404,
      'not_found',
      null,
    ],
    ['a role that is none', '/api/v1/api-keys', { name: 'k', role: 'owner' }, 400, 'invalid_input', 'role'],
    [
      'an expiry in the past',
      '/api/v1/api-keys',
      { name: 'k', role: 'viewer', expiresAt: '2020-01-01T00:00:00Z' },
      400,
      'invalid_input',
      'expiresAt',
    ],
    [
      'a zone that is none',
      '/api/v1/teams',
      { name: 't', timezone: 'Mars/Base' },
      400,
      'invalid_input',
      'timezone',
    ],
    [
      'usage without a model',
      '/api/v1/usage',
      { usage: { inputTokens: 1, outputTokens: 1 } },
      400,
      'invalid_input',
      'modelId',
    ],
    [
      'negative usage',
      '/api/v1/usage',
      { modelId: 'known', usage: { inputTokens: -1 } },
      400,
      'invalid_input',
      'usage.inputTokens',
    ],
    [
      'too many events',
      '/api/v1/usage',
      { events: Array.from({ length: 1001 }, () => ({})) },
      400,
      'invalid_input',
      'events',
    ],
  ])('answers %s with a problem that names it', async (_what, path, body, status, code, field) => {
    const answer = await studio.request<ProblemView>('POST', path, body);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ status, code, requestId: answer.headers.get('x-request-id') });
    expect(answer.body.detail.length).toBeGreaterThan(20);
    if (field !== null) expect(answer.body.errors?.map((error) => error.field)).toContain(field);
    expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|\.ts:\d|at [A-Z]\w+\./);
  });

  it.each<[path: string, body: object, field: string]>([
    [completions, { model: null, prompt: 'x' }, 'model'],
    [completions, { prompt: null }, 'prompt'],
    [completions, { prompt: 'x', parameters: { temperature: null } }, 'parameters.temperature'],
    [completions, { prompt: 'x', parameters: null }, 'parameters'],
    [completions, { prompt: 'x', metadata: null }, 'metadata'],
    [completions, { messages: [{ role: 'user', content: null }] }, 'messages[0].content'],
    ['/api/v1/api-keys', { name: 'k', role: 'viewer', expiresAt: null }, 'expiresAt'],
    ['/api/v1/providers', { ...provider, configuration: null }, 'configuration'],
    ['/api/v1/usage', { modelId: 'known', usage: {}, occurredAt: null }, 'occurredAt'],
  ])('refuses null on %s in %j', async (path, body, field) => {
    const answer = await studio.request<ProblemView>('POST', path, body);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_input']);
    expect(answer.body.errors?.map((error) => error.field)).toEqual([field]);
  });

  it.each<[what: string, path: string, body: (deep: string) => string, field: string]>([
    ['metadata', completions, (deep) => `{"prompt":"x","metadata":{"a":${deep}}}`, 'metadata'],
    [
      'the schema of a tool',
      completions,
      (deep) => `{"prompt":"x","tools":[{"name":"t","parameters":{"a":${deep}}}]}`,
      'tools[0]',
    ],
    ['a list of messages', completions, (deep) => `{"messages":${deep}}`, 'messages[0]'],
    ['content', completions, (deep) => `{"messages":[{"role":"user","content":${deep}}]}`, 'messages[0]'],
    ['usage', '/api/v1/usage', (deep) => `{"modelId":"known","usage":${deep}}`, 'usage[0]'],
    ['a tracked batch', '/api/v1/usage', (deep) => `{"events":[{"usage":${deep}}]}`, 'events[0]'],
    ['an unknown field', '/api/v1/teams', (deep) => `{"name":"t","more":${deep}}`, 'more[0]'],
  ])('refuses %s of thousands of levels', async (_what, path, body, field) => {
    const deep = '['.repeat(20_000) + ']'.repeat(20_000);
    const answer = await studio.request<ProblemView>('POST', path, body(deep));
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_input']);
    expect(answer.body.errors?.[0]?.field).toBe(field);
    expect(answer.body.detail).toContain('64 levels');
  });

  it('refuses the same over tRPC', async () => {
    const deep = '['.repeat(20_000) + ']'.repeat(20_000);
    const path = '/api/trpc/aiStudio.completions.generate';
    const answer = await studio.request('POST', path, `{"prompt":"x","metadata":{"a":${deep}}}`);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain('64 levels');
  });

  it.each(['toString', 'valueOf', 'hasOwnProperty', 'constructor'])(
    'takes the name %s for an unknown field, and leaves it to what is free of form',
    async (name) => {
      for (const [body, field] of [
        [{ prompt: 'x', [name]: 1 }, name],
        [{ prompt: 'x', parameters: { [name]: {} } }, `parameters.${name}`],
        [{ messages: [{ role: 'user', content: 'x', [name]: 'y' }] }, `messages[0].${name}`],
        [
          { messages: [{ role: 'user', content: [{ type: 'text', text: 'x', [name]: 1 }] }] },
          'messages[0].content',
        ],
      ] as const) {
        const refused = await studio.request<ProblemView>('POST', completions, body);
        expect([refused.status, refused.body.errors?.[0]?.field]).toEqual([400, field]);
      }
      const parameters = { type: 'object', properties: { [name]: { type: 'string' } } };
      const body = { prompt: 'x', metadata: { [name]: { a: 1 } }, tools: [{ name: 't', parameters }] };
      const taken = await studio.request('POST', completions, body);
      expect(taken.status).toBe(200);
      const { body: events } = await studio.request<EventPage>('GET', '/api/v1/usage/events?limit=1');
      expect(events.data[0]?.metadata).toEqual(body.metadata);
    },
  );

  it.each(['providers', 'models', 'api-keys', 'teams'])('pages %s by its own cursors only', async (list) => {
    for (const [query, field] of [
      ['cursor=zzz', 'cursor'],
      ['limit=0x10', 'limit'],
      ['limit=1e3', 'limit'],
    ] as const) {
      const { status, body } = await studio.request<ProblemView>('GET', `/api/v1/${list}?${query}`);
      expect([query, status, body.errors?.[0]?.field]).toEqual([query, 400, field]);
    }
  });

  it('refuses null in changes, but for what it takes away', async () => {
    const made = await createModel(studio, simulator, 'openai', { name: 'unchanged' });
    for (const [path, body, field] of [
      [`/api/v1/models/${made.id}`, { parameters: { temperature: null } }, 'parameters.temperature'],
      [`/api/v1/models/${made.id}`, { isActive: null }, 'isActive'],
      [`/api/v1/providers/${made.providerId}`, { apiKey: null }, 'apiKey'],
    ] as const) {
      const answer = await studio.request<ProblemView>('PATCH', path, body);
      expect([answer.status, answer.body.errors]).toEqual([
        400,
        [{ field, message: 'must not be null; leave it out' }],
      ]);
    }
    const taken = await studio.request('PATCH', `/api/v1/providers/${made.providerId}`, {
      configuration: { temperature: null },
    });
    expect(taken.status).toBe(200);
  });

  it.each([
    ['from after to', '?from=2026-02-02T00:00:00Z&to=2026-02-01T00:00:00Z', 'to'],
    ['a zone that is none', '?timezone=Nowhere', 'timezone'],
    ['a grouping that is none', '?groupBy=colour', 'groupBy'],
    ['a moment that is none', '?from=yesterday', 'from'],
    ['an unknown parameter', '?form=2026-02-01', 'form'],
  ])('refuses statistics with %s', async (_what, query, field) => {
    const { status, body } = await studio.request<ProblemView>('GET', `/api/v1/usage/stats${query}`);
    expect(status).toBe(400);
    expect(body.errors?.map((error) => error.field)).toContain(field);
  });

  it.each([
    ['a missing key', null, 401, 'credential_missing'],
    ['an unknown key', 'sk_studio_unknown', 401, 'credential_unknown'],
  ])('answers %s with 401', async (_what, key, status, code) => {
    const answer = await studio.request<ProblemView>('GET', '/api/v1/models', undefined, { key });
    expect(answer.status).toBe(status);
    expect(answer.body.code).toBe(code);
  });

  it('answers an unknown route with a problem document', async () => {
    const answer = await studio.request<ProblemView>('GET', '/api/v1/nothing');
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it('lets an expired key in no more', async () => {
    const key = await createKey(studio, 'viewer', { expiresAt: new Date(Date.now() + 400).toISOString() });
    expect((await studio.request('GET', '/api/v1/models', undefined, { key: key.key })).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 450));
    const answer = await studio.request<ProblemView>('GET', '/api/v1/models', undefined, { key: key.key });
    expect([answer.status, answer.body.code]).toEqual([401, 'credential_expired']);
  });

  it('lets a revoked key in no more', async () => {
    const key = await createKey(studio, 'member');
    expect((await studio.request('GET', '/api/v1/models', undefined, { key: key.key })).status).toBe(200);
    expect((await studio.request('DELETE', `/api/v1/api-keys/${key.id}`)).status).toBe(204);
    expect((await studio.request('GET', '/api/v1/models', undefined, { key: key.key })).status).toBe(401);
  });

  it.each([
    ['viewer', 'POST', completions, 403],
    ['viewer', 'GET', '/api/v1/providers', 200],
    ['member', 'POST', '/api/v1/providers', 403],
    ['member', 'GET', '/api/v1/teams', 403],
    ['admin', 'GET', '/api/v1/teams', 403],
    ['admin', 'GET', '/api/v1/api-keys', 200],
  ] as const)('lets a %s %s %s: %i', async (role, method, path, status) => {
    const { key } = await createKey(studio, role);
    const body = method === 'POST' ? { prompt: 'x' } : undefined;
    expect((await studio.request(method, path, body, { key })).status).toBe(status);
  });

  it('keeps a key to its allowed models', async () => {
    await createModel(studio, simulator, 'openai', { name: 'allowed' });
    const { key } = await createKey(studio, 'member', { allowedModels: ['allowed'] });
    expect(
      (await studio.request('POST', completions, { model: 'allowed', prompt: 'x' }, { key })).status,
    ).toBe(200);
    const refused = await studio.request<ProblemView>(
      'POST',
      completions,
      { model: 'known', prompt: 'x' },
      { key },
    );
    expect([refused.status, refused.body.code]).toEqual([403, 'model_not_allowed']);
  });

  it('uses no inactive model, and none of an inactive provider', async () => {
    const model = await createModel(studio, simulator, 'openai', { name: 'sleepy' });
    await studio.request('PATCH', `/api/v1/models/${model.id}`, { isActive: false });
    const first = await studio.request<ProblemView>('POST', completions, { model: 'sleepy', prompt: 'x' });
    expect([first.status, first.body.code]).toEqual([409, 'model_inactive']);
    await studio.request('PATCH', `/api/v1/models/${model.id}`, { isActive: true });
    await studio.request('PATCH', `/api/v1/providers/${model.providerId}`, { isActive: false });
    const second = await studio.request<ProblemView>('POST', completions, { model: 'sleepy', prompt: 'x' });
    expect([second.status, second.body.code]).toEqual([409, 'provider_inactive']);
  });

  it('keeps names unique in a team, and providers that models use', async () => {
    const model = await createModel(studio, simulator, 'openai', { name: 'only-one' });
    const again = { providerId: model.providerId, name: 'only-one', modelId: 'gpt-4o' };
    expect((await studio.request('POST', '/api/v1/models', again)).status).toBe(409);
    const used = await studio.request<ProblemView>('DELETE', `/api/v1/providers/${model.providerId}`);
    expect([used.status, used.body.code]).toEqual([409, 'provider_in_use']);
    await studio.request('DELETE', `/api/v1/models/${model.id}`);
    expect((await studio.request('DELETE', `/api/v1/providers/${model.providerId}`)).status).toBe(204);
    expect((await studio.request('GET', `/api/v1/providers/${model.providerId}`)).status).toBe(404);
  });

  it('has one default model in a team', async () => {
    const team = await createTeam(studio, 'defaults');
    const options = { team: team.id };
    const first = await createModel(studio, simulator, 'openai', { isDefault: true }, options);
    const second = await createModel(studio, simulator, 'openai', { isDefault: true }, options);
    const { body } = await studio.request<{ data: { id: string; isDefault: boolean }[] }>(
      'GET',
      '/api/v1/models',
      undefined,
      options,
    );
    expect(body.data.map(({ id, isDefault }) => [id, isDefault])).toEqual([
      [first.id, false],
      [second.id, true],
    ]);
  });

  it('refuses base URLs that point inside, unless they are allowed', async () => {
    const guarded = await startStudio(engine, { settings: { allowPrivateBaseUrls: false } });
    try {
      for (const baseUrl of [
        'http://127.0.0.1:1/v1',
        'http://localhost:1/v1',
        'http://169.254.169.254/v1',
        'http://[::1]/v1',
        'http://10.0.0.1/v1',
      ]) {
        const { status, body } = await guarded.request<ProblemView>('POST', '/api/v1/providers', {
          ...provider,
          configuration: { baseUrl },
        });
        expect([baseUrl, status, body.errors?.[0]?.field]).toEqual([baseUrl, 400, 'configuration.baseUrl']);
      }
    } finally {
      await guarded.close();
    }
  });

  it.each([
    ['bad-key', 'bad_key'],
    ['denied-key', 'no_access'],
    ['limited-key', 'rate_limited'],
    ['sk-test-not-a-real-key', 'ok'],
  ])('verifies the key %s as %s, without a usage event', async (apiKey, verdict) => {
    for (const vendor of ['openai', 'anthropic', 'google'] as const) {
      const made = await createProvider(studio, simulator, vendor, { apiKey });
      const { body } = await studio.request('POST', `/api/v1/providers/${made.id}/verify`);
      expect(body).toMatchObject({ valid: verdict === 'ok', verdict });
    }
    const events = await studio.request<EventPage>('GET', '/api/v1/usage/events?limit=1000');
    expect(events.body.data.every(({ provider: ref }) => ref !== null && !ref.name.includes('verify'))).toBe(
      true,
    );
  });

  it('tells an unreachable host from nonsense', async () => {
    const nowhere = await createProvider(studio, simulator, 'openai', {
      configuration: { baseUrl: 'http://127.0.0.1:9/v1' },
    });
    expect((await studio.request('POST', `/api/v1/providers/${nowhere.id}/verify`)).body).toMatchObject({
      verdict: 'unreachable',
    });
    const nonsense = await createProvider(studio, simulator, 'openai', {
      configuration: { baseUrl: `${studio.url}/api/docs` },
    });
    expect((await studio.request('POST', `/api/v1/providers/${nonsense.id}/verify`)).body).toMatchObject({
      verdict: 'bad_response',
    });
  });

  it('does not repeat the query of an address that nothing answers, where a key may be', async () => {
    const path = '/api/v1/nothing?alt=sse&key=not-a-real-key';
    const { status, body } = await studio.request<ProblemView>('GET', path);
    expect([status, body.detail]).toEqual([404, 'Cannot GET /api/v1/nothing']);
    expect(JSON.stringify(body) + studio.logs.join('')).not.toContain('not-a-real-key');
  });
});
