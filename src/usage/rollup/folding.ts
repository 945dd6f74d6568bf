import { type SqlDialect } from '../../database/engine';
import { codeOf, COST_STATUSES, EVENT_STATUSES } from '../ledger/event';

/** The row of all events is tag 0; the row of those without any tag is this. */
export const UNTAGGED = -1;

const SUCCEEDED = codeOf(EVENT_STATUSES, 'succeeded');
const UNPRICED = codeOf(COST_STATUSES, 'unpriced');

/** The rows of a rollup by tag: of all, of each tag, and of what carries none. */
export const TAG_VARIANTS = ['all', 'tagged', 'untagged'] as const;
export type TagVariant = (typeof TAG_VARIANTS)[number];

/** What the tags of an event are joined by: the columns that name the event. */
interface EventColumns {
  readonly occurredAt: string;
  readonly id: string;
}

interface TagSql {
  readonly tag: string;
  readonly join: string;
  readonly where: string;
  readonly group: string;
}

function tagSql(variant: TagVariant, { occurredAt, id }: EventColumns): TagSql {
  const sameEvent = `t.occurred_at = ${occurredAt} AND t.event_id = ${id}`;
  switch (variant) {
    case 'all':
      return { tag: '0', join: '', where: '', group: '' };
    case 'tagged':
      return { tag: 't.tag', join: `JOIN usage_event_tags t ON ${sameEvent}`, where: '', group: 't.tag, ' };
    case 'untagged':
      return {
        tag: String(UNTAGGED),
        join: '',
        where: `AND NOT EXISTS (SELECT 1 FROM usage_event_tags t WHERE ${sameEvent})`,
        group: '',
      };
  }
}

const sum = (expression: string): string => `COALESCE(SUM(${expression}), 0)`;

function keysOf(table: string, tag: string): string {
  return `${table}.team AS team, ${tag} AS tag, COALESCE(${table}.provider, 0) AS provider,
    COALESCE(${table}.model, 0) AS model, ${table}.vendor_model AS vendor_model,
    COALESCE(${table}.api_key, 0) AS api_key, COALESCE(${table}.end_user, 0) AS end_user`;
}

/** What is left out: all but one team, and what was recorded after a moment. */
export interface FoldingLimits {
  readonly oneTeam: boolean;
  readonly recorded: boolean;
}

/**
 * Final events of a time as rollup rows, one per combination and latency bin. Values: from, to (UTC
 * milliseconds, half-open), the code of `pending`, then the team and the last moment of settling, by the limits.
 */
export function eventsSql(
  dialect: SqlDialect,
  variant: TagVariant,
  { oneTeam, recorded }: FoldingLimits,
): string {
  const { tag, join, where, group } = tagSql(variant, { occurredAt: 'e.occurred_at', id: 'e.id' });
  const money = (expression: string): string => `COALESCE(${dialect.exactSum(expression)}, '0')`;
  return `SELECT ${keysOf('e', tag)}, e.latency_bin AS latency_bin,
      ${sum('e.ends_call')} AS requests, COUNT(*) AS attempts,
      ${sum(`CASE WHEN e.ends_call = 1 AND e.status <> ${SUCCEEDED} THEN 1 ELSE 0 END`)} AS failed_requests,
      ${sum(`CASE WHEN e.ends_call = 1 AND e.cost_status = ${UNPRICED} THEN 1 ELSE 0 END`)} AS unpriced_requests,
      ${sum('e.input_tokens')} AS input_tokens, ${sum('e.output_tokens')} AS output_tokens,
      ${sum('e.cached_tokens')} AS cached_tokens, ${sum('e.reasoning_tokens')} AS reasoning_tokens,
      ${sum('e.latency_ms')} AS latency_total, COUNT(e.latency_ms) AS latency_count,
      ${money('e.cost')} AS cost, ${money('COALESCE(e.list_cost, e.cost)')} AS list_cost
    FROM usage_events e ${oneTeam ? dialect.useIndex('idx_usage_events_team') : ''} ${join}
    WHERE e.occurred_at >= ? AND e.occurred_at < ? AND e.status <> ? ${where}
      ${oneTeam ? 'AND e.team = ?' : ''} ${recorded ? 'AND e.settled_at <= ?' : ''}
    GROUP BY e.team, ${group}e.provider, e.model, e.vendor_model, e.api_key, e.end_user, e.latency_bin`;
}

/**
 * Corrections of cost that are booked in a time, as what they add to rollup rows. Values: from, to (UTC
 * milliseconds, half-open), then the team and the last moment of recording, by the limits.
 */
export function adjustmentsSql(
  dialect: SqlDialect,
  variant: TagVariant,
  { oneTeam, recorded }: FoldingLimits,
): string {
  const { tag, join, where, group } = tagSql(variant, {
    occurredAt: 'a.event_occurred_at',
    id: 'a.event_id',
  });
  return `SELECT ${keysOf('a', tag)}, ${sum('a.unpriced_delta')} AS unpriced_requests,
      ${dialect.exactSum('a.amount')} AS cost, ${dialect.exactSum('a.list_amount')} AS list_cost
    FROM usage_cost_adjustments a ${oneTeam ? dialect.useIndex('idx_usage_cost_adjustments_team') : ''} ${join}
    WHERE a.booked_at >= ? AND a.booked_at < ? ${where}
      ${oneTeam ? 'AND a.team = ?' : ''} ${recorded ? 'AND a.recorded_at <= ?' : ''}
    GROUP BY a.team, ${group}a.provider, a.model, a.vendor_model, a.api_key, a.end_user`;
}
