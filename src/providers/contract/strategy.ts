import {
  type CompletionParameters,
  type CompletionPart,
  type CompletionRequest,
  type CompletionResult,
  type EmbeddingRequest,
  type EmbeddingResult,
} from './completion';
import { type BillingSource } from './billing-report';
import { type CostEstimate } from './estimate';
import { type NativeOffer, type NativeWay } from './native';
import { type PriceRow } from './price';
import { type CountedInput } from './quote';
import { type Quoting } from './quote-rules';
import { type CallTimeouts, type Transport } from './transport';
import { type Metered, type MeterContext } from './usage';

/** A provider's account, decrypted: all that a strategy knows of it. */
export interface VendorAccount {
  readonly apiKey: string;
  readonly baseUrl?: string;
}

export interface CallOptions {
  readonly signal: AbortSignal;
  readonly timeouts: CallTimeouts;
}

export type Verdict = 'ok' | 'bad_key' | 'no_access' | 'rate_limited' | 'unreachable' | 'bad_response';
export interface Validation {
  readonly verdict: Verdict;
  readonly message: string;
}

/** A model as the vendor lists it today. */
export interface VendorModel {
  readonly id: string;
  readonly displayName: string | null;
  readonly createdAt: Date | null;
}

/** One vendor account's way of doing what every vendor does. One call is one attempt: no retries inside. */
export interface ProviderStrategy {
  /** @throws VendorError */
  generateCompletion(request: CompletionRequest, options: CallOptions): Promise<CompletionResult>;
  /** The same, part by part. Leaving the loop early closes the vendor's connection. @throws VendorError */
  streamCompletion(
    request: CompletionRequest,
    options: CallOptions,
  ): AsyncGenerator<CompletionPart, void, undefined>;
  /**
   * What the request can cost by these price rows, without calling the vendor.
   * @param at when it starts, UTC milliseconds
   * @param counted its input, where somebody counted it; otherwise it is judged by its bytes
   */
  estimateCost(
    request: CompletionRequest,
    prices: readonly PriceRow[],
    at: number,
    counted?: CountedInput,
  ): CostEstimate;
  /** Absent for a vendor without embeddings. @throws VendorError */
  embed?(request: EmbeddingRequest, options: CallOptions): Promise<EmbeddingResult>;
  /** How many input tokens the vendor counts for the request; it costs nothing. Absent where it cannot be asked. @throws VendorError */
  countTokens?(request: CompletionRequest, options: CallOptions): Promise<number>;
  /** Asks the vendor whether the key works. It costs nothing and never throws for a vendor's answer. */
  validateConfiguration(options: CallOptions): Promise<Validation>;
  /** @throws VendorError */
  listModels(options: CallOptions): Promise<VendorModel[]>;
  /** Ends the connections once the calls in flight are done. */
  close(): Promise<void>;
}

export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

/** A vendor: what `vendors/index.ts` lists. `id` is a provider's `type`. */
export interface VendorDefinition {
  readonly id: string;
  readonly displayName: string;
  /** Empty when every provider has to give its own. */
  readonly defaultBaseUrl: string;
  /** The vendor whose rows of the price book and catalog apply. */
  readonly priceVendor: string;
  /** The vendor's API that completions go to, as price rows name it (`surface`). */
  readonly completionApi: string;
  /** What callers who speak the vendor's own format may use; absent for none. */
  readonly native?: NativeOffer;
  /** How it bills, for bounds and estimates of calls. */
  readonly quoting: Quoting;
  /** The vendor's own account of usage and cost; absent where it has none. */
  readonly billing?: BillingSource;
  createStrategy(account: VendorAccount, transport: Transport): ProviderStrategy;
  /** Present where `native` is. */
  createNativeWay?(account: VendorAccount, transport: Transport): NativeWay;
  /** The vendor's raw usage object to the disjoint vector. Pure; it never throws. */
  meterUsage(raw: unknown, context: MeterContext): Metered;
  /** What the vendor refuses of these parameters, beyond the general ranges. Pure. */
  checkParameters(parameters: CompletionParameters, vendorModel: string): FieldProblem[];
}
