import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database';
import { type SqlValue } from '../../database/statement';
import { showValue } from '../budget-refusals';
import { type BudgetRow } from '../budget.entity';
import { type BudgetNotificationPage, type BudgetNotificationView } from '../dto/budget.dto';

interface Row {
  readonly id: string;
  readonly threshold: number | string;
  readonly window_start: number | string;
  readonly spent: string;
  readonly limit_value: string;
  readonly created_at: number | string;
  readonly state: BudgetNotificationView['state'];
  readonly attempts: number | string;
  readonly last_error: string | null;
  readonly delivered_at: number | string | null;
}

const moment = (at: number | string): string => new Date(Number(at)).toISOString();

/** The thresholds that budgets have passed. */
@Injectable()
export class NotificationsReader {
  constructor(private readonly database: Database) {}

  /** The newest first; their ids are in the order of making. */
  async page(budget: BudgetRow, limit: number, cursor: string | undefined): Promise<BudgetNotificationPage> {
    const { dialect } = this.database;
    const before: SqlValue[] = cursor === undefined ? [] : [cursor];
    const rows = await this.database.query<Row>(
      `SELECT id, threshold, window_start, ${dialect.integerText('spent')} AS spent,
         ${dialect.integerText('limit_value')} AS limit_value, created_at, state, attempts, last_error, delivered_at
       FROM budget_notifications WHERE budget = ? ${cursor === undefined ? '' : 'AND id < ?'}
       ORDER BY id DESC LIMIT ${limit + 1}`,
      [budget.number, ...before],
    );
    const data = rows.slice(0, limit).map((row) => toView(row, budget));
    return { data, nextCursor: rows.length > limit ? (data.at(-1)?.id ?? null) : null };
  }
}

function toView(row: Row, { unit }: BudgetRow): BudgetNotificationView {
  return {
    id: row.id,
    threshold: Number(row.threshold),
    windowStart: moment(row.window_start),
    spent: showValue(unit, BigInt(row.spent)),
    limit: showValue(unit, BigInt(row.limit_value)),
    createdAt: moment(row.created_at),
    state: row.state,
    attempts: Number(row.attempts),
    lastError: row.last_error,
    deliveredAt: row.delivered_at === null ? null : moment(row.delivered_at),
  };
}
