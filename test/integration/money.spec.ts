import { formatDollars, parseDollars } from '../../src/common/money';
import { uuidFromBytes } from '../../src/common/uuid';
import { Database } from '../../src/database/database';
import { type ModelView } from '../../src/models/dto/model.dto';
import { type EventDetailView } from '../../src/usage/dto/event.dto';
import { type StatsView } from '../../src/usage/dto/stats.dto';
import { type EventDimensions } from '../../src/usage/ledger/event';
import { Ledger } from '../../src/usage/ledger/ledger';
import { createModel, createTeam } from '../support/configure';
import { engines } from '../support/engines';
import { dimension, dimensionsFor, openEvent, opening, rollUp, settlementOf } from '../support/settlements';
import { type Simulator, startSimulator } from '../support/simulator/server';
import { startStudio, type Studio } from '../support/studio';

/** Beyond 2⁵³ pico-dollars, where a double has no odd numbers. */
const ODD = '9007.199254740993';
/** 20 million dollars and a pico-dollar: together beyond 64 bits, each at most 9,000,000. */
const PARTS = ['9000000', '8999999.999999999999', '2000000.000000000002'];
const SUM = '20000000.000000000001';
const COUNT = 9_007_199_254_740_991;

describe.each(engines)('Money on $name', (engine) => {
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

  /** A team with a model, and events of these costs, now. */
  async function spend(name: string, amounts: readonly string[]) {
    const { id: team } = await createTeam(studio, name, 'Asia/Kathmandu');
    const model = await createModel(studio, simulator, 'openai', {}, { team });
    const dimensions: EventDimensions = {
      ...(await dimensionsFor(studio, team)),
      model: await dimension(studio, 'model', model.id, model.name),
    };
    const events = amounts.map(() => openEvent(dimensions));
    const ledger = studio.app.get(Ledger);
    await Promise.all(events.map((event) => ledger.admit(opening(event))));
    await Promise.all(
      events.map((event, index) =>
        ledger.settle(settlementOf(event, { cost: parseDollars(amounts[index] ?? '') })),
      ),
    );
    await rollUp(studio);
    return { team, model, events };
  }

  it.each([
    ['a double cannot hold', [ODD], ODD],
    ['a 64-bit integer cannot hold', PARTS, SUM],
  ])(
    'that %s is exact in the event, the rollup, the statistics and the month',
    async (name, amounts, sum) => {
      const { team, model, events } = await spend(`team of ${name}`, amounts);
      const exact = formatDollars(parseDollars(sum));
      for (const [index, { id }] of events.entries()) {
        const path = `/api/v1/usage/events/${uuidFromBytes(id)}`;
        const { body } = await studio.request<EventDetailView>('GET', path, undefined, { team });
        expect(body.cost.amount).toBe(formatDollars(parseDollars(amounts[index] ?? '')));
      }

      const database = studio.app.get(Database);
      const teamDimension = await dimension(studio, 'team', team);
      const rollups = await database.query<{ cost: string }>(
        `SELECT ${database.dialect.exactSum('cost')} AS cost FROM usage_rollups WHERE team = ? AND tag = 0 GROUP BY grain`,
        [teamDimension],
      );
      expect(rollups.map(({ cost }) => formatDollars(BigInt(cost)))).toEqual([exact, exact, exact]);

      const stats = await studio.request<StatsView>('GET', '/api/v1/usage/stats?groupBy=model', undefined, {
        team,
      });
      expect(stats.body.totals.cost).toBe(exact);
      expect(stats.body.daily.at(-1)?.cost).toBe(exact);
      expect(stats.body.series.map(({ group, cost }) => [group?.id, cost])).toEqual([[model.id, exact]]);

      const models = await studio.request<{ data: ModelView[] }>(
        'GET',
        '/api/v1/models?include=monthlyUsage',
        undefined,
        { team },
      );
      expect(models.body.data[0]?.monthlyUsage).toMatchObject({ requests: amounts.length, cost: exact });
    },
  );

  it('and counts stay summable when callers report more tokens than there are', async () => {
    const { id: team } = await createTeam(studio, 'boasters');
    const event = {
      vendor: 'openai',
      vendorModel: 'gpt-4o-mini',
      usage: { inputTokens: COUNT, outputTokens: 1 },
    };
    for (let batch = 0; batch < 2; batch += 1) {
      const events = new Array<object>(1000).fill(event);
      const { body } = await studio.request('POST', '/api/v1/usage', { events }, { team });
      expect(body).toMatchObject({ accepted: 1000 });
    }
    await rollUp(studio);
    const { body } = await studio.request<StatsView>('GET', '/api/v1/usage/stats', undefined, { team });
    expect(body.totals).toMatchObject({ requests: 2000, unpricedRequests: 2000, cost: '0.000000000000' });
  });
});
