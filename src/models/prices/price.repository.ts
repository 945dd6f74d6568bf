import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database, placeholders, type SqlRunner } from '../../database/database';
import { type SqlValue } from '../../database/statement';
import { type PriceRow } from '../../providers/contract/price';

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
}

/** A raw query gives JSON as text on SQLite and parsed on MariaDB. */
function fromJson<T>(value: unknown): T {
  return (typeof value === 'string' ? JSON.parse(value) : value) as T;
}

function toMoment(value: number | string | null): number | null {
  return value === null ? null : Number(value);
}

function toPriceRow(row: StoredPrice): PriceRow {
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
  };
}

/** The id of a row's content: a corrected row is another row, and what was billed stays explained. */
export function versionedId(row: PriceRow): string {
  const content = createHash('sha256').update(JSON.stringify(row)).digest('hex').slice(0, 12);
  return `${row.id}#${content}`;
}

/** The dated price rows in the database. */
@Injectable()
export class PriceRepository {
  constructor(private readonly database: Database) {}

  /** All rows that hold now: what was superseded stays in the table, for what it once priced. */
  async listCurrent(): Promise<PriceRow[]> {
    const rows = await this.database.query<StoredPrice>(
      'SELECT * FROM ai_prices WHERE superseded_at IS NULL',
    );
    return rows.map(toPriceRow);
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
      const rows = await runner.query<{ id: string; superseded_at: number | string | null }>(
        'SELECT id, superseded_at FROM ai_prices WHERE team_id IS NULL',
      );
      const known = new Map(rows.map((row) => [row.id, row.superseded_at]));
      const added = [...wanted].filter(([id]) => !known.has(id));
      const outdated = rows
        .filter((row) => row.superseded_at === null && !wanted.has(row.id))
        .map(({ id }) => id);
      const returned = rows
        .filter((row) => row.superseded_at !== null && wanted.has(row.id))
        .map(({ id }) => id);
      for (let start = 0; start < added.length; start += BATCH) {
        await this.insert(runner, added.slice(start, start + BATCH), recordedAt);
      }
      for (const id of outdated)
        await runner.execute('UPDATE ai_prices SET superseded_at = ? WHERE id = ?', [recordedAt, id]);
      for (const id of returned)
        await runner.execute('UPDATE ai_prices SET superseded_at = NULL WHERE id = ?', [id]);
      return { added: added.length, superseded: outdated.length };
    });
  }

  private async insert(
    runner: SqlRunner,
    rows: readonly (readonly [string, PriceRow])[],
    recordedAt: number,
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
      null,
      recordedAt,
    ]);
    // Another instance may import the same rows at the same moment.
    await runner.execute(
      `${this.database.dialect.insertIgnore} INTO ai_prices (${COLUMNS.join(', ')}) VALUES ${placeholders(COLUMNS.length, rows.length)}`,
      values,
    );
  }
}
