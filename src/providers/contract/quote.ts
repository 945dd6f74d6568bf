import { type PicoDollars } from '../../common/money';
import { boundCall, countPictures, type BoundedCall, type CallBound, OUTPUT_CLASSES } from './bound';
import { type CompletionRequest } from './completion';
import { type CostEstimate } from './estimate';
import { type CallExtent } from './extent';
import { expectAudioTokens, expectDocumentTokens } from './media-tokens';
import { type PriceRow } from './price';
import { type KindClasses, type Quoting } from './quote-rules';
import { dearestRate, listRates, listRateSteps, type RateStep } from './rate-steps';
import { extentOfRequest, listMedia } from './request-extent';

/** Where and when a request is sent. */
export interface QuotedAt {
  /** The vendor's API, as price rows name it. */
  readonly surface: string;
  /** The provider's own base URL; absent for the vendor's. */
  readonly baseUrl?: string;
  /** When the call starts, UTC milliseconds. */
  readonly at: number;
}

/** Input that somebody counted: the texts of a request, or all of it by the vendor. */
export type CountedInput =
  | { readonly basis: 'tokenizer'; readonly textTokens: number }
  | { readonly basis: 'api_count'; readonly inputTokens: number };

/** The most that a request can cost and use; `amount` is the estimate's `high`, exactly. */
export function boundRequest(
  request: CompletionRequest,
  prices: readonly PriceRow[],
  quoting: Quoting,
  place: QuotedAt,
): CallBound {
  return boundCall(toBoundedCall(request, quoting, place), prices);
}

function toBoundedCall(
  request: CompletionRequest,
  quoting: Quoting,
  { surface, at, baseUrl }: QuotedAt,
): BoundedCall {
  const asked = quoting.findOutputLimit?.(request) ?? request.parameters.maxTokens ?? null;
  const extent = extentOfRequest(request, asked);
  return {
    extent,
    rules: quoting.rulesOf({ model: request.model, extent, ...(baseUrl !== undefined && { baseUrl }) }),
    vendorModel: request.model,
    surface,
    at,
    outputLimit: request.outputLimit,
    contextWindow: request.contextWindow ?? null,
  };
}

/** The share of the output limit that an answer is expected to use, and the most that it is, in tokens. */
const EXPECTED_SHARE = 0.25;
const EXPECTED_OUTPUT_MOST = 1000;
/** About what a frame around a message adds, in tokens. */
const FRAME_TOKENS = 4;
const BYTES_PER_TOKEN = 4;
/** About what a picture of an unknown size counts as. */
const PICTURE_TOKENS = 1500;

/**
 * What a request can cost.
 * - `high`: a bound, see `boundCall`: one token for each UTF-8 byte of text, and the vendor's frames.
 * - `low`: the counted input at the cheapest class it can land in (all of it cached, where that has a price),
 *   and one token of output, in the cheapest tier.
 * - `expected`: the counted input, uncached, in the tier that was asked for, and a quarter of the output limit,
 *   at most 1,000 tokens.
 * Input that nobody counted is taken for a quarter of its bytes (`low`: an eighth).
 * An amount is null when a class that it needs has no price.
 */
export function quoteRequest(
  request: CompletionRequest,
  prices: readonly PriceRow[],
  quoting: Quoting,
  place: QuotedAt,
  counted?: CountedInput,
): CostEstimate {
  const call = toBoundedCall(request, quoting, place);
  const bound = boundCall(call, prices);
  const { extent, rules } = call;
  const input = limitTo(bound.inputTokens, expectInput(request, extent, call, counted));
  const { servedTiers, regions } = rules;
  const steps = listRateSteps(prices, { vendorModel: request.model, ...place, servedTiers, regions });
  const output = Math.min(
    bound.outputLimit,
    Math.max(1, Math.min(EXPECTED_OUTPUT_MOST, Math.ceil(bound.outputLimit * EXPECTED_SHARE))),
  );
  const { amount: high } = bound;
  const low = high === null ? null : priceLow(stepAt(steps, input.low), rules.classes.text, input.low);
  const expected = high === null ? null : pricePlain(stepAt(steps, input.expected), input.expected, output);
  return {
    low,
    expected: expected === null ? null : between(low ?? 0n, expected, high ?? expected),
    high,
    inputTokens: { low: input.low, high: bound.inputTokens },
    maxOutputTokens: bound.outputLimit,
    basis: counted?.basis ?? 'bytes',
    unpricedClasses: bound.unpricedClasses,
    assumed: listAssumed(call),
    unbounded: bound.unbounded,
  };
}

function listAssumed({ extent, rules, outputLimit, contextWindow }: BoundedCall): CostEstimate['assumed'] {
  return [
    ...(extent.outputLimit === null && outputLimit === null ? (['output_limit'] as const) : []),
    ...(countPictures(extent, rules).open.length > 0 && contextWindow === null
      ? (['context_window'] as const)
      : []),
  ];
}

interface InputGuess {
  readonly low: number;
  readonly expected: number;
}

/** The least and the likely tokens of input. */
function expectInput(
  request: CompletionRequest,
  extent: CallExtent,
  { rules }: BoundedCall,
  counted: CountedInput | undefined,
): InputGuess {
  if (counted?.basis === 'api_count') return { low: counted.inputTokens, expected: counted.inputTokens };
  let media = 0;
  for (const size of extent.pictures) {
    // The formulas are exact where the size is known.
    const most = rules.pictureTokens(size);
    media += size === null || most === null ? Math.min(most ?? Infinity, PICTURE_TOKENS) : most;
  }
  for (const part of listMedia(request)) {
    if (part.type !== 'image')
      media += part.type === 'audio' ? expectAudioTokens(part) : expectDocumentTokens(part);
  }
  const text = counted
    ? { low: counted.textTokens, expected: Math.ceil(counted.textTokens * rules.tokenFactor) }
    : {
        low: Math.ceil(extent.text / (2 * BYTES_PER_TOKEN)),
        expected: Math.ceil(extent.text / BYTES_PER_TOKEN),
      };
  return { low: text.low, expected: text.expected + media + FRAME_TOKENS * (extent.frames + 1) };
}

/** The step of prices for a prompt of so many tokens. */
function stepAt(steps: readonly RateStep[], tokens: number): RateStep | undefined {
  return steps.findLast((step) => step.above === 0 || tokens > step.above);
}

function priceLow(step: RateStep | undefined, text: KindClasses, input: number): PicoDollars {
  const amounts = (step?.rows ?? []).flatMap((row) =>
    row ? [BigInt(input) * least(listRates(row, text.all)) + least(listRates(row, OUTPUT_CLASSES))] : [],
  );
  return least(amounts);
}

/** In the tier and region that come first: what was asked for. */
function pricePlain(step: RateStep | undefined, input: number, output: number): PicoDollars {
  const row = step?.rows[0];
  if (!row) return 0n;
  const rate = (name: 'input_text' | 'output_text'): PicoDollars => dearestRate(row, PLAIN[name]) ?? 0n;
  return BigInt(input) * rate('input_text') + BigInt(output) * rate('output_text');
}

const PLAIN = { input_text: ['input_text'], output_text: ['output_text'] } as const;

function least(amounts: readonly PicoDollars[]): PicoDollars {
  return amounts.reduce((found, amount) => (amount < found ? amount : found), amounts[0] ?? 0n);
}

/** In a few cases a longer prompt is the cheaper one: the three amounts stay in their order all the same. */
function between(low: PicoDollars, amount: PicoDollars, high: PicoDollars): PicoDollars {
  if (amount < low) return low;
  return amount > high ? high : amount;
}

function limitTo(most: number, { low, expected }: InputGuess): InputGuess {
  return { low: Math.min(low, most), expected: Math.min(Math.max(low, expected), most) };
}
