import { Clock } from '../../src/common/clock';
import { formatDollars, parseDollars } from '../../src/common/money';
import { type EventDetailView, type EventPage } from '../../src/usage/dto/event.dto';
import { type RepricingView } from '../../src/usage/dto/repricing.dto';
import { type TrackResultView } from '../../src/usage/dto/track.dto';
import { createTeam } from '../support/configure';
import { type CostCase, costCases, listCaseRows, timeOfCase, withoutZeros } from '../support/cost-cases';
import { engines } from '../support/engines';
import { startStudio, type Studio } from '../support/studio';

/** Some cases happen later than this was written. */
const NOW = Date.parse('2027-03-01T00:00:00Z');
const ALL_TIME = { from: '2025-01-01', to: '2027-03-01' };

const vendorOf = ({ vendor }: CostCase): string => vendor.replace(/-(vertex|compatible)$/, '');

describe.each(engines)('Every shared case on $name', (engine) => {
  let studio: Studio;

  beforeAll(async () => {
    studio = await startStudio(engine);
    jest.spyOn(studio.app.get(Clock), 'now').mockReturnValue(NOW);
  });
  afterAll(() => studio.close());

  async function recordPrices(team: string, each: CostCase): Promise<void> {
    for (const row of listCaseRows(each)) {
      const {
        vendorModel,
        servedTier,
        aboveContextTokens,
        guaranteedUntil,
        pricesPerMillion,
        unitPrices,
        source,
      } = row;
      if (Object.keys({ ...pricesPerMillion, ...unitPrices }).length === 0) continue;
      const answer = await studio.request(
        'POST',
        '/api/v1/prices',
        {
          vendor: vendorOf(each),
          vendorModel,
          servedTier,
          aboveContextTokens,
          validFrom: '1970-01-01T00:00:00Z',
          guaranteedUntil: guaranteedUntil === null ? null : new Date(guaranteedUntil).toISOString(),
          pricesPerMillion,
          unitPrices,
          source,
        },
        { team },
      );
      expect([answer.status, answer.body]).toEqual([201, expect.objectContaining({ vendorModel })]);
    }
  }

  async function track(team: string, each: CostCase): Promise<void> {
    const { batch, response_service_tier: servedTier, base_url: baseUrl } = each.context ?? {};
    const answer = await studio.request<TrackResultView>(
      'POST',
      '/api/v1/usage',
      {
        vendor: vendorOf(each),
        vendorModel: each.model,
        api: each.api,
        occurredAt: new Date(timeOfCase(each)).toISOString(),
        usage: each.usage,
        context: { batch, servedTier, baseUrl },
      },
      { team },
    );
    expect([answer.status, answer.body]).toEqual([201, { accepted: 1, duplicates: 0, rejected: [] }]);
  }

  async function eventOf(team: string): Promise<EventDetailView> {
    const path = '/api/v1/usage/events';
    const { body } = await studio.request<EventPage>('GET', path, undefined, { team });
    expect(body.data).toHaveLength(1);
    return (await studio.request<EventDetailView>('GET', `${path}/${body.data[0]?.id}`, undefined, { team }))
      .body;
  }

  const reprice = async (team: string, dryRun: boolean): Promise<RepricingView['totals']> =>
    (
      await studio.request<RepricingView>('POST', `/api/v1/prices/reprice?dryRun=${dryRun}`, ALL_TIME, {
        team,
      })
    ).body.totals;

  const expectedCost = ({ expected_cost_exact_usd: exact }: CostCase): string | null =>
    exact === null ? null : formatDollars(parseDollars(exact));

  it.each(costCases.map((each) => [each.id, each] as const))(
    '%s means and costs what the vendor says, and the same when it is priced again',
    async (id, each) => {
      const { id: team } = await createTeam(studio, id);
      await recordPrices(team, each);
      await track(team, each);
      const event = await eventOf(team);
      expect(event.usage.vector).toEqual(withoutZeros(each.expected_vector));
      expect(event.cost.amount).toBe(expectedCost(each));
      expect(event.flags).toEqual(expect.arrayContaining([...(each.expected_flags ?? [])]));
      expect(await reprice(team, true)).toMatchObject({ changedEvents: 0, difference: '0.000000000000' });
    },
  );

  it.each(costCases.map((each) => [each.id, each] as const))(
    '%s costs the same when its prices come after it',
    async (id, each) => {
      const { id: team } = await createTeam(studio, `late ${id}`);
      await track(team, each);
      await recordPrices(team, each);
      await studio.runJob('late-prices');
      await reprice(team, false);
      expect((await eventOf(team)).cost.amount).toBe(expectedCost(each));
    },
  );
});
