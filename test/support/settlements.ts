import { uuidv7Bytes, uuidv7BytesAt } from '../../src/common/uuid';
import { Database } from '../../src/database/database';
import { type DimensionKind, Dimensions } from '../../src/usage/ledger/dimensions';
import { type EventDimensions, type OpenEvent, type Settlement } from '../../src/usage/ledger/event';
import { type CallBound, type Opening } from '../../src/usage/ledger/spending-books';
import { type Studio } from './studio';

/** An event's row as both engines give it, money as text. */
export interface EventRow {
  readonly id: Buffer;
  readonly occurred_at: number | string;
  readonly status: number | string;
  readonly owner: number | string | null;
  readonly cost: string | null;
  readonly error_code: string | null;
  readonly settled_at: number | string | null;
}

export async function dimension(
  studio: Studio,
  kind: DimensionKind,
  value: string,
  label = value,
): Promise<number> {
  return studio.app.get(Dimensions).resolve({ kind, value, label });
}

/** The first team: the admin key acts for it. */
export async function defaultTeam(studio: Studio): Promise<string> {
  const { body } = await studio.request<{ data: { id: string }[] }>('GET', '/api/v1/teams');
  const id = body.data[0]?.id;
  if (id === undefined) throw new Error('There is no team.');
  return id;
}

/** The dimensions that every event has; the rest is left out. */
export async function dimensionsFor(studio: Studio, teamId: string): Promise<EventDimensions> {
  return {
    team: await dimension(studio, 'team', teamId),
    apiKey: 0,
    provider: 0,
    model: 0,
    vendorModel: await dimension(studio, 'vendor_model', 'openai/gpt-4o-mini', 'gpt-4o-mini'),
    endUser: 0,
  };
}

export function openEvent(dimensions: EventDimensions, fields: Partial<OpenEvent> = {}): OpenEvent {
  const occurredAt = fields.occurredAt ?? Date.now();
  return {
    id: uuidv7BytesAt(occurredAt),
    occurredAt,
    callId: uuidv7Bytes(),
    attempt: 1,
    door: 'rest',
    streamed: false,
    dimensions,
    tags: [],
    metadata: null,
    ...fields,
  };
}

/** The event as it asks to be admitted; by default it can spend a cent and 100 tokens. */
export function opening(
  event: OpenEvent,
  bound: Omit<CallBound, 'unbounded'> & Partial<CallBound> = { amount: 10n ** 10n, tokens: 100 },
): Opening {
  return { event, bound: () => ({ unbounded: [], ...bound }) };
}

/** A successful end, unless the fields say otherwise. */
export function settlementOf(
  event: OpenEvent,
  fields: Partial<Omit<Settlement, 'details'>> & { readonly details?: Partial<Settlement['details']> } = {},
): Settlement {
  return {
    event,
    status: 'succeeded',
    origin: null,
    endsCall: true,
    vendorModel: event.dimensions.vendorModel,
    vector: '{"input_text":10,"output_text":5}',
    tokens: { input: 10, output: 5, cached: 0, reasoning: 0 },
    cost: 4_500_000n,
    listCost: null,
    costStatus: 'priced',
    price: 0,
    errorCode: null,
    latencyMs: 100,
    firstTokenMs: null,
    overheadUs: null,
    settledAt: event.occurredAt + 100,
    ...fields,
    details: {
      requestId: 'request-1',
      vendorResponseId: null,
      served: null,
      flags: null,
      costLines: null,
      rawUsage: null,
      errorMessage: null,
      ...fields.details,
    },
  };
}

export async function readRow(studio: Studio, event: OpenEvent): Promise<EventRow | undefined> {
  const database = studio.app.get(Database);
  const rows = await database.query<EventRow>(
    `SELECT id, occurred_at, status, owner, ${database.dialect.integerText('cost')} AS cost, error_code, settled_at
     FROM usage_events WHERE occurred_at = ? AND id = ?`,
    [event.occurredAt, event.id],
  );
  return rows[0];
}

/** Rolls up until nothing is left to be rolled up. */
export async function rollUp(studio: Studio): Promise<void> {
  const database = studio.app.get(Database);
  for (let run = 0; run < 100; run += 1) {
    const [left] = await database.query<{ n: number | string }>(
      'SELECT COUNT(*) AS n FROM usage_dirty_buckets',
    );
    if (Number(left?.n) === 0) return;
    await studio.runJob('usage-rollup');
  }
  throw new Error('After 100 runs there is still something to roll up: the job fails.');
}
