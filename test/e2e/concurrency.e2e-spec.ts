import { type EventPage } from '../../src/usage/dto/event.dto';
import { type StatsView } from '../../src/usage/dto/stats.dto';
import { createModel, directed } from '../support/configure';
import { engines } from '../support/engines';
import { type Simulator, startSimulator } from '../support/simulator/server';
import { startStudio, type Studio } from '../support/studio';
import { until } from '../support/until';

const CALLS = 200;

describe.each(engines)('200 concurrent calls on $name', (engine) => {
  let studio: Studio;
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await startSimulator();
    studio = await startStudio(engine);
  });
  afterAll(async () => {
    await studio.close();
    await simulator.close();
  });

  it('end as 200 final events: 160 succeeded, 20 failed, 20 aborted; the statistics are their sum', async () => {
    const model = await createModel(studio, simulator);
    const usage = { input: 100, output: 50 };
    await Promise.all(
      Array.from({ length: CALLS }, async (_, index) => {
        const stream = index % 2 === 0;
        if (index % 10 === 3) {
          const answer = await studio.request('POST', '/api/v1/completions', {
            model: model.name,
            prompt: directed({ status: 500 }),
          });
          expect(answer.status).toBe(502);
        } else if (index % 10 === 6) {
          const leave = new AbortController();
          const answer = studio.fetch(
            'POST',
            '/api/v1/completions',
            { model: model.name, prompt: directed({ usage, chunks: 20, chunkDelayMs: 100 }), stream: true },
            { signal: leave.signal },
          );
          const reading = answer.then(async (response) => response.body?.getReader().read());
          await reading;
          leave.abort();
        } else {
          const response = await studio.fetch('POST', '/api/v1/completions', {
            model: model.name,
            prompt: directed({ usage, latencyMs: index % 7 }),
            stream,
          });
          expect(response.status).toBe(200);
          await response.text();
        }
      }),
    );
    const list = async () =>
      (await studio.request<EventPage>('GET', '/api/v1/usage/events?limit=1000')).body.data;
    await until(async () => (await list()).every(({ status }) => status !== 'pending'));
    const events = await list();
    const byStatus = (status: string) => events.filter((event) => event.status === status).length;
    expect([events.length, byStatus('succeeded'), byStatus('failed'), byStatus('aborted')]).toEqual([
      CALLS,
      160,
      20,
      20,
    ]);
    expect(
      events.filter(({ status }) => status === 'aborted').every(({ cost }) => cost.status === 'estimated'),
    ).toBe(true);

    await studio.runJob('usage-rollup');
    const { body } = await studio.request<StatsView>('GET', '/api/v1/usage/stats');
    const sum = events.reduce((total, { cost }) => total + BigInt((cost.amount ?? '0').replace('.', '')), 0n);
    expect(BigInt(body.totals.cost.replace('.', ''))).toBe(sum);
    expect(body.totals).toMatchObject({
      requests: CALLS,
      attempts: CALLS,
      failedRequests: 40,
      totalTokens: events.reduce((total, event) => total + (event.usage.totalTokens ?? 0), 0),
    });
    expect(simulator.activeStreams()).toBe(0);
  });
});
