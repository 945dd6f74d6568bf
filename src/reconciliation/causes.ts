import { type PicoDollars } from '../common/money';
import { type ReportedUsage } from '../providers/contract/billing-report';
import { type Cause, type Difference, type Explained, type Side } from './reconciled';

/** A cent: vendors round their lines, and tell amounts of a day to no less. */
const ROUNDING: PicoDollars = 10_000_000_000n;

/** Takes causes from a difference, each for as much as there is left of its sign. */
class Rest {
  readonly causes: Explained<bigint>[] = [];

  /** @param left what is not explained yet */
  constructor(public left: bigint) {}

  /** A cause whose amount is known exactly: it may also be more than the difference. */
  exactly(cause: Cause, amount: bigint, events: number | null = null): void {
    if (amount === 0n) return;
    this.causes.push({ cause, amount, events });
    this.left -= amount;
  }

  /** A cause that explains up to so much of what the vendor has more (a positive amount) or less (a negative one). */
  upTo(cause: Cause, most: bigint, events: number | null = null): void {
    if (most > 0n && this.left > 0n) this.exactly(cause, most < this.left ? most : this.left, events);
    if (most < 0n && this.left < 0n) this.exactly(cause, most > this.left ? most : this.left, events);
  }

  /** A cause that may be all that is left. */
  all(cause: Cause, events: number | null = null): void {
    this.exactly(cause, this.left, events);
  }
}

/**
 * What explains that the vendor counted other tokens than we did, in this order:
 * 1. `other_keys`: what keys used that are not the provider's (their ids have to be known).
 * 2. `batch`: batches do not go through us.
 * 3. `aborted`, `estimated_usage`: what we estimated may be off by as much as it is.
 * 4. `missing_usage`: calls whose usage never became known.
 */
export function explainTokens(
  side: Side,
  difference: number,
  ownKeys: ReadonlySet<string>,
): Difference<number> {
  const rest = new Rest(BigInt(difference));
  rest.exactly('other_keys', tokensOf(side.usage.filter((entry) => isOthers(entry.apiKeyId, ownKeys))));
  const own = side.usage.filter((entry) => !isOthers(entry.apiKeyId, ownKeys));
  rest.upTo('batch', tokensOf(own.filter(({ batch }) => batch)));
  const ended = side.days.filter(({ status, isEstimated }) => isEstimated && status !== 'succeeded');
  const others = side.days.filter(({ status, isEstimated }) => isEstimated && status === 'succeeded');
  for (const [cause, days] of [
    ['aborted', ended],
    ['estimated_usage', others],
  ] as const) {
    const events = days.reduce((sum, day) => sum + day.events, 0);
    const most = tokensOf(days);
    rest.upTo(cause, most, events);
    rest.upTo(cause, -most, events);
  }
  const missing = side.days.reduce((sum, { unknownUsage }) => sum + unknownUsage, 0);
  if (missing > 0 && rest.left > 0n) rest.all('missing_usage', missing);
  const causes = rest.causes.map((each) => ({ ...each, amount: Number(each.amount) }));
  return { difference, causes, unexplained: Number(rest.left) };
}

/**
 * What explains that the vendor bills another amount than ours, in this order:
 * 1. `credits`: negative lines of the bill.
 * 2. `other_keys`: by the bill where it tells keys apart, otherwise by their share of the tokens.
 * 3. `tool_fees`: what is billed for no one model is within the models' costs on our side.
 * 4. `token_difference`: tokens that were explained above, at the bill's price of a token on that day.
 * 5. `unpriced`: calls that we have no price for.
 * 6. `priority_commitment`: a tier that is paid for ahead is used without a line on the bill.
 * 7. `service_tier`, `regional`: uplifts, for half and for an eleventh of what such usage is billed at.
 * 8. `rounding`: a rest of a cent or less.
 */
export function explainMoney(
  side: Side,
  difference: PicoDollars,
  tokens: Difference<number>,
  ownKeys: ReadonlySet<string>,
): Difference<PicoDollars> {
  const rest = new Rest(difference);
  const credits = side.costs.filter(({ amount }) => amount < 0n);
  rest.exactly('credits', sumOf(credits));
  const billed = side.costs.filter(({ amount }) => amount >= 0n);
  const gross = sumOf(billed);
  const total = tokensOf(side.usage);
  const shareOf = (count: bigint): PicoDollars => (total === 0n ? 0n : (gross * count) / total);

  const byKey = billed.filter(({ apiKeyId }) => isOthers(apiKeyId, ownKeys));
  if (byKey.length > 0) rest.exactly('other_keys', sumOf(byKey));
  else rest.upTo('other_keys', shareOf(amountOf(tokens, 'other_keys')));
  if (side.model === null && rest.left > 0n) rest.all('tool_fees');

  for (const { cause, amount, events } of tokens.causes) {
    if (cause !== 'other_keys') rest.upTo('token_difference', shareOf(BigInt(amount)), events);
  }
  const unpriced = side.days.reduce((sum, day) => sum + day.unpriced, 0);
  if (unpriced > 0 && rest.left > 0n) rest.all('unpriced', unpriced);

  const ours = side.days.reduce((sum, { cost }) => sum + cost, 0n);
  const priority = tokensOf(side.usage.filter(({ tier }) => tier === 'priority'));
  if (total > 0n) rest.upTo('priority_commitment', -((ours * priority) / total));
  const otherTiers = side.usage.filter(({ tier, batch }) => tier !== null && tier !== 'standard' && !batch);
  rest.upTo('service_tier', shareOf(tokensOf(otherTiers)) / 2n);
  rest.upTo('regional', shareOf(tokensOf(side.usage.filter(({ region }) => region !== null))) / 11n);
  if (rest.left <= ROUNDING && rest.left >= -ROUNDING) rest.all('rounding');
  return { difference, causes: rest.causes, unexplained: rest.left };
}

function isOthers(apiKeyId: string | null, ownKeys: ReadonlySet<string>): boolean {
  return ownKeys.size > 0 && apiKeyId !== null && !ownKeys.has(apiKeyId);
}

function tokensOf(entries: readonly Pick<ReportedUsage, 'input' | 'output'>[]): bigint {
  return BigInt(entries.reduce((sum, { input, output }) => sum + input + output, 0));
}

function sumOf(costs: readonly { amount: PicoDollars }[]): PicoDollars {
  return costs.reduce((sum, { amount }) => sum + amount, 0n);
}

function amountOf(tokens: Difference<number>, cause: Cause): bigint {
  const found = tokens.causes.filter((each) => each.cause === cause);
  return BigInt(found.reduce((sum, { amount }) => sum + amount, 0));
}
