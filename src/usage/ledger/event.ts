import { type ErrorOrigin } from '../../providers/contract/vendor-error';

/** The states of an event, by their number in the ledger. A pending event gets exactly one of the others. */
export const EVENT_STATUSES = ['pending', 'succeeded', 'failed', 'aborted', 'unknown'] as const;
export type EventStatus = (typeof EVENT_STATUSES)[number];
export type FinalStatus = Exclude<EventStatus, 'pending'>;

export const ORIGINS: readonly ErrorOrigin[] = ['client', 'studio', 'vendor', 'network'];

/** Through which door a call came; `track` is usage that somebody else metered and reported. */
export const DOORS = ['rest', 'trpc', 'test', 'track', 'openai', 'anthropic', 'google'] as const;
export type Door = (typeof DOORS)[number];

export const COST_STATUSES = ['none', 'priced', 'estimated', 'unpriced', 'free', 'adjusted'] as const;
export type LedgerCostStatus = (typeof COST_STATUSES)[number];

export function codeOf<T>(list: readonly T[], value: T): number {
  const code = list.indexOf(value);
  if (code < 0) throw new Error(`"${String(value)}" has no number in the ledger.`);
  return code;
}

export function fromCode<T>(list: readonly T[], code: number | string): T {
  const value = list[Number(code)];
  if (value === undefined)
    throw new Error(`The ledger holds the number ${code}, which this version does not know.`);
  return value;
}

/** The ids of an event's dimensions in `usage_dimensions`; 0 for none. */
export interface EventDimensions {
  readonly team: number;
  readonly apiKey: number;
  readonly provider: number;
  readonly model: number;
  readonly vendorModel: number;
  readonly endUser: number;
}

/** One attempt at a vendor, from before it is made. */
export interface OpenEvent {
  readonly id: Buffer;
  /** UTC milliseconds. */
  readonly occurredAt: number;
  readonly callId: Buffer;
  /** From 1. */
  readonly attempt: number;
  readonly door: Door;
  readonly streamed: boolean;
  readonly dimensions: EventDimensions;
  readonly tags: readonly number[];
  /** JSON text, null for none. */
  readonly metadata: string | null;
}

/** Token totals for reports, derived from the vector; null when the usage is unknown. */
export interface TokenTotals {
  readonly input: number;
  readonly output: number;
  readonly cached: number;
  readonly reasoning: number;
}

/** How an attempt ended: what makes a pending event final. */
export interface Settlement {
  readonly event: OpenEvent;
  readonly status: FinalStatus;
  readonly origin: ErrorOrigin | null;
  /** Whether the call ends with this attempt, or another one follows. */
  readonly endsCall: boolean;
  /** The answer's model may be another than the one asked for. */
  readonly vendorModel: number;
  /** JSON text of the vector. */
  readonly vector: string | null;
  readonly tokens: TokenTotals | null;
  /** Pico-dollars, null when unknown. */
  readonly cost: bigint | null;
  /** The cost by the shipped list prices, pico-dollars; null when it is the same as the cost. */
  readonly listCost: bigint | null;
  readonly costStatus: LedgerCostStatus;
  /** The price row's id in `usage_dimensions`, 0 for none. */
  readonly price: number;
  readonly errorCode: string | null;
  readonly latencyMs: number | null;
  readonly firstTokenMs: number | null;
  readonly overheadUs: number | null;
  /** UTC milliseconds. */
  readonly settledAt: number;
  readonly details: EventDetails;
}

/** The bulky part, kept apart. Each is JSON or plain text, null for none. */
export interface EventDetails {
  readonly requestId: string | null;
  readonly vendorResponseId: string | null;
  readonly served: string | null;
  readonly flags: string | null;
  readonly costLines: string | null;
  readonly rawUsage: string | null;
  readonly errorMessage: string | null;
}
