import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type BudgetNotificationPage } from '../../src/budgets/dto/budget.dto';
import { signWebhook } from '../../src/budgets/webhooks/webhook-signature';
import { Database } from '../../src/database/database';
import { Ledger } from '../../src/usage/ledger/ledger';
import { createBudget } from '../support/budgets';
import { createTeam } from '../support/configure';
import { engines } from '../support/engines';
import { dimensionsFor, openEvent, opening, settlementOf } from '../support/settlements';
import { startStudio, type Studio } from '../support/studio';

interface Received {
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

/** A receiver of webhooks that answers with what is next in its list, then with 204. */
async function startReceiver(): Promise<{
  server: Server;
  url: string;
  received: Received[];
  answers: number[];
}> {
  const received: Received[] = [];
  const answers: number[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      response.writeHead(answers.shift() ?? 204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    server,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    answers,
  };
}

describe.each(engines)('Webhooks of budgets on $name', (engine) => {
  let studio: Studio;
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  let teamId: string;

  beforeAll(async () => {
    studio = await startStudio(engine);
    receiver = await startReceiver();
  });

  afterAll(async () => {
    await studio.close();
    receiver.server.close();
  });

  beforeEach(async () => {
    teamId = (await createTeam(studio, `team-${Math.random().toString(36).slice(2)}`)).id;
    receiver.received.length = 0;
    receiver.answers.length = 0;
  });

  async function spend(cost: bigint): Promise<void> {
    const event = openEvent(await dimensionsFor(studio, teamId));
    const ledger = studio.app.get(Ledger);
    await ledger.admit(opening(event, { amount: cost, tokens: 1 }));
    await ledger.settle(settlementOf(event, { cost }));
  }

  async function listOf(budgetId: string): Promise<BudgetNotificationPage> {
    const path = `/api/v1/budgets/${budgetId}/notifications`;
    return (await studio.request<BudgetNotificationPage>('GET', path, undefined, { team: teamId })).body;
  }

  const makeDue = (): Promise<void> =>
    studio.app
      .get(Database)
      .execute("UPDATE budget_notifications SET next_attempt_at = 0 WHERE state = 'pending'");

  it('posts a passed threshold once, signed with the secret that was shown once', async () => {
    const budget = await createBudget(
      studio,
      { limit: { amount: '0.10' }, webhookUrl: receiver.url },
      { team: teamId },
    );
    expect(budget.webhookSecret).toMatch(/^whsec_/);
    await spend(5n * 10n ** 10n);
    await studio.runJob('budget-webhooks');
    await studio.runJob('budget-webhooks');
    expect(receiver.received).toHaveLength(1);
    const [{ headers, body }] = receiver.received as [Received];
    expect(JSON.parse(body)).toMatchObject({
      type: 'budget.threshold_passed',
      data: { budget: { id: budget.id }, threshold: 50, spent: '0.050000000000', limit: '0.100000000000' },
    });
    const id = String(headers['webhook-id']);
    const at = Number(headers['webhook-timestamp']) * 1000;
    expect(headers).toMatchObject(signWebhook(budget.webhookSecret ?? '', id, at, body));
    expect((await listOf(budget.id)).data).toMatchObject([{ id, state: 'delivered', attempts: 1 }]);
    const shown = await studio.request('GET', `/api/v1/budgets/${budget.id}`, undefined, { team: teamId });
    expect(JSON.stringify(shown.body)).not.toContain('whsec_');
  });

  it('tries again later what was not taken, under the same id, and says how it went', async () => {
    const budget = await createBudget(
      studio,
      { limit: { amount: '0.10' }, thresholds: [100], webhookUrl: receiver.url },
      { team: teamId },
    );
    receiver.answers.push(500);
    await spend(10n ** 11n);
    await studio.runJob('budget-webhooks');
    expect((await listOf(budget.id)).data).toMatchObject([
      { state: 'pending', attempts: 1, lastError: 'The webhook answered 500.' },
    ]);
    await studio.runJob('budget-webhooks');
    expect(receiver.received).toHaveLength(1);
    await makeDue();
    await studio.runJob('budget-webhooks');
    expect((await listOf(budget.id)).data).toMatchObject([
      { state: 'delivered', attempts: 2, lastError: null },
    ]);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('gives up after its last try', async () => {
    const budget = await createBudget(
      studio,
      { limit: { amount: '0.10' }, thresholds: [100], webhookUrl: 'http://127.0.0.1:1/closed' },
      { team: teamId },
    );
    await spend(10n ** 11n);
    for (let attempt = 0; attempt < 12; attempt += 1) {
      await makeDue();
      await studio.runJob('budget-webhooks');
    }
    const [notification] = (await listOf(budget.id)).data;
    expect(notification).toMatchObject({ state: 'failed', attempts: 10 });
  });

  const change = async (budgetId: string, fields: object): Promise<void> => {
    const path = `/api/v1/budgets/${budgetId}`;
    expect((await studio.request('PATCH', path, fields, { team: teamId })).status).toBe(200);
  };
  const toldOf = async (budgetId: string): Promise<unknown[]> =>
    (await listOf(budgetId)).data
      .map(({ threshold, limit, state }) => [limit, threshold, state])
      .sort((a, b) => Number(a[0]) - Number(b[0]) || Number(a[1]) - Number(b[1]));

  it('tells of the thresholds that a new budget is past already', async () => {
    await spend(9n * 10n ** 10n);
    const budget = await createBudget(
      studio,
      { limit: { amount: '0.10' }, webhookUrl: receiver.url },
      { team: teamId },
    );
    await studio.runJob('budget-webhooks');
    expect(await toldOf(budget.id)).toEqual([
      ['0.100000000000', 50, 'delivered'],
      ['0.100000000000', 80, 'delivered'],
    ]);
  });

  it('tells of what a lowered limit or a new threshold makes true, and of a raised limit anew', async () => {
    const budget = await createBudget(studio, { limit: { amount: '0.20' } }, { team: teamId });
    await spend(11n * 10n ** 10n);
    expect(await toldOf(budget.id)).toEqual([['0.200000000000', 50, 'recorded']]);
    await change(budget.id, { thresholds: [40, 50, 80, 100] });
    await change(budget.id, { limit: { amount: '0.11' } });
    await change(budget.id, { limit: { amount: '0.22' } });
    await spend(11n * 10n ** 10n);
    expect(await toldOf(budget.id)).toEqual([
      ['0.110000000000', 80, 'recorded'],
      ['0.110000000000', 100, 'recorded'],
      ['0.200000000000', 40, 'recorded'],
      ['0.200000000000', 50, 'recorded'],
      ['0.220000000000', 80, 'recorded'],
      ['0.220000000000', 100, 'recorded'],
    ]);
  });

  it('posts nothing of a time without a webhook to one that is set later', async () => {
    const budget = await createBudget(studio, { limit: { amount: '0.20' } }, { team: teamId });
    await spend(10n ** 11n);
    await change(budget.id, { webhookUrl: 'http://127.0.0.1:1/closed' });
    await spend(6n * 10n ** 10n);
    await studio.runJob('budget-webhooks');
    expect(await toldOf(budget.id)).toEqual([
      ['0.200000000000', 50, 'recorded'],
      ['0.200000000000', 80, 'pending'],
    ]);
    await change(budget.id, { webhookUrl: null });
    await change(budget.id, { webhookUrl: receiver.url });
    await spend(4n * 10n ** 10n);
    await studio.runJob('budget-webhooks');
    expect(await toldOf(budget.id)).toEqual([
      ['0.200000000000', 50, 'recorded'],
      ['0.200000000000', 80, 'recorded'],
      ['0.200000000000', 100, 'delivered'],
    ]);
    expect(receiver.received).toHaveLength(1);
  });
});
