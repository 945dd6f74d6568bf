import { type CreatedApiKeyView } from '../../src/auth/dto/api-key.dto';
import { type TeamView } from '../../src/auth/dto/team.dto';
import { type ModelView } from '../../src/models/dto/model.dto';
import { type CreatedPriceView } from '../../src/models/dto/price.dto';
import { buildOpenApi } from '../../src/openapi';
import { type EventPage } from '../../src/usage/dto/event.dto';
import { createKey, createModel, createTeam } from '../support/configure';
import { engines } from '../support/engines';
import { type Simulator, startSimulator } from '../support/simulator/server';
import { startStudio, type Studio } from '../support/studio';

interface Route {
  readonly method: string;
  readonly path: string;
}

/** What routes are sent whose input has fields that are needed. */
const BODIES: Readonly<Record<string, object>> = {
  '/api/v1/providers/{id}/admin-key': { adminKey: 'sk-admin-not-a-real-key' },
};

const PUBLIC = ['/health/live', '/health/ready'];

describe.each(engines)('Every route on $name', (engine) => {
  let studio: Studio;
  let simulator: Simulator;
  let routes: Route[];
  let other: TeamView;
  let model: ModelView;
  let theirKey: CreatedApiKeyView;
  /** Ids of one team, by the first part of the path they belong to. */
  let ids: Record<string, string>;

  beforeAll(async () => {
    simulator = await startSimulator();
    studio = await startStudio(engine);
    routes = Object.entries(buildOpenApi(studio.app).paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => ({ method: method.toUpperCase(), path })),
    );
    const first = await createTeam(studio, 'first');
    other = await createTeam(studio, 'second');
    const options = { team: first.id };
    model = await createModel(studio, simulator, 'openai', { name: 'theirs', isDefault: true }, options);
    theirKey = await createKey(studio, 'admin', {}, options);
    await studio.request('POST', '/api/v1/completions', { prompt: 'Hi', tags: ['secret-tag'] }, options);
    await studio.runJob('usage-rollup');
    const events = await studio.request<EventPage>('GET', '/api/v1/usage/events', undefined, options);
    const price = await studio.request<CreatedPriceView>(
      'POST',
      '/api/v1/prices',
      {
        vendor: 'openai',
        vendorModel: 'gpt-4o-mini',
        validFrom: '2026-01-01',
        pricesPerMillion: { input_text: '0.1' },
        source: 'secret-contract',
      },
      options,
    );
    const reconciled = await studio.request<{ id: string }>(
      'POST',
      '/api/v1/reconciliations',
      { providerId: model.providerId, from: '2026-11-01', to: '2026-11-02', csv: 'day,model\n' },
      options,
    );
    ids = {
      teams: first.id,
      'api-keys': theirKey.id,
      providers: model.providerId,
      models: model.id,
      prices: price.body.id,
      usage: events.body.data[0]?.id ?? '',
      reconciliations: reconciled.body.id,
    };
  });
  afterAll(async () => {
    await studio.close();
    await simulator.close();
  });

  function fill({ path }: Route): string {
    const [, part = ''] = /^\/api\/v1\/([^/]+)/.exec(path) ?? [];
    return path.replace('{id}', ids[part] ?? 'none');
  }

  it('is known to this test', () => {
    expect(routes.length).toBeGreaterThan(25);
    expect(Object.values(ids)).not.toContain('');
  });

  it('asks for a credential, but for the health checks', async () => {
    for (const route of routes) {
      const { status } = await studio.request(route.method, fill(route), undefined, { key: null });
      expect([route.method, route.path, status]).toEqual([
        route.method,
        route.path,
        PUBLIC.includes(route.path) ? 200 : 401,
      ]);
    }
  });

  it.each(['admin', 'member', 'viewer'] as const)(
    "answers a second team's %s with 404 or 403 for the first team's ids",
    async (role) => {
      const { key } = await createKey(studio, role, {}, { team: other.id });
      for (const route of routes.filter(({ path }) => path.includes('{id}'))) {
        const hasBody = route.method !== 'GET' && route.method !== 'DELETE';
        const body = hasBody ? (BODIES[route.path] ?? {}) : undefined;
        const { status } = await studio.request(route.method, fill(route), body, { key });
        expect([route.method, route.path, [403, 404].includes(status)]).toEqual([
          route.method,
          route.path,
          true,
        ]);
      }
      const still = await studio.request<ModelView>('GET', `/api/v1/models/${model.id}`, undefined, {
        team: ids.teams,
      });
      expect(still.status).toBe(200);
    },
  );

  it("shows a second team nothing of the first team's, on any list or report", async () => {
    const { key } = await createKey(studio, 'admin', {}, { team: other.id });
    const secrets = [...Object.values(ids), 'theirs', 'secret-tag', 'secret-contract'];
    for (const route of routes.filter(({ method, path }) => method === 'GET' && !path.includes('{id}'))) {
      const { body } = await studio.request(route.method, `${route.path}`, undefined, { key });
      for (const secret of secrets)
        expect([route.path, JSON.stringify(body).includes(secret)]).toEqual([route.path, false]);
    }
    for (const groupBy of ['model', 'provider', 'apiKey', 'user', 'tag', 'vendor']) {
      const { body } = await studio.request('GET', `/api/v1/usage/stats?groupBy=${groupBy}`, undefined, {
        key,
      });
      expect(body).toMatchObject({ totals: { requests: 0 }, series: [] });
    }
  });

  it("does not use another team's model or provider, by name or id", async () => {
    const { key } = await createKey(studio, 'admin', {}, { team: other.id });
    for (const name of ['theirs', model.id, `${model.provider.name}/gpt-4o`]) {
      const { status } = await studio.request(
        'POST',
        '/api/v1/completions',
        { model: name, prompt: 'Hi' },
        { key },
      );
      expect([name, status]).toEqual([name, 404]);
    }
    const made = await studio.request(
      'POST',
      '/api/v1/models',
      { providerId: model.providerId, name: 'x', modelId: 'gpt-4o' },
      { key },
    );
    expect(made.status).toBe(404);
    const tracked = await studio.request(
      'POST',
      '/api/v1/usage',
      { modelId: model.id, usage: { inputTokens: 1, outputTokens: 1 } },
      { key },
    );
    expect(tracked.status).toBe(404);
  });

  it('keeps a key to its own team, whatever X-Team-Id says', async () => {
    const refused = await studio.request('GET', '/api/v1/models', undefined, {
      key: theirKey.key,
      team: other.id,
    });
    expect(refused.status).toBe(403);
    expect((await studio.request('GET', '/api/v1/models', undefined, { team: 'nobody' })).status).toBe(404);
  });
});
