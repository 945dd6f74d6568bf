import { type PicoDollars } from '../../common/money';
import { type CompletionRequest, type ContentPart, type Message } from './completion';
import { type CostEstimate } from './estimate';
import { audioTokens, documentTokens, type MediaTokens } from './media-tokens';
import { findUnitPrice, priceCount, type PriceRow } from './price';
import { choosePriceRow } from './price-choice';
import { type TokenClass } from './usage';

/** What a quote has to know beside the request and the prices. Counts are tokens. */
export interface QuoteRules {
  /** The most that one image can count as. */
  readonly imageTokensHigh: number;
  /** What the vendor adds around each message and each tool. */
  readonly messageOverheadTokens: number;
  /** What the vendor adds once per request, such as its own instructions for tools. Default 0. */
  readonly requestOverheadTokens?: number;
  /** When the call starts, UTC milliseconds. */
  readonly at: number;
  /** The vendor's API, such as `responses`. */
  readonly surface: string;
  /** The region class of the vendor's host. Default null. */
  readonly region?: string | null;
  /** The tiers in which the vendor may serve the request: the dearest counts. Default `['standard']`. */
  readonly servedTiers?: readonly string[];
  /** The classes that text of the input can land in. Default: uncached, cached, or written to any cache. */
  readonly inputClasses?: readonly TokenClass[];
  /** The share of the output limit that is expected to be used, 0 to 1. Default 0.25. */
  readonly expectedOutputShare?: number;
}

const TEXT_INPUT: readonly TokenClass[] = [
  'input_text',
  'cache_read_text',
  'cache_write_5m',
  'cache_write_1h',
  'cache_write_30m',
  'cache_write_12h',
];
/** Pictures, and the pages of documents, which some vendors count as pictures. */
const IMAGE_INPUT: readonly TokenClass[] = ['input_image', 'cache_read_image'];
const AUDIO_INPUT: readonly TokenClass[] = ['input_audio', 'cache_read_audio'];
const OUTPUT: readonly TokenClass[] = [
  'output_text',
  'output_reasoning',
  'output_audio',
  'output_image',
  'output_video',
];

/**
 * What a request can cost, without asking the vendor.
 * - `high`: a bound. One token per UTF-8 byte of everything sent (a byte-level tokeniser never makes more), the
 *   stated overheads, each at the dearest class and tier it can land in, and the whole output limit. Documents
 *   and sound are judged by their bytes (`media-tokens.ts`): for a PDF this is generous, but no bound.
 * - `low`: an eighth of the bytes at the cheapest class, and one token of output.
 * - `expected`: a quarter of the bytes, uncached, and a share of the output limit.
 * An amount is null when a price of it is missing or when no output limit is known (`low` needs none).
 */
export function quoteRequest(
  request: CompletionRequest,
  rows: readonly PriceRow[],
  rules: QuoteRules,
): CostEstimate {
  const size = measure(request);
  const overhead = rules.messageOverheadTokens * (size.parts + 1) + (rules.requestOverheadTokens ?? 0);
  const imagesHigh = size.images * rules.imageTokensHigh;
  const inputHigh = size.bytes + imagesHigh + size.media.high + overhead;
  const inputLow = Math.ceil(size.bytes / 8);
  const inputExpected = Math.max(
    inputLow,
    Math.ceil(size.bytes / 4) + Math.ceil(imagesHigh / 2) + size.media.expected,
  );
  const limit = findOutputLimit(request);
  const share = Math.min(1, Math.max(0, rules.expectedOutputShare ?? 0.25));

  const missing = new Set<TokenClass>();
  const tiers = rules.servedTiers ?? ['standard'];
  const ratesAt = (promptTotal: number): Rates[] =>
    tiers.map((tier) => readRates(request, rows, rules, tier, promptTotal, size, missing));
  const low = ratesAt(inputLow);
  const expected = ratesAt(inputExpected);
  // A longer prompt is not always the dearer one, so the bound covers the shorter ones' tiers too.
  const high = [...low, ...expected, ...ratesAt(inputHigh)];
  const known = missing.size === 0;
  const outputExpected = limit === null ? null : Math.min(limit, Math.max(1, Math.ceil(limit * share)));
  return {
    low: known ? lowest(low.map((rate) => rate.input.low(inputLow) + rate.output.low(1))) : null,
    expected:
      known && outputExpected !== null
        ? highest(expected.map((rate) => rate.input.plain(inputExpected) + rate.output.plain(outputExpected)))
        : null,
    high:
      known && limit !== null
        ? highest(high.map((rate) => rate.input.high(inputHigh) + rate.output.high(limit)))
        : null,
    inputTokens: { low: inputLow, high: inputHigh },
    maxOutputTokens: limit,
    basis: 'bytes',
    unpricedClasses: [...missing],
  };
}

/** The caller's limit cannot raise the model's; null when neither is known. */
function findOutputLimit(request: CompletionRequest): number | null {
  const asked = request.parameters.maxTokens ?? null;
  if (asked === null) return request.outputLimit;
  return request.outputLimit === null ? asked : Math.min(asked, request.outputLimit);
}

type Price = (count: number) => PicoDollars;
interface Span {
  readonly low: Price;
  readonly plain: Price;
  readonly high: Price;
}
interface Rates {
  readonly input: Span;
  readonly output: Span;
}

function readRates(
  request: CompletionRequest,
  rows: readonly PriceRow[],
  rules: QuoteRules,
  servedTier: string,
  promptTotal: number,
  size: Size,
  missing: Set<TokenClass>,
): Rates {
  const { at, surface } = rules;
  const query = {
    vendorModel: request.model,
    surface,
    servedTier,
    region: rules.region ?? null,
    promptTotal,
    at,
  };
  const row = choosePriceRow(rows, query);
  const input = [
    ...(rules.inputClasses ?? TEXT_INPUT),
    ...(size.images + size.documents > 0 ? IMAGE_INPUT : []),
    ...(size.sounds > 0 ? AUDIO_INPUT : []),
  ];
  const needed: readonly TokenClass[] = [
    'input_text',
    ...(size.images > 0 ? (['input_image'] as const) : []),
    ...(size.sounds > 0 ? (['input_audio'] as const) : []),
    'output_text',
  ];
  for (const name of needed) {
    if (!row || findUnitPrice(row, name) === null) missing.add(name);
  }
  return { input: toSpan(row, input, 'input_text'), output: toSpan(row, OUTPUT, 'output_text') };
}

/** The cheapest, the plain and the dearest price among classes; classes without a price cannot be billed. */
function toSpan(row: PriceRow | null, classes: readonly TokenClass[], plain: TokenClass): Span {
  const priceOf = (name: TokenClass, count: number): PicoDollars | null => {
    const price = row && findUnitPrice(row, name);
    return price === null ? null : priceCount(name, count, price);
  };
  const all = (count: number): PicoDollars[] =>
    classes.map((name) => priceOf(name, count)).filter((amount) => amount !== null);
  return {
    low: (count) => lowest(all(count)),
    plain: (count) => priceOf(plain, count) ?? 0n,
    high: (count) => highest(all(count)),
  };
}

function lowest(amounts: readonly PicoDollars[]): PicoDollars {
  return amounts.reduce((least, amount) => (amount < least ? amount : least), amounts[0] ?? 0n);
}

function highest(amounts: readonly PicoDollars[]): PicoDollars {
  return amounts.reduce((most, amount) => (amount > most ? amount : most), 0n);
}

interface Size {
  bytes: number;
  images: number;
  documents: number;
  sounds: number;
  /** What documents and sounds count as. */
  media: MediaTokens;
  /** Messages, tool calls and tools: what a vendor puts a frame around. */
  parts: number;
}

function measure(request: CompletionRequest): Size {
  const size: Size = {
    bytes: 0,
    images: 0,
    documents: 0,
    sounds: 0,
    media: { expected: 0, high: 0 },
    parts: 0,
  };
  for (const message of request.messages) addMessage(size, message);
  for (const tool of request.tools ?? []) {
    size.parts += 1;
    addText(size, tool.name, tool.description, JSON.stringify(tool.parameters));
  }
  const choice = request.toolChoice;
  if (typeof choice === 'object') addText(size, choice.name);
  if (request.responseFormat?.type === 'json_schema') {
    size.parts += 1;
    const { name, description, schema } = request.responseFormat;
    addText(size, name, description, JSON.stringify(schema));
  }
  return size;
}

function addMessage(size: Size, message: Message): void {
  size.parts += 1;
  addContent(size, message.content);
  if (message.role === 'tool') addText(size, message.toolCallId);
  if (message.role !== 'assistant') return;
  for (const call of message.toolCalls ?? []) {
    size.parts += 1;
    addText(size, call.id, call.name, JSON.stringify(call.arguments), call.signature);
  }
  for (const thought of message.reasoning ?? []) {
    size.parts += 1;
    addText(size, thought.text, thought.signature, thought.redacted);
  }
}

function addContent(size: Size, content: string | readonly ContentPart[] | null): void {
  if (content === null) return;
  if (typeof content === 'string') {
    addText(size, content);
    return;
  }
  for (const part of content) addPart(size, part);
}

function addPart(size: Size, part: ContentPart): void {
  switch (part.type) {
    case 'text':
      addText(size, part.text);
      return;
    case 'image':
      size.images += 1;
      return;
    case 'document':
      size.documents += 1;
      addText(size, part.name);
      addMedia(size, documentTokens(part));
      return;
    case 'audio':
      size.sounds += 1;
      addMedia(size, audioTokens(part));
  }
}

function addMedia(size: Size, { expected, high }: MediaTokens): void {
  size.media = { expected: size.media.expected + expected, high: size.media.high + high };
}

function addText(size: Size, ...texts: (string | undefined)[]): void {
  for (const text of texts) if (text !== undefined) size.bytes += Buffer.byteLength(text, 'utf8');
}
