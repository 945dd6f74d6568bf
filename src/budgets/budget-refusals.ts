import { formatDollars } from '../common/money';
import { PaymentRequired } from '../common/problem';
import { type Budget, type BudgetUnit } from './budget';
import { NO_END } from './budget-window';
import { type WindowState } from './window-state';

/** Money as decimal text of dollars, tokens as a number. */
export function showValue(unit: BudgetUnit, value: bigint): string | number {
  return unit === 'amount' ? formatDollars(value) : Number(value);
}

/** The end of a window as ISO 8601, null for one that never ends. */
export function showEnd(end: number): string | null {
  return end >= NO_END ? null : new Date(end).toISOString();
}

function inWords(unit: BudgetUnit, value: bigint): string {
  return unit === 'amount' ? `${formatDollars(value)} USD` : `${value} tokens`;
}

/** The call may spend more than the budget has left. Nothing was sent to the vendor. */
export function budgetExceeded(
  { budget, window, spent, reserved }: WindowState,
  needed: bigint,
): PaymentRequired {
  const { unit, limit } = budget;
  const onlyReserved = spent + needed <= limit;
  const left = limit - spent - reserved;
  const end = showEnd(window.end);
  const advice = onlyReserved
    ? 'Calls in flight have reserved the rest: try again when they have ended, or ask for less output (max tokens).'
    : `Ask for less output (max tokens), raise the budget${end === null ? '.' : `, or wait for its next window at ${end}.`}`;
  return new PaymentRequired(
    'budget_exceeded',
    `The call was not made, because it may cost up to ${inWords(unit, needed)}, and the budget "${budget.name}" has ` +
      `${inWords(unit, left < 0n ? 0n : left)} left of ${inWords(unit, limit)}. ${advice}`,
    {
      extensions: {
        budget: {
          id: budget.id,
          name: budget.name,
          limit: showValue(unit, limit),
          spent: showValue(unit, spent),
          reserved: showValue(unit, reserved),
          needed: showValue(unit, needed),
          windowEnd: end,
        },
      },
      headers: { 'x-should-retry': 'false' },
    },
  );
}

/** The model has no price, so nobody can say what the call costs. */
export function budgetNeedsPrice({ id, name }: Budget): PaymentRequired {
  return new PaymentRequired(
    'budget_needs_price',
    `The call was not made, because its model has no price and the budget "${name}" is hard. Add a price row ` +
      '(POST /api/v1/prices), or let the budget pass calls without a price (unpriced: allow).',
    { extensions: { budget: { id, name } }, headers: { 'x-should-retry': 'false' } },
  );
}

/** The request lets the vendor do what nothing limits, so nobody can say what it costs at most. */
export function budgetNeedsBound({ id, name }: Budget, unbounded: readonly string[]): PaymentRequired {
  return new PaymentRequired(
    'budget_needs_bound',
    `The call was not made, because nothing limits what it may cost (${unbounded.join(', ')}), and the budget "${name}" ` +
      'is hard. Leave that out, give it a maximum of uses, or let the budget pass such calls (unbounded: allow).',
    { extensions: { budget: { id, name }, unbounded }, headers: { 'x-should-retry': 'false' } },
  );
}
