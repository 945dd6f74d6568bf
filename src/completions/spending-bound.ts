import { type PicoDollars } from '../common/money';
import { type ResolvedModel } from '../models/model-resolver';
import { boundCall, type BoundedCall, type CallBound } from '../providers/contract/bound';
import { type CompletionRequest, type EmbeddingRequest } from '../providers/contract/completion';
import { type CallExtent } from '../providers/contract/extent';
import { type WireBody } from '../providers/contract/native';
import { type PriceRow } from '../providers/contract/price';
import { boundRequest } from '../providers/contract/quote';
import { extentOfEmbedding } from '../providers/contract/request-extent';
import { type UsageClass } from '../providers/contract/usage';

/** The most that one attempt of a call can spend. */
export interface SpendingBound {
  /** Null when a class that it may use has no price. */
  readonly amount: PicoDollars | null;
  /** Of input and output together. */
  readonly tokens: number;
  readonly unpricedClasses: readonly UsageClass[];
  /** What nothing limits, by its name in the request: the bound holds but for that. */
  readonly unbounded: readonly string[];
}

/** Of a resolved model, what a bound depends on. */
export type BoundedModel = Pick<ResolvedModel, 'vendor' | 'vendorModel' | 'catalog' | 'baseUrl' | 'defaults'>;

/**
 * Of a request of the contract: its amount is the estimate's `high` for the same request, exactly.
 * @param prices the rows that may price the model for the team
 * @param at when the call starts, UTC milliseconds
 */
export function boundOfRequest(
  model: BoundedModel,
  request: CompletionRequest,
  prices: readonly PriceRow[],
  at: number,
): SpendingBound {
  const { vendor, baseUrl } = model;
  const place = { surface: vendor.completionApi, at, ...(baseUrl !== null && { baseUrl }) };
  return toSpending(boundRequest(request, prices, vendor.quoting, place));
}

/**
 * Of a body in the vendor's own format.
 * @param api one of the vendor's offer
 * @param prices the rows that may price the model for the team
 * @param at when the call starts, UTC milliseconds
 */
export function boundOfBody(
  model: BoundedModel,
  api: string,
  body: WireBody,
  prices: readonly PriceRow[],
  at: number,
): SpendingBound {
  const native = model.vendor.native?.apis[api];
  if (!native) throw new Error(`${model.vendor.displayName} has no native way for ${api}.`);
  const extent = native.measure(body, model.vendorModel, model.defaults);
  return toSpending(boundCall(toBoundedCall(model, extent, api, at), prices));
}

/**
 * Of texts that become vectors.
 * @param surface the API, as price rows name it
 * @param at when the call starts, UTC milliseconds
 */
export function boundOfEmbedding(
  model: BoundedModel,
  request: EmbeddingRequest,
  surface: string,
  prices: readonly PriceRow[],
  at: number,
): SpendingBound {
  return toSpending(boundCall(toBoundedCall(model, extentOfEmbedding(request), surface, at), prices));
}

function toBoundedCall(
  { vendor, vendorModel, catalog, baseUrl }: BoundedModel,
  extent: CallExtent,
  surface: string,
  at: number,
): BoundedCall {
  return {
    extent,
    rules: vendor.quoting.rulesOf({ model: vendorModel, extent, ...(baseUrl !== null && { baseUrl }) }),
    vendorModel,
    surface,
    at,
    outputLimit: catalog?.maxOutputTokens ?? null,
    contextWindow: catalog?.contextWindow ?? null,
  };
}

function toSpending({
  amount,
  inputTokens,
  outputTokens,
  unpricedClasses,
  unbounded,
}: CallBound): SpendingBound {
  return { amount, tokens: inputTokens + outputTokens, unpricedClasses, unbounded };
}
