import { type SqlDialect } from '../../database/engine';
import { type SqlValue } from '../../database/statement';
import { binOf } from '../rollup/histogram';
import {
  codeOf,
  COST_STATUSES,
  DOORS,
  EVENT_STATUSES,
  type OpenEvent,
  ORIGINS,
  type Settlement,
} from './event';

export const PENDING = codeOf(EVENT_STATUSES, 'pending');
export const UNKNOWN = codeOf(EVENT_STATUSES, 'unknown');

export const OPENING_COLUMNS = [
  'occurred_at',
  'id',
  'call_id',
  'attempt',
  'ends_call',
  'owner',
  'status',
  'door',
  'streamed',
  'team',
  'api_key',
  'provider',
  'model',
  'vendor_model',
  'end_user',
  'cost_status',
] as const;

/** What settling changes; all other columns were written when the event was opened. */
const SETTLED_COLUMNS = [
  'ends_call',
  'owner',
  'origin',
  'vendor_model',
  'vector',
  'input_tokens',
  'output_tokens',
  'cached_tokens',
  'reasoning_tokens',
  'cost',
  'list_cost',
  'cost_status',
  'price',
  'error_code',
  'latency_ms',
  'first_token_ms',
  'overhead_us',
  'latency_bin',
  'settled_at',
  'status',
] as const;

export const SETTLING_COLUMNS = [
  ...OPENING_COLUMNS,
  ...SETTLED_COLUMNS.filter((column) => !(OPENING_COLUMNS as readonly string[]).includes(column)),
];

export const DETAIL_COLUMNS = [
  'occurred_at',
  'event_id',
  'request_id',
  'vendor_response_id',
  'served',
  'flags',
  'cost_lines',
  'raw_usage',
  'error_message',
] as const;

/** What becomes of a settlement whose event is there: a pending or unknown one gets its end, a final one stays. */
export function settledTail(dialect: SqlDialect): string {
  const open = `IN (${PENDING}, ${UNKNOWN})`;
  return dialect.onConflictIf('usage_events', ['occurred_at', 'id'], SETTLED_COLUMNS, 'status', open);
}

/** Once, as the event: what was opened holds the caller's metadata alone, and no request id. */
export function detailsTail(dialect: SqlDialect): string {
  const keys = ['occurred_at', 'event_id'];
  return dialect.onConflictIf('usage_event_details', keys, DETAIL_COLUMNS.slice(2), 'request_id', 'IS NULL');
}

/** In the order of the columns that settling writes. */
export function settledValues(settlement: Settlement): SqlValue[] {
  const { event, tokens } = settlement;
  const values = openingValues(
    event,
    null,
    codeOf(EVENT_STATUSES, settlement.status),
    settlement.endsCall,
    settlement.vendorModel,
    codeOf(COST_STATUSES, settlement.costStatus),
  );
  values.push(
    settlement.origin === null ? null : codeOf(ORIGINS, settlement.origin),
    settlement.vector,
    tokens?.input ?? null,
    tokens?.output ?? null,
    tokens?.cached ?? null,
    tokens?.reasoning ?? null,
    settlement.cost === null ? null : settlement.cost.toString(),
    settlement.listCost === null ? null : settlement.listCost.toString(),
    settlement.price || null,
    settlement.errorCode,
    settlement.latencyMs,
    settlement.firstTokenMs,
    settlement.overheadUs,
    settlement.latencyMs === null ? null : binOf(settlement.latencyMs),
    settlement.settledAt,
  );
  return values;
}

/** In the order of the columns that opening writes. */
export function openingValues(
  event: OpenEvent,
  owner: number | null,
  status: number,
  endsCall: boolean,
  vendorModel: number,
  costStatus: number,
): SqlValue[] {
  const { dimensions } = event;
  return [
    event.occurredAt,
    event.id,
    event.callId,
    event.attempt,
    endsCall,
    owner,
    status,
    codeOf(DOORS, event.door),
    event.streamed,
    dimensions.team,
    dimensions.apiKey || null,
    dimensions.provider || null,
    dimensions.model || null,
    vendorModel,
    dimensions.endUser || null,
    costStatus,
  ];
}

export function detailValues({ event, details }: Settlement): SqlValue[] {
  return [
    event.occurredAt,
    event.id,
    details.requestId,
    details.vendorResponseId,
    details.served,
    details.flags,
    details.costLines,
    details.rawUsage,
    details.errorMessage,
  ];
}
