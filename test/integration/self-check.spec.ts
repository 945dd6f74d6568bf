import { Database } from '../../src/database/database';
import { type SelfCheckView } from '../../src/usage/dto/self-check.dto';
import { monthBefore } from '../../src/usage/reports/monthly/month';
import { createBudget, ledgerCost, pico, statusOf } from '../support/budgets';
import { createTeam } from '../support/configure';
import { engines } from '../support/engines';
import { Dice } from '../support/random-usage';
import { rollUp } from '../support/settlements';
import { startStudio, type Studio } from '../support/studio';

const DAY = 86_400_000;
const MODELS = ['house-a', 'house-b', 'house-c'];
const TAGS = ['red', 'blue', 'green'];
const ROUNDS = 12;

describe.each(engines)('The self-check on $name', (engine) => {
  let studio: Studio;
  let team: string;

  beforeAll(async () => {
    studio = await startStudio(engine);
  });
  afterAll(() => studio.close());
  beforeEach(async () => {
    team = (await createTeam(studio, `team-${Math.random().toString(36).slice(2)}`, 'Asia/Kathmandu')).id;
  });

  const send = <T>(method: string, path: string, body?: unknown) =>
    studio.request<T>(method, path, body, { team });
  const check = async (): Promise<SelfCheckView> =>
    (await send<SelfCheckView>('GET', '/api/v1/usage/self-check')).body;
  const wrongIn = ({ checks }: SelfCheckView): unknown[] => checks.flatMap(({ differences }) => differences);

  const track = (events: readonly object[]) =>
    send<{ accepted: number }>('POST', '/api/v1/usage', { events });

  const setPrice = (vendorModel: string, inputPrice: number, validFrom: string, supersedes?: string) =>
    send<{ id: string }>('POST', '/api/v1/prices', {
      vendor: 'openai',
      vendorModel,
      validFrom,
      pricesPerMillion: { input_text: `${inputPrice}.25`, output_text: `${inputPrice * 4}` },
      source: 'contract',
      ...(supersedes === undefined ? {} : { supersedes }),
    });

  it('holds through random prices, corrections, late events, budgets and closed months', async () => {
    const dice = new Dice(Date.now() % 1_000_000);
    const last = monthBefore(Date.now(), 'Asia/Kathmandu', 1);
    const budgets: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const age = (): number => Date.now() - 1_000 - Math.floor(Math.random() * 55 * DAY);
      const events = Array.from({ length: 25 }, () => ({
        vendor: 'openai',
        vendorModel: dice.pick(MODELS),
        occurredAt: new Date(age()).toISOString(),
        usage: { inputTokens: dice.roll(5_000_000), outputTokens: dice.roll(100_000) },
        tags: TAGS.filter(() => dice.roll(3) === 0),
        ...(dice.roll(2) === 0 ? { user: 'ada' } : {}),
      }));
      expect((await track(events)).status).toBe(201);
      if (round % 3 === 0) {
        const scope = dice.pick([{ kind: 'team' }, { kind: 'tag', id: 'red' }, { kind: 'user', id: 'ada' }]);
        const window = dice.pick(['day', 'week', 'month', 'total']);
        const limit = dice.roll(2) === 0 ? { amount: '5.00' } : { tokens: 40_000_000 };
        budgets.push(
          (await createBudget(studio, { scope, window, limit, enforcement: 'soft' }, { team })).id,
        );
      }
      if (round % 2 === 0) await setPrice(dice.pick(MODELS), 1 + dice.roll(9), '2026-01-01');
      if (round % 4 === 1) await studio.runJob('late-prices');
      if (round % 4 === 3) {
        const span = { from: new Date(Date.now() - 60 * DAY).toISOString(), to: new Date().toISOString() };
        expect((await send('POST', '/api/v1/prices/reprice?dryRun=false', span)).status).toBe(200);
      }
      if (round === 5) {
        await rollUp(studio);
        expect((await send('POST', `/api/v1/periods/${last.label}/close`)).status).toBe(200);
      }
      const result = await check();
      expect(wrongIn(result)).toEqual([]);
      expect(result.ok).toBe(true);
    }
    await rollUp(studio);
    const result = await check();
    expect(wrongIn(result)).toEqual([]);
    const compared = Object.fromEntries(result.checks.map(({ name, compared: count }) => [name, count]));
    expect(compared).toMatchObject({ periods: 2 });
    expect(compared.rollups).toBeGreaterThan(100);
    expect(compared.budgets).toBeGreaterThan(4);
    const total = await createBudget(studio, { limit: { amount: '1' }, enforcement: 'soft' }, { team });
    expect(pico((await statusOf(studio, total.id, { team })).spent)).toBe(await ledgerCost(studio, team));
  }, 120_000);

  it.each([
    ['rollups', 'UPDATE usage_rollups SET requests = requests + 1 WHERE grain = 1440'],
    ['budgets', "UPDATE budget_windows SET spent = '7'"],
    ['budgets', "UPDATE budget_windows SET reserved = '7'"],
    ['rollups', "UPDATE usage_rollups SET cost = '7' WHERE grain = 1440"],
  ])('finds what does not agree in the %s, and is loud about it', async (name, damage) => {
    await track([
      { vendor: 'openai', vendorModel: 'gpt-4o-mini', usage: { inputTokens: 10, outputTokens: 5 } },
    ]);
    await rollUp(studio);
    await createBudget(studio, {}, { team });
    expect((await check()).ok).toBe(true);
    const database = studio.app.get(Database);
    const keep = await database.query<Record<string, string>>(
      `SELECT ${database.dialect.integerText('spent')} AS spent FROM budget_windows`,
    );
    expect(keep.length).toBeGreaterThan(0);
    await database.execute(damage);
    const result = await check();
    expect(result.ok).toBe(false);
    expect(result.checks.find((one) => one.name === name)).toMatchObject({ ok: false });
    expect(wrongIn(result)).toHaveLength(1);
    const logged = studio.logs.length;
    await studio.runJob('self-check');
    expect(studio.logs.slice(logged).join('')).toContain('The books of a team do not agree');
    const jobs = await studio.request<{ data: { job: string; lastOutcome: string }[] }>(
      'GET',
      '/health/jobs',
    );
    expect(jobs.body.data.find(({ job }) => job === 'self-check')?.lastOutcome).toBe('failed');
    const metrics = await studio.request<string>('GET', '/metrics');
    expect(metrics.body).toMatch(/studio_self_check_disagreeing_teams [1-9]/);
    await database.execute('DELETE FROM usage_rollups');
    await database.execute('DELETE FROM budget_windows');
    await database.execute(
      'INSERT INTO usage_dirty_buckets (bucket, since, version) SELECT DISTINCT occurred_at - (occurred_at % 900000), MIN(occurred_at), 1 FROM usage_events GROUP BY occurred_at - (occurred_at % 900000)',
    );
  });
});
