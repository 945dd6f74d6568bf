import { Injectable } from '@nestjs/common';
import { formatDollars } from '../../common/money';
import { InvalidInput, NotFound } from '../../common/problem';
import { type TeamScope } from '../../common/tenancy/team-scope';
import { uuidFromBytes, uuidTimestamp, uuidToBytes } from '../../common/uuid';
import { readMoment } from '../../common/validation/moment';
import { Database } from '../../database/database';
import { type SqlValue } from '../../database/statement';
import { ModelDirectory } from '../../models/model-directory';
import {
  type EventDetailView,
  type EventPage,
  type EventRef,
  type EventsQuery,
  type EventView,
} from '../dto/event.dto';
import { type DimensionRow, Dimensions } from './dimensions';
import { codeOf, COST_STATUSES, DOORS, EVENT_STATUSES, fromCode, ORIGINS } from './event';

const DEFAULT_LIMIT = 100;

type Int = number | string;

interface StoredEvent {
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

const EVENT_COLUMNS = [
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

/** A raw query gives JSON columns as text on SQLite and parsed on MariaDB. */
const fromJson = <T>(value: unknown): T => (typeof value === 'string' ? JSON.parse(value) : value) as T;

/** Where a page ended: the moment and id of its last event. */
function toCursor(event: StoredEvent): string {
  return Buffer.from(`${event.occurred_at}:${event.id.toString('hex')}`).toString('base64url');
}

function fromCursor(cursor: string): [number, Buffer] {
  const match = /^(\d{1,16}):([0-9a-f]{32})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  if (!match) throw InvalidInput.field('cursor', 'is not a cursor of this list; leave it out to start anew');
  return [Number(match[1]), Buffer.from(match[2] ?? '', 'hex')];
}

/** The ledger as clients read it, the newest events first. */
@Injectable()
export class EventsReader {
  constructor(
    private readonly database: Database,
    private readonly dimensions: Dimensions,
    private readonly directory: ModelDirectory,
  ) {}

  async list(scope: TeamScope, query: EventsQuery): Promise<EventPage> {
    const where = await this.whereOf(scope, query);
    if (!where) return { data: [], nextCursor: null };
    const limit = query.limit ?? DEFAULT_LIMIT;
    const rows = await this.database.query<StoredEvent>(
      `${this.select()} WHERE ${where.conditions.join(' AND ')} ORDER BY e.occurred_at DESC, e.id DESC LIMIT ${limit + 1}`,
      where.values,
    );
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      data: await this.toViews(page),
      nextCursor: rows.length > limit && last ? toCursor(last) : null,
    };
  }

  async get(scope: TeamScope, id: string): Promise<EventDetailView> {
    const missing = new NotFound(`The usage event "${id}"`);
    const bytes = uuidToBytes(id);
    const team = await this.dimensions.find('team', scope.teamId);
    if (!bytes || team === undefined) throw missing;
    const rows = await this.database.query<StoredEvent>(
      `${this.select()} WHERE e.team = ? AND e.occurred_at = ? AND e.id = ?`,
      [team, uuidTimestamp(bytes), bytes],
    );
    const [row] = rows;
    const [view] = await this.toViews(rows);
    if (!row || !view) throw missing;
    return {
      ...view,
      costLines: fromJson<EventDetailView['costLines'] | null>(row.cost_lines) ?? [],
      rawUsage: row.raw_usage === null ? null : (JSON.parse(row.raw_usage) as unknown),
      served: fromJson<EventDetailView['served']>(row.served),
      flags: fromJson<string[] | null>(row.flags) ?? [],
      vendorResponseId: row.vendor_response_id,
      errorMessage: row.error_message,
    };
  }

  private select(): string {
    const cost = `${this.database.dialect.integerText('e.cost')} AS cost`;
    const details = [
      'request_id',
      'metadata',
      'vendor_response_id',
      'served',
      'flags',
      'cost_lines',
      'raw_usage',
      'error_message',
    ];
    return `SELECT ${EVENT_COLUMNS.join(', ')}, ${cost}, ${details.map((column) => `d.${column}`).join(', ')}
      FROM usage_events e LEFT JOIN usage_event_details d ON d.occurred_at = e.occurred_at AND d.event_id = e.id`;
  }

  /** Null when nothing can match. */
  private async whereOf(
    scope: TeamScope,
    query: EventsQuery,
  ): Promise<{ conditions: string[]; values: SqlValue[] } | null> {
    const team = await this.dimensions.find('team', scope.teamId);
    if (team === undefined) return null;
    const conditions = ['e.team = ?'];
    const values: SqlValue[] = [team];
    const add = (condition: string, ...bound: SqlValue[]): void => {
      conditions.push(condition);
      values.push(...bound);
    };
    const from = query.from === undefined ? null : readMoment(query.from);
    const to = query.to === undefined ? null : readMoment(query.to);
    if (from !== null && to !== null && from >= to) {
      throw InvalidInput.field('to', 'must be after from: the time is half-open, [from, to)');
    }
    if (from !== null) add('e.occurred_at >= ?', from);
    if (to !== null) add('e.occurred_at < ?', to);
    if (query.status !== undefined) add('e.status = ?', codeOf(EVENT_STATUSES, query.status));
    if (query.model !== undefined) {
      const id = (await this.directory.of(scope)).modelsByName.get(query.model)?.id ?? query.model;
      const model = await this.dimensions.find('model', id);
      if (model === undefined) return null;
      add('e.model = ?', model);
    }
    if (query.tag !== undefined) {
      const tag = await this.dimensions.find('tag', `${scope.teamId}/${query.tag}`);
      if (tag === undefined) return null;
      add(
        'EXISTS (SELECT 1 FROM usage_event_tags t WHERE t.tag = ? AND t.occurred_at = e.occurred_at AND t.event_id = e.id)',
        tag,
      );
    }
    if (query.cursor !== undefined) {
      const [at, id] = fromCursor(query.cursor);
      add('(e.occurred_at < ? OR (e.occurred_at = ? AND e.id < ?))', at, at, id);
    }
    return { conditions, values };
  }

  private async toViews(rows: readonly StoredEvent[]): Promise<EventView[]> {
    const tags = await this.tagsOf(rows);
    const ids = rows.flatMap((row) =>
      [row.api_key, row.provider, row.model, row.vendor_model, row.end_user, row.price].map((id) =>
        Number(id ?? 0),
      ),
    );
    const described = await this.dimensions.describe([...ids, ...[...tags.values()].flat()]);
    return rows.map((row) => {
      const names = (tags.get(keyOf(row)) ?? []).map((id) => described.get(id)?.label ?? '');
      return toView(row, described, names.sort());
    });
  }

  private async tagsOf(rows: readonly StoredEvent[]): Promise<Map<string, number[]>> {
    const tags = new Map<string, number[]>();
    for (let start = 0; start < rows.length; start += 200) {
      const part = rows.slice(start, start + 200);
      const found = await this.database.query<{ tag: Int; occurred_at: Int; event_id: Buffer }>(
        `SELECT tag, occurred_at, event_id FROM usage_event_tags WHERE ${part.map(() => '(occurred_at = ? AND event_id = ?)').join(' OR ')}`,
        part.flatMap((row) => [row.occurred_at, row.id]),
      );
      for (const { tag, event_id } of found) {
        const key = event_id.toString('hex');
        tags.set(key, [...(tags.get(key) ?? []), Number(tag)]);
      }
    }
    return tags;
  }
}

function keyOf(row: StoredEvent): string {
  return row.id.toString('hex');
}

function toView(row: StoredEvent, described: ReadonlyMap<number, DimensionRow>, tags: string[]): EventView {
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
      amount: row.cost === null ? null : formatDollars(BigInt(row.cost)),
      currency: 'USD',
      status: fromCode(COST_STATUSES, row.cost_status),
      priceVersionId: find(row.price)?.value ?? null,
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
