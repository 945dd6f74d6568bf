import { type DimensionKind } from '../usage/ledger/dimensions';

export const SCOPE_KINDS = ['team', 'apiKey', 'model', 'provider', 'user', 'tag'] as const;
export type ScopeKind = (typeof SCOPE_KINDS)[number];

export const WINDOW_KINDS = ['hour', 'day', 'week', 'month', 'total'] as const;
export type WindowKind = (typeof WINDOW_KINDS)[number];

export const ENFORCEMENTS = ['hard', 'soft'] as const;
export type Enforcement = (typeof ENFORCEMENTS)[number];

/** What a hard budget does with a call of which nobody can say what it costs at most. */
export const PASS_POLICIES = ['refuse', 'allow'] as const;
export type PassPolicy = (typeof PASS_POLICIES)[number];

export type BudgetUnit = 'amount' | 'tokens';

/** The ledger's dimension that a scope is counted by. */
export const DIMENSION_OF: Readonly<Record<ScopeKind, DimensionKind>> = {
  team: 'team',
  apiKey: 'api_key',
  model: 'model',
  provider: 'provider',
  user: 'end_user',
  tag: 'tag',
};

/** A budget as calls are held against it. */
export interface Budget {
  /** Its row's number: narrow, and in the order in which locks are taken. */
  readonly number: number;
  readonly id: string;
  readonly teamId: string;
  readonly name: string;
  readonly scopeKind: ScopeKind;
  /** The scope's id in `usage_dimensions`. */
  readonly dimension: number;
  readonly unit: BudgetUnit;
  /** Pico-dollars or tokens. */
  readonly limit: bigint;
  readonly windowKind: WindowKind;
  /** IANA zone that windows are cut in. */
  readonly timezone: string;
  /** Local date (YYYY-MM-DD) that windows are counted from, null for the calendar's own. */
  readonly anchor: string | null;
  readonly enforcement: Enforcement;
  /** Of a call without a price. */
  readonly unpriced: PassPolicy;
  /** Of a call that lets the vendor do what nothing limits. */
  readonly unbounded: PassPolicy;
  /** Percent of the limit, ascending. */
  readonly thresholds: readonly number[];
  /** Whether passed thresholds are posted somewhere. */
  readonly hasWebhook: boolean;
}

/** A half-open time, UTC milliseconds, in which a budget's limit holds. */
export interface BudgetWindow {
  readonly start: number;
  readonly end: number;
}
