import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { createModel, createProvider, directed } from '../support/configure';
import { engines } from '../support/engines';
import { type Simulator, startSimulator } from '../support/simulator/server';
import { startStudio, type Studio } from '../support/studio';

/** Vendor keys that look unlike any other text; the simulator's prefixes make the vendor refuse two of them. */
const CANARIES = ['canaryA1b2C3d4E5f6', 'bad-canaryG7h8I9j0K1l2', 'denied-canaryM3n4O5p6'];

describe.each(engines)('A vendor key on $name', (engine) => {
  let studio: Studio;
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await startSimulator();
    studio = await startStudio(engine, { settings: { logLevel: 'trace' } });
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

  it('is in no answer, no log line and no column, whatever goes wrong', async () => {
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
    const places = {
      answers: answers.join('\n'),
      logs: studio.logs.join(''),
      database: await readDatabase(),
    };
    for (const [place, text] of Object.entries(places)) {
      for (const canary of CANARIES)
        expect([place, canary, text.includes(canary)]).toEqual([place, canary, false]);
    }
    expect(places.answers.length).toBeGreaterThan(10_000);
    expect(
      simulator.requests().some(({ headers }) => JSON.stringify(headers).includes(CANARIES[0] ?? '-')),
    ).toBe(true);
    for (const file of readdirSync(studio.database.dataDir)) {
      const bytes = readFileSync(join(studio.database.dataDir, file)).toString('latin1');
      for (const canary of CANARIES) expect([file, bytes.includes(canary)]).toEqual([file, false]);
    }
  }, 60_000);
});
