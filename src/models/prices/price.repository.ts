import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database, placeholders, type SqlReader, type SqlRunner } from '../../database/database';
import { type SqlValue } from '../../database/statement';
import { type PriceRow } from '../../providers/contract/price';
import { type PriceChange } from './price-changes';
import { type RecordedPrice } from './recorded-price';

const COLUMNS = [
  'id',
  'team_id',
  'vendor',
  'vendor_model',
  'surface',
  'served_tier',
  'region_class',
  'above_context_tokens',
  'valid_from',
  'valid_to',
  'guaranteed_until',
  'prices_per_million',
  'unit_prices',
  'source',
  'checked_on',
  'note',
  'recorded_at',
] as const;

const BATCH = 200;

interface StoredPrice {
  readonly id: string;
  readonly team_id: string | null;
  readonly vendor: string;
  readonly vendor_model: string;
  readonly surface: string | null;
  readonly served_tier: string;
  readonly region_class: string | null;
  readonly above_context_tokens: number | string;
  readonly valid_from: number | string;
  readonly valid_to: number | string | null;
  readonly guaranteed_until: number | string | null;
  readonly prices_per_million: unknown;
  readonly unit_prices: unknown;
  readonly source: string;
  readonly checked_on: string | null;
  readonly note: string | null;
  readonly recorded_at: number | string;
  readonly superseded_at: number | string | null;
}

/** A raw query gives JSON as text on SQLite and parsed on MariaDB. */
function fromJson<T>(value: unknown): T {
  return (typeof value === 'string' ? JSON.parse(value) : value) as T;
}

function toMoment(value: number | string | null): number | null {
  return value === null ? null : Number(value);
}

function toRecordedPrice(row: StoredPrice): RecordedPrice {
  return {
    id: row.id,
    teamId: row.team_id,
    vendor: row.vendor,
    vendorModel: row.vendor_model,
    surface: row.surface,
    servedTier: row.served_tier,
    regionClass: row.region_class,
    aboveContextTokens: Number(row.above_context_tokens),
    validFrom: Number(row.valid_from),
    validTo: toMoment(row.valid_to),
    guaranteedUntil: toMoment(row.guaranteed_until),
    pricesPerMillion: fromJson(row.prices_per_million),
    unitPrices: fromJson(row.unit_prices),
    source: row.source,
    checkedOn: row.checked_on,
    note: row.note,
    recordedAt: Number(row.recorded_at),
    supersededAt: toMoment(row.superseded_at),
  };
}

/** The id of a row's content: a corrected row is another row, and what was billed stays explained. */
export function versionedId(row: PriceRow): string {
  const content = createHash('sha256').update(JSON.stringify(row)).digest('hex').slice(0, 12);
  return `${row.id}#${content}`;
}

/** A row that is shipped again after it was not gets another id: when it held before stays known. */
function nextIdOf(content: string, known: readonly { readonly id: string }[]): string {
  const before = known.filter(({ id }) => contentOf(id) === content).length;
  return before === 0 ? content : `${content}~${before}`;
}

function contentOf(id: string): string {
  return id.replace(/~\d+$/, '');
}

/** Which rows are wanted. Times are UTC milliseconds. */
export interface PricesWanted {
  readonly vendor?: string;
  /** Exactly these model ids. */
  readonly vendorModels?: readonly string[];
  /** Those that are valid at this moment. */
  readonly at?: number;
  /** As the book was at this moment. */
  readonly recordedAt: number;
}

/** The dated price rows in the database. */
@Injectable()
export class PriceRepository {
  constructor(private readonly database: Database) {}

  /** Rises with every change of the prices. */
  async currentVersion(runner: SqlReader = this.database): Promise<bigint> {
    const { dialect } = this.database;
    const rows = await runner.query<{ version: string }>(
      `SELECT ${dialect.integerText('version')} AS version FROM ai_price_book WHERE id = 1`,
    );
    return BigInt(rows[0]?.version ?? 0);
  }

  /** All rows that hold now, with their version: what was superseded stays in the table, for what it once priced. */
  readCurrent(): Promise<{ version: bigint; rows: RecordedPrice[] }> {
    return this.database.snapshot(async (runner) => {
      const version = await this.currentVersion(runner);
      const rows = await runner.query<StoredPrice>('SELECT * FROM ai_prices WHERE superseded_at IS NULL');
      return { version, rows: rows.map(toRecordedPrice) };
    });
  }

  /** Rows that fit, a page of them in the order of their ids. A team's are those of its own and the shipped ones. */
  async page(
    teamId: string,
    query: PricesWanted,
    limit: number,
    after: string | null,
  ): Promise<RecordedPrice[]> {
    const conditions = ['(team_id IS NULL OR team_id = ?)', 'recorded_at <= ?'];
    conditions.push('(superseded_at IS NULL OR superseded_at > ?)');
    const values: SqlValue[] = [teamId, query.recordedAt, query.recordedAt];
    const add = (condition: string, ...bound: SqlValue[]): void => {
      conditions.push(condition);
      values.push(...bound);
    };
    if (query.vendor !== undefined) add('vendor = ?', query.vendor);
    if (query.vendorModels !== undefined)
      add(`vendor_model IN ${placeholders(query.vendorModels.length)}`, ...query.vendorModels);
    if (query.at !== undefined)
      add('valid_from <= ? AND (valid_to IS NULL OR valid_to > ?)', query.at, query.at);
    if (after !== null) add('id > ?', after);
    const rows = await this.database.query<StoredPrice>(
      `SELECT * FROM ai_prices WHERE ${conditions.join(' AND ')} ORDER BY id LIMIT ${limit}`,
      values,
    );
    return rows.map(toRecordedPrice);
  }

  /** A row of the team or a shipped one, whether it still holds or not. */
  async find(teamId: string, id: string, runner: SqlReader = this.database): Promise<RecordedPrice | null> {
    const rows = await runner.query<StoredPrice>(
      'SELECT * FROM ai_prices WHERE id = ? AND (team_id IS NULL OR team_id = ?)',
      [id, teamId],
    );
    return rows[0] ? toRecordedPrice(rows[0]) : null;
  }

  /** The team's own rows of a vendor's models that hold now; of all its models when none is named. */
  async listOwn(
    runner: SqlReader,
    teamId: string,
    vendor: string,
    vendorModels: readonly string[] | null,
  ): Promise<RecordedPrice[]> {
    const models = vendorModels ? ` AND vendor_model IN ${placeholders(vendorModels.length)}` : '';
    const rows = await runner.query<StoredPrice>(
      `SELECT * FROM ai_prices WHERE team_id = ? AND vendor = ? AND superseded_at IS NULL${models}`,
      [teamId, vendor, ...(vendorModels ?? [])],
    );
    return rows.map(toRecordedPrice);
  }

  /** Changes prices in one transaction that no other change of prices runs beside. */
  change<T>(work: (runner: SqlRunner) => Promise<T>): Promise<T> {
    return this.database.transaction(async (runner) => {
      await runner.execute('UPDATE ai_price_book SET version = version + 1 WHERE id = 1');
      return work(runner);
    });
  }

  /** Adds rows, with what their coming does to others. */
  async apply(
    runner: SqlRunner,
    rows: readonly RecordedPrice[],
    { superseded, remaining }: PriceChange,
    at: number,
  ): Promise<void> {
    const ids = superseded.map(({ id }) => id);
    await this.supersede(runner, ids, at);
    for (const row of [...rows, ...remaining])
      await this.insert(runner, [[row.id, row]], row.recordedAt, row.note);
  }

  async supersede(runner: SqlRunner, ids: readonly string[], at: number): Promise<void> {
    for (const id of ids)
      await runner.execute('UPDATE ai_prices SET superseded_at = ? WHERE id = ? AND superseded_at IS NULL', [
        at,
        id,
      ]);
  }

  /**
   * Makes the shipped rows exactly these, without touching a team's. Rows that are no longer shipped
   * are superseded, never deleted. Running it again changes nothing.
   */
  async replaceShipped(
    shipped: readonly PriceRow[],
    recordedAt: number,
  ): Promise<{ added: number; superseded: number }> {
    const wanted = new Map(shipped.map((row) => [versionedId(row), row]));
    return this.database.transaction(async (runner) => {
      const known = await runner.query<{ id: string; superseded_at: number | string | null }>(
        'SELECT id, superseded_at FROM ai_prices WHERE team_id IS NULL',
      );
      const current = known.filter((row) => row.superseded_at === null).map(({ id }) => id);
      const held = new Set(current.map(contentOf));
      const added = [...wanted]
        .filter(([content]) => !held.has(content))
        .map(([content, row]): [string, PriceRow] => [nextIdOf(content, known), row]);
      const outdated = current.filter((id) => !wanted.has(contentOf(id)));
      if (added.length + outdated.length === 0) return { added: 0, superseded: 0 };
      await runner.execute('UPDATE ai_price_book SET version = version + 1 WHERE id = 1');
      for (let start = 0; start < added.length; start += BATCH) {
        await this.insert(runner, added.slice(start, start + BATCH), recordedAt, null);
      }
      await this.supersede(runner, outdated, recordedAt);
      return { added: added.length, superseded: outdated.length };
    });
  }

  private async insert(
    runner: SqlRunner,
    rows: readonly (readonly [string, PriceRow])[],
    recordedAt: number,
    note: string | null,
  ): Promise<void> {
    const values = rows.flatMap(([id, row]): SqlValue[] => [
      id,
      row.teamId,
      row.vendor,
      row.vendorModel,
      row.surface,
      row.servedTier,
      row.regionClass,
      row.aboveContextTokens,
      row.validFrom,
      row.validTo,
      row.guaranteedUntil,
      JSON.stringify(row.pricesPerMillion),
      JSON.stringify(row.unitPrices),
      row.source,
      row.checkedOn,
      note,
      recordedAt,
    ]);
    // Another instance may import the same rows at the same moment.
    await runner.execute(
      `${this.database.dialect.insertIgnore} INTO ai_prices (${COLUMNS.join(', ')}) VALUES ${placeholders(COLUMNS.length, rows.length)}`,
      values,
    );
  }
}
