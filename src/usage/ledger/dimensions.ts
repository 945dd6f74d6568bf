import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database';

export type DimensionKind =
  'team' | 'api_key' | 'provider' | 'model' | 'vendor_model' | 'end_user' | 'tag' | 'price';

/** What a dimension stands for: its value is unique in its kind, its label is shown to people. */
export interface Dimension {
  readonly kind: DimensionKind;
  readonly value: string;
  readonly label: string;
}

export interface DimensionRow extends Dimension {
  readonly id: number;
}

/** Of one kind. */
const MAX_KNOWN = 100_000;

interface Known {
  readonly id: number;
  readonly label: string;
}

/**
 * Gives the things that events are counted by small integers, so that a ledger row stays narrow and
 * outlives what it counts. Known ones are in memory; a new one is inserted once.
 */
@Injectable()
export class Dimensions {
  /** By kind, then by value: a key made of both would have to be put together and hashed at each look. */
  private readonly ids = new Map<DimensionKind, Map<string, Known>>();

  constructor(private readonly database: Database) {}

  /** The id from memory, or undefined when it has to be asked for with `resolve`. */
  peek({ kind, value, label }: Dimension): number | undefined {
    const known = this.ids.get(kind)?.get(value);
    return known?.label === label ? known.id : undefined;
  }

  async resolve(dimension: Dimension): Promise<number> {
    const known = this.peek(dimension);
    if (known !== undefined) return known;
    const { kind, value, label } = dimension;
    const { dialect } = this.database;
    await this.database.execute(
      `INSERT INTO usage_dimensions (kind, value, label) VALUES (?, ?, ?) ` +
        dialect.onConflict(['kind', 'value'], [`label = ${dialect.incoming('label')}`]),
      [kind, value, label],
    );
    const id = await this.find(kind, value);
    if (id === undefined) throw new Error(`The dimension ${kind} ${value} was not kept.`);
    this.remember(kind, value, { id, label });
    return id;
  }

  /** The id of a dimension that events may have, without making one. */
  async find(kind: DimensionKind, value: string): Promise<number | undefined> {
    const rows = await this.database.query<{ id: number | string }>(
      'SELECT id FROM usage_dimensions WHERE kind = ? AND value = ?',
      [kind, value],
    );
    return rows[0] ? Number(rows[0].id) : undefined;
  }

  /** The dimensions of these ids, by id. */
  async describe(ids: Iterable<number>): Promise<Map<number, DimensionRow>> {
    const wanted = [...new Set(ids)].filter((id) => id > 0);
    const found = new Map<number, DimensionRow>();
    for (let start = 0; start < wanted.length; start += 500) {
      const part = wanted.slice(start, start + 500);
      const rows = await this.database.query<{
        id: number | string;
        kind: DimensionKind;
        value: string;
        label: string;
      }>(
        `SELECT id, kind, value, label FROM usage_dimensions WHERE id IN (${part.map(() => '?').join(', ')})`,
        part,
      );
      for (const row of rows) found.set(Number(row.id), { ...row, id: Number(row.id) });
    }
    return found;
  }

  private remember(kind: DimensionKind, value: string, known: Known): void {
    const ofKind = this.ids.get(kind) ?? new Map<string, Known>();
    this.ids.set(kind, ofKind);
    ofKind.delete(value);
    ofKind.set(value, known);
    if (ofKind.size <= MAX_KNOWN) return;
    const oldest = ofKind.keys().next();
    if (!oldest.done) ofKind.delete(oldest.value);
  }
}
