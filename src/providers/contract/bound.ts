import { type PicoDollars } from '../../common/money';
import { type CallExtent, type InputKind } from './extent';
import { findUnitPrice, priceCount, type PriceRow } from './price';
import { EMBEDDING_CLASSES, type KindClasses, type QuoteRules } from './quote-rules';
import { dearestRate, listRateSteps, type RateStep } from './rate-steps';
import { type TokenClass, type UsageClass } from './usage';

/** Where neither the request nor the catalog limits the output, in tokens: what today's largest models give. */
export const DEFAULT_OUTPUT_LIMIT = 128_000;
/** Where the catalog knows no context window, in tokens: more than any of its models has. */
export const DEFAULT_CONTEXT_WINDOW = 2_000_000;

export const OUTPUT_CLASSES: readonly TokenClass[] = [
  'output_text',
  'output_reasoning',
  'output_audio',
  'output_image',
  'output_video',
];

/** What is bounded: the call's size and what it is priced by. */
export interface BoundedCall {
  readonly extent: CallExtent;
  readonly rules: QuoteRules;
  readonly vendorModel: string;
  /** The vendor's API, as price rows name it. */
  readonly surface: string;
  /** When the call starts, UTC milliseconds. */
  readonly at: number;
  /** The model's own limit of output, in tokens; null when unknown. */
  readonly outputLimit: number | null;
  /** The most tokens of input that the vendor takes for the model; null when unknown. */
  readonly contextWindow: number | null;
}

/** The most that a call can cost and use. */
export interface CallBound {
  /** Null when a class that it may use has no price. */
  readonly amount: PicoDollars | null;
  /** Of input, cached and written ones included. */
  readonly inputTokens: number;
  /** Of all answers. */
  readonly outputTokens: number;
  /** The limit of one answer. */
  readonly outputLimit: number;
  readonly unpricedClasses: readonly UsageClass[];
  /** What nothing limits, by its name in the request: the bound holds but for that. */
  readonly unbounded: readonly string[];
}

interface Share {
  readonly tokens: number;
  /** What the tokens can be of: each has to be priced, and the dearest counts. */
  readonly kinds: readonly KindClasses[];
}

/**
 * A bound of what a call costs: each kind of input at the dearest class that it can land in, in the dearest
 * tier and region that it may be served in, the context tier judged at all of the input (and at less, since
 * a longer prompt is not always the dearer one), the whole output limit for each answer at the dearest class
 * of output, and each of the vendor's own tools as often as it may run.
 */
export function boundCall(call: BoundedCall, prices: readonly PriceRow[]): CallBound {
  const { extent, rules, vendorModel, surface, at } = call;
  if (extent.free) return FREE;
  const limit = extent.embedding ? 0 : findOutputLimit(extent.outputLimit, call.outputLimit);
  const rounds = countRounds(extent);
  const shares = listShares(call, rounds);
  const inputTokens = shares.reduce((sum, { tokens }) => sum + tokens, 0);
  const outputTokens = (extent.answers * limit + extent.predicted) * (rules.limitsEachRound ? rounds : 1);

  const { servedTiers, regions } = rules;
  const steps = listRateSteps(prices, { vendorModel, surface, servedTiers, regions, at });
  const missing = new Set<UsageClass>();
  let amount = 0n;
  for (const step of steps) {
    if (step.above > 0 && inputTokens <= step.above) break;
    const dearest = priceStep(step, shares, outputTokens, extent, missing);
    if (dearest > amount) amount = dearest;
  }
  return {
    amount: missing.size === 0 ? amount : null,
    inputTokens,
    outputTokens,
    outputLimit: limit,
    unpricedClasses: [...missing],
    unbounded: listUnbounded(extent),
  };
}

const FREE: CallBound = {
  amount: 0n,
  inputTokens: 0,
  outputTokens: 0,
  outputLimit: 0,
  unpricedClasses: [],
  unbounded: [],
};

/** The caller's limit cannot raise the model's. */
function findOutputLimit(asked: number | null, model: number | null): number {
  if (asked === null) return model ?? DEFAULT_OUTPUT_LIMIT;
  return model === null ? asked : Math.min(asked, model);
}

/** How often the model is asked: once, and once more after each use of a tool whose result it reads. */
function countRounds({ serverTools }: CallExtent): number {
  let rounds = 1;
  for (const { isRead, maxUses } of serverTools) if (isRead) rounds += maxUses ?? 0;
  return rounds;
}

function listUnbounded({ serverTools, unbounded }: CallExtent): readonly string[] {
  if (serverTools.length === 0 && unbounded.length === 0) return [];
  const tools = serverTools.filter(({ maxUses }) => maxUses === null).map(({ name }) => name);
  return [...new Set([...unbounded, ...tools])];
}

/** The input by what it can be billed as. */
function listShares({ extent, rules, contextWindow }: BoundedCall, rounds: number): Share[] {
  const classes = extent.embedding ? EMBEDDING_CLASSES : rules.classes;
  const frames = rules.frameTokens * (extent.frames + 1) + rules.requestTokens + extent.hidden;
  const shares: Share[] = [{ tokens: extent.text + frames, kinds: [classes.text] }];
  const { tokens: pictures, open } = countPictures(extent, rules);
  if (pictures > 0) shares.push({ tokens: pictures, kinds: [classes.image] });
  if (extent.audio > 0) shares.push({ tokens: extent.audio, kinds: [classes.audio] });

  if (open.length === 0 && rounds === 1) return shares;
  // What cannot be counted fills the window at most, for the vendor refuses more; so does each further round.
  const certain = shares.reduce((sum, { tokens }) => sum + tokens, 0);
  const window = Math.max(contextWindow ?? DEFAULT_CONTEXT_WINDOW, certain);
  const rest = (open.length > 0 ? window - certain : 0) + (rounds - 1) * window;
  const kinds = [...shares.flatMap((share) => share.kinds), ...open.map((kind) => classes[kind])];
  return [...shares, { tokens: rest, kinds }];
}

/** What the pictures count as, and the kinds of input that nothing but the window limits. */
export function countPictures(
  { pictures, open }: Pick<CallExtent, 'pictures' | 'open'>,
  rules: Pick<QuoteRules, 'pictureTokens'>,
): { readonly tokens: number; readonly open: readonly InputKind[] } {
  let tokens = 0;
  let isOpen = false;
  for (const size of pictures) {
    const most = rules.pictureTokens(size);
    tokens += most ?? 0;
    isOpen ||= most === null;
  }
  return { tokens, open: isOpen && !open.includes('image') ? [...open, 'image'] : open };
}

/** The dearest of the step's rows. */
function priceStep(
  step: RateStep,
  shares: readonly Share[],
  outputTokens: number,
  extent: CallExtent,
  missing: Set<UsageClass>,
): PicoDollars {
  let dearest = 0n;
  for (const row of step.rows) {
    let amount = 0n;
    for (const { tokens, kinds } of shares) {
      amount += BigInt(Math.min(tokens, step.upTo)) * rateOf(row, kinds, missing);
    }
    if (outputTokens > 0) {
      if (!row || findUnitPrice(row, 'output_text') === null) missing.add('output_text');
      else amount += BigInt(outputTokens) * (dearestRate(row, OUTPUT_CLASSES) ?? 0n);
    }
    for (const { fee, maxUses } of extent.serverTools) {
      if (fee === null) continue;
      const price = row && findUnitPrice(row, fee);
      if (price === null) missing.add(fee);
      else amount += priceCount(fee, maxUses ?? 1, price);
    }
    if (amount > dearest) dearest = amount;
  }
  return dearest;
}

function rateOf(row: PriceRow | null, kinds: readonly KindClasses[], missing: Set<UsageClass>): PicoDollars {
  let dearest = 0n;
  for (const { plain, all } of kinds) {
    if (!row || findUnitPrice(row, plain) === null) missing.add(plain);
    const rate = (row && dearestRate(row, all)) ?? 0n;
    if (rate > dearest) dearest = rate;
  }
  return dearest;
}
