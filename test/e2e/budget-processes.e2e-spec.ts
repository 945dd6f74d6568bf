import { type BudgetStatusView, type BudgetView } from '../../src/budgets/dto/budget.dto';
import { type EstimateView } from '../../src/completions/dto/estimate-view.dto';
import { type ProviderView } from '../../src/providers/dto/provider.dto';
import { type EventPage, type EventView } from '../../src/usage/dto/event.dto';
import { pico } from '../support/budgets';
import { directed } from '../support/configure';
import { engines, type TestDatabase } from '../support/engines';
import { type Simulator, startSimulator } from '../support/simulator/server';
import { ageHeartbeats, startProcess, type StudioProcess } from '../support/studio-process';
import { until } from '../support/until';

const FIT = 20;
const CALLS = 200;

describe.each(engines)('A budget of several processes on $name', (engine) => {
  let database: TestDatabase;
  let simulator: Simulator;
  const running: StudioProcess[] = [];

  beforeEach(async () => {
    simulator = await startSimulator();
    database = await engine.open();
  });
  afterEach(async () => {
    for (const process of running.splice(0)) await process.end('SIGKILL');
    await simulator.close();
    await database.drop();
  });

  async function start(): Promise<StudioProcess> {
    const started = await startProcess(database);
    running.push(started);
    return started;
  }

  async function ask<T>(studio: StudioProcess, method: string, path: string, body?: object): Promise<T> {
    const answer = await studio.request(method, path, body);
    expect(answer.status).toBeLessThan(300);
    return (await answer.json()) as T;
  }

  const call = (latencyMs: number): object => ({
    prompt: directed({ latencyMs, usage: { input: 20, output: 50 } }),
    parameters: { maxTokens: 200 },
  });

  /** A default model, and a budget for so many of the calls. */
  async function configure(
    studio: StudioProcess,
    body: object,
  ): Promise<{ budget: BudgetView; high: bigint }> {
    const { id } = await ask<ProviderView>(studio, 'POST', '/api/v1/providers', {
      name: 'simulated',
      type: 'openai',
      apiKey: 'sk-test-not-a-real-key',
      configuration: { baseUrl: simulator.openai.baseUrl },
    });
    await ask(studio, 'POST', '/api/v1/models', {
      providerId: id,
      name: 'mini',
      modelId: 'gpt-4o-mini',
      isDefault: true,
    });
    const estimate = await ask<EstimateView>(studio, 'POST', '/api/v1/completions/estimate', body);
    const high = pico(estimate.high ?? '');
    const limit = String(high * BigInt(FIT)).padStart(13, '0');
    const budget = await ask<BudgetView>(studio, 'POST', '/api/v1/budgets', {
      name: 'shared',
      scope: { kind: 'team' },
      limit: { amount: `${limit.slice(0, -12)}.${limit.slice(-12)}` },
      window: 'month',
      enforcement: 'hard',
    });
    return { budget, high };
  }

  const statusOf = (studio: StudioProcess, { id }: BudgetView): Promise<BudgetStatusView> =>
    ask(studio, 'GET', `/api/v1/budgets/${id}/status`);

  async function listEvents(studio: StudioProcess): Promise<EventView[]> {
    return (await ask<EventPage>(studio, 'GET', '/api/v1/usage/events?limit=1000')).data;
  }

  const sumOf = (events: readonly EventView[]): bigint =>
    events.reduce((sum, { cost }) => sum + pico(cost.amount ?? '0'), 0n);

  it('admits exactly as many calls as fit, and the whole rest afterwards', async () => {
    const first = await start();
    const studios = [first, ...(database.databaseUrl === null ? [] : [await start(), await start()])];
    const body = call(4_000);
    const { budget } = await configure(first, body);
    const answers = await Promise.all(
      Array.from({ length: CALLS }, (_, index) =>
        (studios[index % studios.length] ?? first).request('POST', '/api/v1/completions', body),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200).length).toBe(FIT);
    expect(statuses.filter((status) => status === 402).length).toBe(CALLS - FIT);
    const status = await statusOf(first, budget);
    expect(pico(status.reserved)).toBe(0n);
    expect(pico(status.spent)).toBe(sumOf(await listEvents(first)));
    expect(pico(status.remaining)).toBe(pico(status.limit) - pico(status.spent));
  }, 60_000);

  it('gets back what a killed process had reserved, and its spending is the ledger', async () => {
    const victim = await start();
    const body = call(3_000);
    const { budget } = await configure(victim, body);
    const quick = call(1);
    for (let index = 0; index < 3; index += 1) await ask(victim, 'POST', '/api/v1/completions', quick);
    const calls = Promise.allSettled(
      Array.from({ length: 60 }, () => victim.request('POST', '/api/v1/completions', body)),
    );
    await until(() => simulator.requests().length >= 10);
    await victim.end('SIGKILL');
    await calls;
    await ageHeartbeats(database);
    const next = await start();
    await until(async () => (await listEvents(next)).every(({ status }) => status !== 'pending'), 30_000);
    const events = await listEvents(next);
    expect(events.filter(({ status }) => status === 'unknown').length).toBeGreaterThan(0);
    const status = await statusOf(next, budget);
    expect(pico(status.reserved)).toBe(0n);
    expect(pico(status.spent)).toBe(sumOf(events));
  }, 60_000);
});
