import { uuidv7 } from '../../common/uuid';
import { type SqlDialect } from '../../database/engine';
import { type RowsStatement } from '../../database/statement';
import { type PassedThreshold } from '../booking';

/**
 * Keeps passed thresholds, each once in a window and for a limit; those of a budget with a webhook are due at once.
 * @param now UTC milliseconds
 */
export function notingThresholds(
  passed: readonly PassedThreshold[],
  now: number,
  { insertIgnore }: Pick<SqlDialect, 'insertIgnore'>,
): RowsStatement {
  return {
    head: `${insertIgnore} INTO budget_notifications
      (id, budget, window_start, threshold, spent, limit_value, created_at, state, attempts, next_attempt_at)`,
    rows: passed.map(({ state: { budget, window, spent }, threshold }) => [
      uuidv7(now),
      budget.number,
      window.start,
      threshold,
      spent.toString(),
      budget.limit.toString(),
      now,
      budget.hasWebhook ? 'pending' : 'recorded',
      0,
      budget.hasWebhook ? now : null,
    ]),
    tail: '',
  };
}
