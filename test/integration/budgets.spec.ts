import { BudgetDirectory } from '../../src/budgets/budget-directory';
import { type Problem } from '../../src/common/problem';
import { type EventDimensions, type OpenEvent } from '../../src/usage/ledger/event';
import { Ledger } from '../../src/usage/ledger/ledger';
import { LedgerSweeper } from '../../src/usage/ledger/ledger.sweeper';
import { Database } from '../../src/database/database';
import { Instance } from '../../src/jobs/instance';
import { createBudget, ledgerCost, pico, reservationCount, statusOf } from '../support/budgets';
import { createTeam } from '../support/configure';
import { engines } from '../support/engines';
import { dimension, dimensionsFor, openEvent, opening, readRow, settlementOf } from '../support/settlements';
import { startStudio, type Studio } from '../support/studio';
import { until } from '../support/until';

const CENT = 10n ** 10n;

/** Whether each was admitted, in the order of asking. */
async function admitAll(ledger: Ledger, events: readonly OpenEvent[], amount = CENT): Promise<boolean[]> {
  const ends = await Promise.allSettled(
    events.map((event) => ledger.admit(opening(event, { amount, tokens: 100 }))),
  );
  return ends.map((end) => {
    if (end.status === 'fulfilled') return true;
    const problem = end.reason as Problem;
    if (problem.status !== 402) throw problem;
    return false;
  });
}

describe.each(engines)('Budgets on $name', (engine) => {
  let studio: Studio;
  let others: Studio[];
  let ledger: Ledger;
  let teamId: string;
  let team: string;
  let dimensions: EventDimensions;

  beforeAll(async () => {
    studio = await startStudio(engine);
    // Several instances share a database server; an embedded database has one.
    others =
      studio.database.databaseUrl === null
        ? []
        : await Promise.all([1, 2].map(() => startStudio(engine, { database: studio.database })));
    ledger = studio.app.get(Ledger);
  });

  afterAll(async () => {
    for (const other of others) await other.close();
    await studio.close();
  });

  beforeEach(async () => {
    team = `team-${Math.random().toString(36).slice(2)}`;
    teamId = (await createTeam(studio, team)).id;
    dimensions = await dimensionsFor(studio, teamId);
  });

  const asTeam = () => ({ team: teamId });
  const events = (count: number, fields: Partial<OpenEvent> = {}): OpenEvent[] =>
    Array.from({ length: count }, () => openEvent(dimensions, fields));

  it('admits exactly as many of 200 calls at once as fit, on all instances together', async () => {
    const budget = await createBudget(studio, { limit: { amount: '0.20' } }, asTeam());
    const ledgers = [studio, ...others].map(({ app }) => app.get(Ledger));
    const asked = events(200);
    const admitted = await Promise.all(
      ledgers.map((each, index) =>
        admitAll(
          each,
          asked.filter((_, number) => number % ledgers.length === index),
        ),
      ),
    );
    expect(admitted.flat().filter(Boolean)).toHaveLength(20);
    expect(await statusOf(studio, budget.id, asTeam())).toMatchObject({
      spent: '0.000000000000',
      reserved: '0.200000000000',
      remaining: '0.000000000000',
    });
  });

  it('gives back the rest of a reservation when the call is settled, and books its cost', async () => {
    const budget = await createBudget(studio, { limit: { amount: '0.03' } }, asTeam());
    const [first, second, third] = events(3) as [OpenEvent, OpenEvent, OpenEvent];
    expect(await admitAll(ledger, [first, second, third])).toEqual([true, true, true]);
    expect(await admitAll(ledger, events(1))).toEqual([false]);
    await ledger.settle(settlementOf(first, { cost: CENT / 2n }));
    await ledger.settle(settlementOf(second, { cost: 0n, status: 'failed' }));
    await ledger.settle(settlementOf(third, { cost: null, costStatus: 'unpriced' }));
    expect(await statusOf(studio, budget.id, asTeam())).toMatchObject({
      spent: '0.005000000000',
      reserved: '0.000000000000',
      remaining: '0.025000000000',
    });
    expect(await admitAll(ledger, events(3))).toEqual([true, true, false]);
  });

  it('settles once, however often it is told', async () => {
    const budget = await createBudget(studio, {}, asTeam());
    const [event] = events(1) as [OpenEvent];
    await admitAll(ledger, [event]);
    await Promise.all([1, 2, 3].map(() => ledger.settle(settlementOf(event, { cost: 7n }))));
    await ledger.settle(settlementOf(event, { cost: 9n }));
    const { spent, reserved } = await statusOf(studio, budget.id, asTeam());
    expect([spent, reserved]).toEqual(['0.000000000007', '0.000000000000']);
  });

  it('admits what an earlier try had admitted, when the answer to its commit was lost', async () => {
    const budget = await createBudget(studio, { limit: { amount: '0.02' } }, asTeam());
    const database = studio.app.get(Database);
    const exchange = database.exchange.bind(database);
    const spy = jest.spyOn(database, 'exchange').mockImplementationOnce(async (...args) => {
      await exchange(...args);
      throw new Error('The connection was lost after the commit.');
    });
    const asked = events(3);
    expect(await admitAll(ledger, asked)).toEqual([true, true, false]);
    spy.mockRestore();
    for (const event of asked.slice(0, 2)) await ledger.settle(settlementOf(event, { cost: 1n }));
    expect(await statusOf(studio, budget.id, asTeam())).toMatchObject({
      spent: '0.000000000002',
      reserved: '0.000000000000',
    });
    expect(await readRow(studio, asked[2] as OpenEvent)).toBeUndefined();
  });

  it('admits nothing whose reservation fails for a key of its own', async () => {
    const tag = await dimension(studio, 'tag', `${teamId}/twice`, 'twice');
    const budget = await createBudget(studio, { scope: { kind: 'tag', id: 'twice' } }, asTeam());
    const [event] = events(1, { tags: [tag, tag] }) as [OpenEvent];
    await expect(ledger.admit(opening(event))).rejects.toMatchObject({ code: 'ledger_unavailable' });
    expect(await readRow(studio, event)).toBeUndefined();
    expect((await statusOf(studio, budget.id, asTeam())).reserved).toBe('0.000000000000');
  });

  it('books in full what costs more than was reserved', async () => {
    const budget = await createBudget(studio, { limit: { amount: '0.01' } }, asTeam());
    const [event] = events(1) as [OpenEvent];
    await admitAll(ledger, [event]);
    await ledger.settle(settlementOf(event, { cost: 3n * CENT }));
    expect(await statusOf(studio, budget.id, asTeam())).toMatchObject({
      spent: '0.030000000000',
      remaining: '-0.020000000000',
    });
    expect(await admitAll(ledger, events(1))).toEqual([false]);
  });

  it('holds every budget of the chain at once: what one refuses is reserved on none', async () => {
    const apiKey = await dimension(studio, 'api_key', `key-of-${teamId}`);
    const tag = await dimension(studio, 'tag', `${teamId}/batch`, 'batch');
    const wide = await createBudget(studio, { limit: { amount: '1.00' } }, asTeam());
    const narrow = await createBudget(
      studio,
      { scope: { kind: 'tag', id: 'batch' }, limit: { amount: '0.02' } },
      asTeam(),
    );
    const tagged = { dimensions: { ...dimensions, apiKey }, tags: [tag] };
    const asked = Array.from({ length: 5 }, () => openEvent(tagged.dimensions, { tags: tagged.tags }));
    expect(await admitAll(ledger, asked)).toEqual([true, true, false, false, false]);
    expect(await admitAll(ledger, events(1))).toEqual([true]);
    expect((await statusOf(studio, wide.id, asTeam())).reserved).toBe('0.030000000000');
    expect((await statusOf(studio, narrow.id, asTeam())).reserved).toBe('0.020000000000');
  });

  it('lets soft budgets pass everything, and counts it', async () => {
    const budget = await createBudget(studio, { limit: { amount: '0.01' }, enforcement: 'soft' }, asTeam());
    expect(await admitAll(ledger, events(3))).toEqual([true, true, true]);
    expect((await statusOf(studio, budget.id, asTeam())).remaining).toBe('-0.020000000000');
  });

  it('counts tokens where the limit is one of tokens', async () => {
    const budget = await createBudget(studio, { limit: { tokens: 250 } }, asTeam());
    const asked = events(3);
    expect(await admitAll(ledger, asked)).toEqual([true, true, false]);
    const tokens = { input: 30, output: 12, cached: 0, reasoning: 0 };
    await ledger.settle(settlementOf(asked[0] as OpenEvent, { tokens }));
    expect(await statusOf(studio, budget.id, asTeam())).toMatchObject({
      limit: 250,
      spent: 42,
      reserved: 100,
      remaining: 108,
    });
  });

  it('passes what costs nothing, also when the budget is exhausted', async () => {
    await createBudget(studio, { limit: { amount: '0' } }, asTeam());
    expect(await admitAll(ledger, events(2), 0n)).toEqual([true, true]);
    expect(await admitAll(ledger, events(1))).toEqual([false]);
  });

  it('refuses what has no price, or passes it, by the policy of the budget', async () => {
    const budget = await createBudget(studio, {}, asTeam());
    const unpriced = { amount: null, tokens: 10 };
    const [refused, passed] = events(2) as [OpenEvent, OpenEvent];
    await expect(ledger.admit(opening(refused, unpriced))).rejects.toMatchObject({
      status: 402,
      code: 'budget_needs_price',
    });
    await studio.request('PATCH', `/api/v1/budgets/${budget.id}`, { unpriced: 'allow' }, asTeam());
    await expect(ledger.admit(opening(passed, unpriced))).resolves.toBeUndefined();
  });

  it('refuses what nothing limits, or passes it, by the policy of the budget', async () => {
    const budget = await createBudget(studio, {}, asTeam());
    const unbounded = { amount: CENT, tokens: 10, unbounded: ['mcp'] };
    const [refused, passed] = events(2) as [OpenEvent, OpenEvent];
    await expect(ledger.admit(opening(refused, unbounded))).rejects.toMatchObject({
      status: 402,
      code: 'budget_needs_bound',
      extensions: { unbounded: ['mcp'] },
    });
    await studio.request('PATCH', `/api/v1/budgets/${budget.id}`, { unbounded: 'allow' }, asTeam());
    await expect(ledger.admit(opening(passed, unbounded))).resolves.toBeUndefined();
  });

  it('names the budget that refused, and says what to do', async () => {
    const budget = await createBudget(studio, { name: 'experiments', limit: { amount: '0.015' } }, asTeam());
    await admitAll(ledger, events(1));
    await expect(ledger.admit(opening(openEvent(dimensions)))).rejects.toMatchObject({
      status: 402,
      code: 'budget_exceeded',
      extensions: { budget: { id: budget.id, name: 'experiments', needed: '0.010000000000' } },
      message: expect.stringContaining('Calls in flight have reserved the rest') as string,
    });
  });

  it('knows what its window has cost before it was made', async () => {
    const before = events(3);
    await Promise.all(before.map((event) => ledger.admit(opening(event))));
    await ledger.settle(settlementOf(before[0] as OpenEvent, { cost: 5n }));
    await studio.runJob('usage-rollup');
    await ledger.settle(settlementOf(before[1] as OpenEvent, { cost: 6n }));
    const budget = await createBudget(studio, { window: 'month' }, asTeam());
    expect((await statusOf(studio, budget.id, asTeam())).spent).toBe('0.000000000011');
    // One was in flight when the budget was made: nothing is reserved for it, and its cost is booked all the same.
    await ledger.settle(settlementOf(before[2] as OpenEvent, { cost: 7n }));
    expect((await statusOf(studio, budget.id, asTeam())).spent).toBe('0.000000000018');
  });

  it('books what happened in another window there', async () => {
    const budget = await createBudget(studio, { window: 'hour' }, asTeam());
    const [late] = events(1, { occurredAt: Date.now() - 3 * 3_600_000 }) as [OpenEvent];
    await ledger.admit(opening(late));
    await ledger.settle(settlementOf(late, { cost: 9n }));
    expect((await statusOf(studio, budget.id, asTeam())).spent).toBe('0.000000000000');
    const [window] = await studio.app.get(Database).query<{ spent: string; reserved: string }>(
      `SELECT ${studio.app.get(Database).dialect.integerText('w.spent')} AS spent,
         ${studio.app.get(Database).dialect.integerText('w.reserved')} AS reserved
       FROM budget_windows w JOIN budgets b ON b.number = w.budget WHERE b.id = ? AND w.starts_at <= ? AND w.ends_at > ?`,
      [budget.id, late.occurredAt, late.occurredAt],
    );
    expect(window).toEqual({ spent: '9', reserved: '0' });
  });

  it.each(['team', 'tag', 'user'])(
    'foresees the end of a total of a %s by the pace since its spending began',
    async (kind) => {
      const tag = await dimension(studio, 'tag', `${teamId}/slow`, 'slow');
      const endUser = await dimension(studio, 'end_user', `${teamId}/slow`, 'slow');
      const budget = await createBudget(
        studio,
        { scope: kind === 'team' ? { kind } : { kind, id: 'slow' }, limit: { amount: '0.04' } },
        asTeam(),
      );
      expect((await statusOf(studio, budget.id, asTeam())).exhaustedAt).toBeNull();
      const days = (count: number): number => Date.now() - count * 86_400_000;
      const fields = { tags: [tag], dimensions: { ...dimensions, endUser } };
      const first = openEvent(dimensions, { ...fields, occurredAt: days(10) });
      const [last] = events(1, fields) as [OpenEvent];
      if (kind !== 'team') await ledger.settle(settlementOf(openEvent(dimensions, { occurredAt: days(90) })));
      expect(await admitAll(ledger, [first, last])).toEqual([true, true]);
      for (const event of [first, last]) await ledger.settle(settlementOf(event, { cost: CENT }));
      for (const rolledUp of [false, true]) {
        if (rolledUp) await studio.runJob('usage-rollup');
        const { exhaustedAt } = await statusOf(studio, budget.id, asTeam());
        expect(Date.parse(exhaustedAt ?? '') - days(-10)).toBeLessThan(3_600_000);
        expect(Date.parse(exhaustedAt ?? '') - days(-10)).toBeGreaterThan(-3_600_000);
      }
    },
  );

  it('counts usage that others metered and report', async () => {
    const budget = await createBudget(studio, {}, asTeam());
    const answer = await studio.request(
      'POST',
      '/api/v1/usage',
      {
        id: `reported-${teamId}`,
        vendor: 'openai',
        vendorModel: 'gpt-4o-mini',
        usage: { inputTokens: 1_000_000, outputTokens: 0 },
      },
      asTeam(),
    );
    expect(answer.status).toBe(201);
    const { spent } = await statusOf(studio, budget.id, asTeam());
    expect(pico(spent)).toBe(await ledgerCost(studio, teamId));
    expect(pico(spent)).toBeGreaterThan(0n);
  });

  it('gives back what a dead process had reserved', async () => {
    const budget = await createBudget(studio, { limit: { amount: '0.02' } }, asTeam());
    await admitAll(ledger, events(2));
    const database = studio.app.get(Database);
    const instance = studio.app.get(Instance);
    await database.execute('UPDATE usage_events SET owner = ? WHERE owner = ? AND status = 0', [
      instance.id + 1_000_000,
      instance.id,
    ]);
    await studio.app.get(LedgerSweeper).run();
    expect(await statusOf(studio, budget.id, asTeam())).toMatchObject({
      spent: '0.000000000000',
      reserved: '0.000000000000',
    });
    expect(await admitAll(ledger, events(2))).toEqual([true, true]);
  });

  it('admits many calls with many budgets in one transaction', async () => {
    for (let made = 0; made < 45; made += 1) await createBudget(studio, {}, asTeam());
    const exchanges = jest.spyOn(studio.app.get(Database), 'exchange');
    expect((await admitAll(ledger, events(200), 1n)).every(Boolean)).toBe(true);
    expect(exchanges).toHaveBeenCalledTimes(1);
    exchanges.mockRestore();
  });

  it('makes the rows of its windows once, however often budgets change', async () => {
    await createBudget(studio, {}, asTeam());
    await createBudget(studio, { window: 'day' }, asTeam());
    await admitAll(ledger, events(1));
    const other = await createBudget(studio, { scope: { kind: 'tag', id: 'other' } }, asTeam());
    await studio.request('PATCH', `/api/v1/budgets/${other.id}`, { name: `${other.name}!` }, asTeam());
    const transactions = jest.spyOn(studio.app.get(Database), 'transaction');
    const exchanges = jest.spyOn(studio.app.get(Database), 'exchange');
    expect(await admitAll(ledger, events(1))).toEqual([true]);
    expect(exchanges).toHaveBeenCalledTimes(1);
    // An embedded database does an exchange as one transaction.
    expect(transactions).toHaveBeenCalledTimes(others.length === 0 ? 1 : 0);
    transactions.mockRestore();
    exchanges.mockRestore();
  });

  it('forgets a budget with all that it held', async () => {
    const budget = await createBudget(studio, { limit: { amount: '0.01' } }, asTeam());
    const asked = events(2);
    expect(await admitAll(ledger, asked)).toEqual([true, false]);
    const before = await reservationCount(studio);
    expect((await studio.request('DELETE', `/api/v1/budgets/${budget.id}`, undefined, asTeam())).status).toBe(
      204,
    );
    expect(await reservationCount(studio)).toBe(before - 1);
    expect(await admitAll(ledger, events(3))).toEqual([true, true, true]);
    await ledger.settle(settlementOf(asked[0] as OpenEvent));
  });

  it('sees at once what another instance changed', async () => {
    if (others.length === 0) return;
    const elsewhere = others[0]?.app.get(Ledger);
    if (!elsewhere) throw new Error('There is no other instance.');
    expect(await admitAll(elsewhere, events(1))).toEqual([true]);
    const budget = await createBudget(studio, { limit: { amount: '0.01' } }, asTeam());
    expect(await admitAll(elsewhere, events(2))).toEqual([true, false]);
    await studio.request('PATCH', `/api/v1/budgets/${budget.id}`, { limit: { amount: '0.02' } }, asTeam());
    expect(await admitAll(elsewhere, events(2))).toEqual([true, false]);
  });

  it('sees soon in relaxed mode what another instance changed, before any call asks the database', async () => {
    if (studio.database.databaseUrl === null) return;
    const relaxed = await startStudio(engine, {
      database: studio.database,
      settings: { durability: 'relaxed' },
    });
    try {
      const elsewhere = relaxed.app.get(Ledger);
      const [event] = events(1) as [OpenEvent];
      expect(elsewhere.mustReserve(event)).toBe(false);
      await createBudget(studio, {}, asTeam());
      await until(() => elsewhere.mustReserve(event));
    } finally {
      await relaxed.close();
    }
  });

  it('reads budgets once for all who find that they changed at the same time', async () => {
    const directory = studio.app.get(BudgetDirectory);
    await createBudget(studio, {}, asTeam());
    const snapshots = jest.spyOn(studio.app.get(Database), 'snapshot');
    await Promise.all(Array.from({ length: 50 }, () => directory.reload()));
    expect(snapshots).toHaveBeenCalledTimes(2);
    snapshots.mockRestore();
    expect(directory.counts(dimensions, [])).toBe(true);
  });

  it('keeps spent equal to the ledger, and reserved equal to what is in flight, whatever happens in which order', async () => {
    const limit = 60n * CENT;
    const budget = await createBudget(studio, { limit: { amount: '0.60' }, thresholds: [10, 50] }, asTeam());
    const ledgers = [studio, ...others].map(({ app }) => app.get(Ledger));
    const open = new Map<OpenEvent, bigint>();
    let spent = 0n;
    for (let round = 0; round < 12; round += 1) {
      const asked = events(20).map((event) => ({
        event,
        amount: BigInt(Math.floor(Math.random() * 5)) * CENT,
      }));
      await Promise.all(
        asked.map(async ({ event, amount }, index) => {
          const each = ledgers[index % ledgers.length] ?? ledger;
          const [admitted] = await admitAll(each, [event], amount);
          if (!admitted) return;
          open.set(event, amount);
          if (Math.random() < 0.4) return;
          const cost = (amount * BigInt(Math.floor(Math.random() * 101))) / 100n;
          await Promise.all([1, 2].map(() => each.settle(settlementOf(event, { cost }))));
          open.delete(event);
          spent += cost;
        }),
      );
      for (const [event, amount] of [...open].slice(0, 3)) {
        await ledger.settle(settlementOf(event, { cost: amount }));
        open.delete(event);
        spent += amount;
      }
      const status = await statusOf(studio, budget.id, asTeam());
      const reserved = [...open.values()].reduce((sum, amount) => sum + amount, 0n);
      expect([pico(status.spent), pico(status.reserved)]).toEqual([spent, reserved]);
      expect(spent + reserved).toBeLessThanOrEqual(limit);
      expect(await ledgerCost(studio, teamId)).toBe(spent);
    }
  });

  it('tells of each threshold once a window', async () => {
    const budget = await createBudget(studio, { limit: { amount: '0.10' } }, asTeam());
    const asked = events(10);
    expect((await admitAll(ledger, asked)).every(Boolean)).toBe(true);
    await Promise.all(asked.map((event) => ledger.settle(settlementOf(event, { cost: CENT }))));
    const { body } = await studio.request<{ data: { threshold: number; state: string }[] }>(
      'GET',
      `/api/v1/budgets/${budget.id}/notifications`,
      undefined,
      asTeam(),
    );
    expect(body.data.map(({ threshold }) => threshold).sort((a, b) => a - b)).toEqual([50, 80, 100]);
    expect(body.data.every(({ state }) => state === 'recorded')).toBe(true);
  });
});
