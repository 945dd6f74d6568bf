import { Injectable } from '@nestjs/common';
import { InvalidInput, NotFound } from '../../common/problem';
import { type TeamScope } from '../../common/tenancy/team-scope';
import { uuidTimestamp, uuidToBytes } from '../../common/uuid';
import { readMoment } from '../../common/validation/moment';
import { Database } from '../../database/database';
import { type SqlValue } from '../../database/statement';
import { ModelDirectory } from '../../models/model-directory';
import { AdjustmentsReader } from '../adjustments/adjustments.reader';
import { type EventDetailView, type EventPage, type EventsQuery, type EventView } from '../dto/event.dto';
import { Dimensions } from './dimensions';
import { codeOf, EVENT_STATUSES } from './event';
import { fromJson, readCostLines } from './event-text';
import { EVENT_COLUMNS, type Int, type StoredEvent, toAdjustmentView, toEventView } from './event-view';

const DEFAULT_LIMIT = 100;

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
    private readonly adjustments: AdjustmentsReader,
  ) {}

  async list(scope: TeamScope, query: EventsQuery): Promise<EventPage> {
    const where = await this.whereOf(scope, query);
    if (!where) return { data: [], nextCursor: null };
    const limit = query.limit ?? DEFAULT_LIMIT;
    // Few events may carry a tag: they are found by it, and not by going through the team's.
    const index = query.tag === undefined ? 'idx_usage_events_team' : undefined;
    const rows = await this.database.query<StoredEvent>(
      `${this.select(index)} WHERE ${where.conditions.join(' AND ')} ORDER BY e.occurred_at DESC, e.id DESC LIMIT ${limit + 1}`,
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
      costLines: [...readCostLines(row.cost_lines)],
      rawUsage: row.raw_usage === null ? null : (JSON.parse(row.raw_usage) as unknown),
      served: fromJson<EventDetailView['served']>(row.served),
      flags: fromJson<string[] | null>(row.flags) ?? [],
      vendorResponseId: row.vendor_response_id,
      errorMessage: row.error_message,
      adjustments: await this.adjustmentsOf(row),
    };
  }

  private async adjustmentsOf(row: StoredEvent): Promise<EventDetailView['adjustments']> {
    const adjustments = await this.adjustments.list(row);
    const described = await this.dimensions.describe(adjustments.map(({ price }) => price));
    return adjustments.map((adjustment) => toAdjustmentView(adjustment, described));
  }

  private select(index?: string): string {
    const { dialect } = this.database;
    const cost = `${dialect.integerText('e.cost')} AS cost, ${dialect.integerText('e.list_cost')} AS list_cost`;
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
      FROM usage_events e ${index ? dialect.useIndex(index) : ''}
      LEFT JOIN usage_event_details d ON d.occurred_at = e.occurred_at AND d.event_id = e.id`;
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
    const adjusted = await this.adjustments.sumUp(this.database, rows);
    const ids = rows.flatMap((row) =>
      [row.api_key, row.provider, row.model, row.vendor_model, row.end_user, row.price].map((id) =>
        Number(id ?? 0),
      ),
    );
    const prices = [...adjusted.values()].map(({ price }) => price);
    const described = await this.dimensions.describe([...ids, ...prices, ...[...tags.values()].flat()]);
    return rows.map((row) => {
      const names = (tags.get(keyOf(row)) ?? []).map((id) => described.get(id)?.label ?? '');
      return toEventView(row, described, names.sort(), adjusted.get(keyOf(row)));
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
