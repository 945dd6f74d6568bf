import { parseDollars } from '../../src/common/money';
import { Database } from '../../src/database/database';
import { type BudgetStatusView, type SavedBudgetView } from '../../src/budgets/dto/budget.dto';
import { type RequestOptions, type Studio } from './studio';

let count = 0;

/** A hard budget of the whole team without end, unless the fields say otherwise. */
export async function createBudget(
  studio: Studio,
  fields: object = {},
  options?: RequestOptions,
): Promise<SavedBudgetView> {
  count += 1;
  const body = {
    name: `budget-${count}`,
    scope: { kind: 'team' },
    limit: { amount: '1.00' },
    window: 'total',
    enforcement: 'hard',
    ...fields,
  };
  const answer = await studio.request<SavedBudgetView>('POST', '/api/v1/budgets', body, options);
  if (answer.status !== 201) throw new Error(`A budget: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

export async function statusOf(
  studio: Studio,
  budgetId: string,
  options?: RequestOptions,
): Promise<BudgetStatusView> {
  const answer = await studio.request<BudgetStatusView>(
    'GET',
    `/api/v1/budgets/${budgetId}/status`,
    undefined,
    options,
  );
  if (answer.status !== 200) throw new Error(`A status: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** What the ledger holds of a team's cost, from its rows alone, in pico-dollars: events and their corrections. */
export async function ledgerCost(studio: Studio, teamId: string): Promise<bigint> {
  const database = studio.app.get(Database);
  const { dialect } = database;
  let sum = 0n;
  for (const [table, column] of [
    ['usage_events', 'cost'],
    ['usage_cost_adjustments', 'amount'],
  ]) {
    const [row] = await database.query<{ total: string | null }>(
      `SELECT ${dialect.exactSum(`e.${column}`)} AS total FROM ${table} e
       JOIN usage_dimensions d ON d.id = e.team WHERE d.kind = 'team' AND d.value = ?`,
      [teamId],
    );
    sum += BigInt(row?.total ?? '0');
  }
  return sum;
}

/** Reservations that are still there. */
export async function reservationCount(studio: Studio): Promise<number> {
  const [row] = await studio.app
    .get(Database)
    .query<{ n: number | string }>('SELECT COUNT(*) AS n FROM budget_reservations');
  return Number(row?.n);
}

export const pico = (dollars: string | number): bigint => parseDollars(String(dollars));
