import { formatDollars } from '../../common/money';
import { uuidFromBytes } from '../../common/uuid';
import { type AdjustedBy, type StoredAdjustment } from '../adjustments/adjustments.reader';
import {
  type EventAdjustmentView,
  type EventCostView,
  type EventRef,
  type EventView,
} from '../dto/event.dto';
import { type DimensionRow } from './dimensions';
import { readCostLines } from './event-text';
import { COST_STATUSES, DOORS, EVENT_STATUSES, fromCode, ORIGINS } from './event';

export type Int = number | string;

/** An event's row with its details, as the engines give it: integers as numbers or text, money as text. */
export interface StoredEvent {
  readonly occurred_at: Int;
  readonly id: Buffer;
  readonly call_id: Buffer;
  readonly attempt: Int;
  readonly ends_call: Int;
  readonly status: Int;
  readonly origin: Int | null;
  readonly door: Int;
  readonly streamed: Int;
  readonly api_key: Int | null;
  readonly provider: Int | null;
  readonly model: Int | null;
  readonly vendor_model: Int;
  readonly end_user: Int | null;
  readonly vector: string | null;
  readonly input_tokens: Int | null;
  readonly output_tokens: Int | null;
  readonly cached_tokens: Int | null;
  readonly reasoning_tokens: Int | null;
  readonly cost: string | null;
  readonly list_cost: string | null;
  readonly cost_status: Int;
  readonly price: Int | null;
  readonly error_code: string | null;
  readonly latency_ms: Int | null;
  readonly first_token_ms: Int | null;
  readonly overhead_us: Int | null;
  readonly settled_at: Int | null;
  readonly request_id: string | null;
  readonly metadata: string | null;
  readonly vendor_response_id: string | null;
  readonly served: unknown;
  readonly flags: unknown;
  readonly cost_lines: unknown;
  readonly raw_usage: string | null;
  readonly error_message: string | null;
}

export const EVENT_COLUMNS = [
  'occurred_at',
  'id',
  'call_id',
  'attempt',
  'ends_call',
  'status',
  'origin',
  'door',
  'streamed',
  'api_key',
  'provider',
  'model',
  'vendor_model',
  'end_user',
  'vector',
  'input_tokens',
  'output_tokens',
  'cached_tokens',
  'reasoning_tokens',
  'cost_status',
  'price',
  'error_code',
  'latency_ms',
  'first_token_ms',
  'overhead_us',
  'settled_at',
].map((column) => `e.${column}`);

const numberOrNull = (value: Int | null): number | null => (value === null ? null : Number(value));
const moment = (value: Int): string => new Date(Number(value)).toISOString();

const dollarsOrNull = (amount: bigint | null): string | null =>
  amount === null ? null : formatDollars(amount);

/** An event as it is shown: its cost is what was recorded and what corrections add to it. */
export function toEventView(
  row: StoredEvent,
  described: ReadonlyMap<number, DimensionRow>,
  tags: string[],
  adjusted: AdjustedBy | undefined,
): EventView {
  const find = (id: Int | null): DimensionRow | undefined => described.get(Number(id ?? 0));
  const ref = (id: Int | null): EventRef | null => {
    const dimension = find(id);
    return dimension ? { id: dimension.value, name: dimension.label } : null;
  };
  const vendorModel = find(row.vendor_model);
  const input = numberOrNull(row.input_tokens);
  const output = numberOrNull(row.output_tokens);
  const completionId = uuidFromBytes(row.call_id);
  const overheadUs = numberOrNull(row.overhead_us);
  return {
    id: uuidFromBytes(row.id),
    completionId,
    requestId: row.request_id ?? completionId,
    attempt: Number(row.attempt),
    endsCall: Number(row.ends_call) === 1,
    status: fromCode(EVENT_STATUSES, row.status),
    origin: row.origin === null ? null : fromCode(ORIGINS, row.origin),
    errorCode: row.error_code,
    door: fromCode(DOORS, row.door),
    streamed: Number(row.streamed) === 1,
    occurredAt: moment(row.occurred_at),
    settledAt: row.settled_at === null ? null : moment(row.settled_at),
    model: ref(row.model),
    provider: ref(row.provider),
    apiKey: ref(row.api_key),
    user: find(row.end_user)?.label ?? null,
    vendor: vendorModel?.value.slice(0, vendorModel.value.indexOf('/')) ?? '',
    vendorModel: vendorModel?.label ?? '',
    usage: {
      inputTokens: input,
      outputTokens: output,
      cachedTokens: numberOrNull(row.cached_tokens),
      reasoningTokens: numberOrNull(row.reasoning_tokens),
      totalTokens: input === null || output === null ? null : input + output,
      vector: row.vector === null ? null : (JSON.parse(row.vector) as Record<string, number>),
    },
    cost: {
      ...effectiveCost(row, adjusted),
      currency: 'USD',
      priceVersionId: find(adjusted?.price ? adjusted.price : row.price)?.value ?? null,
    },
    performance: {
      latencyMs: numberOrNull(row.latency_ms),
      timeToFirstTokenMs: numberOrNull(row.first_token_ms),
      overheadMs: overheadUs === null ? null : overheadUs / 1000,
    },
    tags,
    metadata: row.metadata === null ? null : (JSON.parse(row.metadata) as Record<string, unknown>),
  };
}

function effectiveCost(
  row: StoredEvent,
  adjusted: AdjustedBy | undefined,
): Pick<EventCostView, 'amount' | 'listAmount' | 'status'> {
  const cost = row.cost === null ? null : BigInt(row.cost);
  const list = row.list_cost === null ? cost : BigInt(row.list_cost);
  if (!adjusted || adjusted.onlyMoved) {
    return {
      amount: dollarsOrNull(cost),
      listAmount: dollarsOrNull(list),
      status: fromCode(COST_STATUSES, row.cost_status),
    };
  }
  return {
    amount: formatDollars((cost ?? 0n) + adjusted.amount),
    listAmount: formatDollars((list ?? 0n) + adjusted.listAmount),
    status: 'adjusted',
  };
}

export function toAdjustmentView(
  adjustment: StoredAdjustment,
  described: ReadonlyMap<number, DimensionRow>,
): EventAdjustmentView {
  const { revision, kind, bookedAt, recordedAt, amount, listAmount, price, runId, costLines } = adjustment;
  return {
    id: uuidFromBytes(adjustment.id),
    revision,
    kind,
    bookedAt: moment(bookedAt),
    recordedAt: moment(recordedAt),
    amount: formatDollars(amount),
    listAmount: formatDollars(listAmount),
    priceVersionId: described.get(price)?.value ?? null,
    runId: runId === null ? null : uuidFromBytes(runId),
    costLines: [...readCostLines(costLines)],
  };
}
