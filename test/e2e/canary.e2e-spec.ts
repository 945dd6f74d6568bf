import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { createKey, createModel, createProvider, directed } from '../support/configure';
import { engines } from '../support/engines';
import { type Simulator, startSimulator } from '../support/simulator/server';
import { startStudio, type Studio } from '../support/studio';

/** Vendor keys that look unlike any other text; the simulator's prefixes make the vendor refuse two of them. */
const CANARIES = ['canaryA1b2C3d4E5f6', 'bad-canaryG7h8I9j0K1l2', 'denied-canaryM3n4O5p6'];

/** Of a Redis that nobody answers for. */
const REDIS_PASSWORD = 'canaryQ7r8S9t0U1v2';
/** Administrators' keys: one that the vendor knows, and three that it refuses, each in its own way. */
const ADMIN_KEYS = [
  'canary-admin-W3x4Y5z6',
  'bad-canary-admin-A7b8C9d0',
  'denied-canary-admin-E1f2',
  'canaryG3h4I5j6K7',
];

describe.each(engines)('A secret on $name', (engine) => {
  let studio: Studio;
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await startSimulator();
    const redisUrl = `redis://studio:${REDIS_PASSWORD}@127.0.0.1:1`;
    studio = await startStudio(engine, { settings: { logLevel: 'trace', redisUrl } });
  });
  afterAll(async () => {
    await studio.close();
    await simulator.close();
  });

  async function readDatabase(): Promise<string> {
    const dataSource = studio.app.get(DataSource);
    const tables =
      dataSource.options.type === 'better-sqlite3'
        ? await dataSource.query<{ name: string }[]>("SELECT name FROM sqlite_master WHERE type = 'table'")
        : await dataSource.query<{ name: string }[]>(
            'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
          );
    const contents: string[] = [];
    for (const { name } of tables) {
      const rows = await dataSource.query<Record<string, unknown>[]>(`SELECT * FROM ${name}`);
      contents.push(
        JSON.stringify(rows, (_key, value: unknown) =>
          Buffer.isBuffer(value) ? value.toString('latin1') : value,
        ),
      );
    }
    return contents.join('\n');
  }

  /** Looks for secrets in what was answered, logged and kept. */
  async function expectNowhere(secrets: readonly string[], answers: readonly string[]): Promise<void> {
    const places = {
      answers: answers.join('\n'),
      logs: studio.logs.join(''),
      database: await readDatabase(),
    };
    for (const [place, text] of Object.entries(places)) {
      for (const secret of secrets)
        expect([place, secret, text.includes(secret)]).toEqual([place, secret, false]);
    }
    for (const file of readdirSync(studio.database.dataDir)) {
      const bytes = readFileSync(join(studio.database.dataDir, file)).toString('latin1');
      for (const secret of secrets) expect([file, bytes.includes(secret)]).toEqual([file, false]);
    }
  }

  it('that is a vendor key is in no answer, no log line and no column, whatever goes wrong', async () => {
    const answers: string[] = [];
    const call = async (method: string, path: string, body?: unknown): Promise<void> => {
      const response = await studio.fetch(method, path, body);
      answers.push(JSON.stringify([...response.headers]) + (await response.text()));
    };
    for (const apiKey of CANARIES) {
      for (const vendor of ['openai', 'anthropic', 'google'] as const) {
        const model = await createModel(studio, simulator, vendor, { provider: { apiKey } });
        const echo = (status: number) =>
          directed({ status, errorMessage: `Incorrect API key provided: ${apiKey}` });
        await call('GET', `/api/v1/providers/${model.providerId}`);
        await call('PATCH', `/api/v1/providers/${model.providerId}`, {
          apiKey,
          configuration: { temperature: 0.5 },
        });
        await call('POST', `/api/v1/providers/${model.providerId}/verify`);
        await call('GET', `/api/v1/providers/${model.providerId}/vendor-models`);
        await call('POST', `/api/v1/models/${model.id}/test`);
        for (const prompt of [
          'Hi',
          echo(401),
          echo(500),
          directed({ fault: 'malformed' }),
          directed({ fault: 'cut' }),
          directed({ fault: 'reset' }),
        ]) {
          await call('POST', '/api/v1/completions', { model: model.name, prompt });
          await call('POST', '/api/v1/completions', { model: model.name, prompt, stream: true });
        }
        await call('POST', '/api/trpc/aiStudio.completions.generate', {
          model: model.name,
          prompt: echo(403),
        });
        await call('POST', '/api/v1/providers', { name: '', type: vendor, apiKey });
        await call('POST', '/api/v1/providers', { name: 'x', type: 'nobody', apiKey });
      }
      const unreachable = await createProvider(studio, simulator, 'openai', {
        apiKey,
        configuration: { baseUrl: 'http://127.0.0.1:9/v1' },
      });
      await call('POST', `/api/v1/providers/${unreachable.id}/verify`);
    }
    await call('GET', '/api/v1/providers?limit=1000');
    await call('GET', '/api/v1/usage/events?limit=1000');
    await call('GET', '/metrics');
    await studio.runJob('usage-rollup');

    // The prompts themselves carried the key, as no vendor would: only what we keep and say counts.
    await expectNowhere(CANARIES, answers);
    expect(answers.join('\n').length).toBeGreaterThan(10_000);
    expect(
      simulator.requests().some(({ headers }) => JSON.stringify(headers).includes(CANARIES[0] ?? '-')),
    ).toBe(true);
  }, 60_000);

  it('that is an administrator key, a webhook’s, or Redis’s password is neither', async () => {
    const answers: string[] = [];
    const call = async (method: string, path: string, body?: unknown, key?: string): Promise<string> => {
      const response = await studio.fetch(method, path, body, key === undefined ? {} : { key });
      const text = await response.text();
      answers.push(JSON.stringify([...response.headers]) + text);
      return text;
    };
    const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    for (const vendor of ['openai', 'anthropic'] as const) {
      const known = await createProvider(studio, simulator, vendor);
      const closed = await createProvider(studio, simulator, vendor, {
        configuration: { baseUrl: 'http://127.0.0.1:9' },
      });
      for (const { id } of [known, closed]) {
        for (const adminKey of ADMIN_KEYS) {
          await call('PUT', `/api/v1/providers/${id}/admin-key`, { adminKey: `${adminKey} ` });
          await call('PUT', `/api/v1/providers/${id}/admin-key`, { adminKey, apiKeyIds: [7] });
          await call('PUT', `/api/v1/providers/${id}/admin-key`, { adminKey });
          await call('POST', '/api/v1/reconciliations', { providerId: id, from: day(-1), to: day(0) });
        }
        await call('GET', `/api/v1/providers/${id}`);
      }
    }
    await studio.runJob('reconciliation');
    await call('GET', '/api/v1/reconciliations?limit=100');

    const model = await createModel(studio, simulator, 'openai');
    const limited = await createKey(studio, 'member', { requestsPerMinute: 5 });
    const made = await studio.request<{ id: string; webhookSecret: string }>('POST', '/api/v1/budgets', {
      name: 'watched',
      scope: { kind: 'apiKey', id: limited.id },
      limit: { tokens: 1 },
      window: 'total',
      enforcement: 'soft',
      webhookUrl: 'http://127.0.0.1:9/hook',
    });
    expect(made.body.webhookSecret).toMatch(/^whsec_/);
    for (let count = 0; count < 4; count += 1) {
      await call('POST', '/api/v1/completions', { model: model.name, prompt: 'Hi' }, limited.key);
    }
    for (let count = 0; count < 2; count += 1) await studio.runJob('budget-webhooks');
    await call('GET', `/api/v1/budgets/${made.body.id}`);
    await call('PATCH', `/api/v1/budgets/${made.body.id}`, { name: 'watched still' });
    expect(await call('GET', `/api/v1/budgets/${made.body.id}/notifications`)).toContain('"threshold":50');
    for (const path of ['/api/v1/budgets', '/api/v1/usage/self-check', '/health/jobs', '/health/ready']) {
      await call('GET', path);
    }

    expect(studio.logs.join('')).toContain('the rate limits are not shared');
    expect(
      simulator.requests().some(({ headers }) => JSON.stringify(headers).includes(ADMIN_KEYS[0] ?? '-')),
    ).toBe(true);
    const secret = made.body.webhookSecret.slice('whsec_'.length);
    await expectNowhere([...ADMIN_KEYS, REDIS_PASSWORD, secret, limited.key], answers);
  }, 60_000);
});
