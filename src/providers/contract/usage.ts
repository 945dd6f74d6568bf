/** Token classes: priced per million tokens. Every token of a call is in exactly one of them. */
export const TOKEN_CLASSES = [
  'input_text',
  'input_audio',
  'input_image',
  'input_video',
  'input_tool',
  'cache_read_text',
  'cache_read_audio',
  'cache_read_image',
  'cache_read_video',
  'cache_write_5m',
  'cache_write_1h',
  'cache_write_30m',
  'cache_write_12h',
  'output_text',
  'output_reasoning',
  'output_audio',
  'output_image',
  'output_video',
  'embedding_input',
] as const;

/** Unit classes: priced per unit (a search, a second, a token-hour of storage). */
export const UNIT_CLASSES = [
  'web_search_requests',
  'web_fetch_requests',
  'grounding_prompts',
  'grounding_queries',
  'file_search_calls',
  'container_sessions',
  'images',
  'audio_input_seconds',
  'cache_storage_token_hours',
] as const;

export type TokenClass = (typeof TOKEN_CLASSES)[number];
export type UnitClass = (typeof UNIT_CLASSES)[number];
export type UsageClass = TokenClass | UnitClass;

/** Counts in disjoint classes; an absent class is zero. Cost = Σ count × price of exactly one class. */
export type UsageVector = Readonly<Partial<Record<UsageClass, number>>>;

/** What one model is billed for. A call has several when the vendor used further models to serve it. */
export interface MeteredLine {
  /** The vendor's model id as the answer names it, not as it was asked for. */
  readonly model: string;
  readonly vector: UsageVector;
  /** All input tokens of the line, cached and written ones included: the context tier is chosen by it. */
  readonly promptTotal: number;
}

/** How the vendor says it served the call. Prices follow what was served, never what was asked for. */
export interface Served {
  /** `standard`, `batch`, `flex`, `priority`, `fast`, `ultrafast`, … */
  readonly tier: string;
  /** A region class with prices of its own (`regional`, `us`), or null. */
  readonly region: string | null;
}

export const USAGE_QUALITIES = ['exact', 'estimated', 'lower_bound', 'missing'] as const;
export type UsageQuality = (typeof USAGE_QUALITIES)[number];

/**
 * A flag with this prefix names a class that the vendor does not charge in this call, although its price row
 * has a price for it: `free:input_tool` for what Google Search retrieved.
 */
export const FREE_CLASS_FLAG = 'free:';

export interface Metered {
  /** The sum of the lines, or null when the usage is unknown. Unknown is never zero. */
  readonly vector: UsageVector | null;
  readonly lines: readonly MeteredLine[];
  /** The input tokens of the first line, which is the answer's own model. */
  readonly promptTotal: number;
  readonly served: Served;
  readonly quality: UsageQuality;
  /** What was odd or inferred, for the ledger: `usage_missing`, `cached_modality_unknown`, `not_billed`, … */
  readonly flags: readonly string[];
}

/** What is known beside the vendor's usage object, for usage that was not measured by a call of ours. */
export interface MeterContext {
  /** The vendor's API: `chat.completions`, `responses`, `embeddings`, `messages`, `generateContent`, … */
  readonly api: string;
  /** The model the call was made with; used when the answer names none. */
  readonly model: string;
  readonly batch?: boolean;
  readonly servedTier?: string;
  readonly speed?: string;
  readonly geo?: string;
  readonly baseUrl?: string;
  readonly responseHeaders?: Readonly<Record<string, string>>;
}
