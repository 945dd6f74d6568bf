import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type SqlDialect } from '../database/engine';
import {
  type Budget,
  type BudgetUnit,
  type Enforcement,
  type ScopeKind,
  type PassPolicy,
  type WindowKind,
} from './budget';

@Entity('budgets')
export class BudgetRow {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  /** Given by the database, in the order of making. */
  @Column({ type: 'int', insert: false, update: false })
  number: number;

  @Column({ name: 'team_id', type: 'varchar', length: 36 })
  teamId: string;

  @Column({ type: 'varchar', length: 100 })
  name: string;

  @Column({ name: 'scope_kind', type: 'varchar', length: 16 })
  scopeKind: ScopeKind;

  /** As the caller named it: an id, a user or a tag; the team's id for a team. */
  @Column({ name: 'scope_id', type: 'varchar', length: 200 })
  scopeId: string;

  @Column({ type: 'int' })
  dimension: number;

  @Column({ type: 'varchar', length: 16 })
  unit: BudgetUnit;

  /** Digits: pico-dollars or tokens, beyond 64 bits. */
  @Column({ name: 'limit_value', type: 'varchar' })
  limitValue: string;

  @Column({ name: 'window_kind', type: 'varchar', length: 16 })
  windowKind: WindowKind;

  @Column({ type: 'varchar', length: 64 })
  timezone: string;

  @Column({ type: 'varchar', length: 10, nullable: true })
  anchor: string | null;

  @Column({ type: 'varchar', length: 8 })
  enforcement: Enforcement;

  @Column({ type: 'varchar', length: 8 })
  unpriced: PassPolicy;

  @Column({ type: 'varchar', length: 8 })
  unbounded: PassPolicy;

  @Column({ type: 'json' })
  thresholds: number[];

  @Column({ name: 'webhook_url', type: 'text', nullable: true })
  webhookUrl: string | null;

  /** Encrypted. */
  @Column({ name: 'webhook_secret', type: 'text', nullable: true })
  webhookSecret: string | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;

  @Column({ name: 'updated_at', type: 'datetime', precision: 3 })
  updatedAt: Date;
}

/** A row as hand-written SQL gives it. */
export interface StoredBudget {
  readonly number: number | string;
  readonly id: string;
  readonly team_id: string;
  readonly name: string;
  readonly scope_kind: ScopeKind;
  readonly dimension: number | string;
  readonly unit: BudgetUnit;
  readonly limit_value: string;
  readonly window_kind: WindowKind;
  readonly timezone: string;
  readonly anchor: string | null;
  readonly enforcement: Enforcement;
  readonly unpriced: PassPolicy;
  readonly unbounded: PassPolicy;
  /** JSON, as text or parsed by the driver. */
  readonly thresholds: unknown;
  /** 0 or 1. */
  readonly has_webhook: number | string;
}

/** The columns of a stored budget. */
export function storedColumns(table: string, dialect: SqlDialect): string {
  const same = [
    'number',
    'id',
    'team_id',
    'name',
    'scope_kind',
    'dimension',
    'unit',
    'window_kind',
    'timezone',
    'anchor',
    'enforcement',
    'unpriced',
    'unbounded',
    'thresholds',
  ];
  return [
    ...same.map((column) => `${table}.${column} AS ${column}`),
    `${dialect.integerText(`${table}.limit_value`)} AS limit_value`,
    `CASE WHEN ${table}.webhook_url IS NULL THEN 0 ELSE 1 END AS has_webhook`,
  ].join(', ');
}

export function toBudget(row: StoredBudget): Budget {
  const thresholds: unknown =
    typeof row.thresholds === 'string' ? JSON.parse(row.thresholds) : row.thresholds;
  return {
    number: Number(row.number),
    id: row.id,
    teamId: row.team_id,
    name: row.name,
    scopeKind: row.scope_kind,
    dimension: Number(row.dimension),
    unit: row.unit,
    limit: BigInt(row.limit_value),
    windowKind: row.window_kind,
    timezone: row.timezone,
    anchor: row.anchor,
    enforcement: row.enforcement,
    unpriced: row.unpriced,
    unbounded: row.unbounded,
    thresholds: Array.isArray(thresholds) ? thresholds.map(Number) : [],
    hasWebhook: Number(row.has_webhook) === 1,
  };
}

/** The same of an entity. */
export function budgetOf(row: BudgetRow): Budget {
  return {
    number: row.number,
    id: row.id,
    teamId: row.teamId,
    name: row.name,
    scopeKind: row.scopeKind,
    dimension: row.dimension,
    unit: row.unit,
    limit: BigInt(row.limitValue),
    windowKind: row.windowKind,
    timezone: row.timezone,
    anchor: row.anchor,
    enforcement: row.enforcement,
    unpriced: row.unpriced,
    unbounded: row.unbounded,
    thresholds: row.thresholds,
    hasWebhook: row.webhookUrl !== null,
  };
}
