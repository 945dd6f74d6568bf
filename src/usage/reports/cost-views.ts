import { formatDollars } from '../../common/money';
import { localDateAt } from '../stats/time-buckets';
import { type Tally } from '../stats/tally';
import { type CostPlan } from './cost-plan';
import { type CostBucket } from './cost-report';
import { type CostAmountsView, type CostBucketView } from './dto/costs.dto';
import { convert, type DatedRate, readRate } from './exchange-rates/conversion';

/** A bucket as it is shown: in the plan's currency, at the newest rate not after the bucket's last local day. */
export function toBucketView(
  bucket: CostBucket,
  { rates, range, selection }: Pick<CostPlan, 'rates' | 'range' | 'selection'>,
): CostBucketView {
  const rate = rates?.at(localDateAt(bucket.end - 1, range.timezone)) ?? null;
  const amounts = (total: Tally): CostAmountsView => toAmounts(total, rates?.currency ?? 'USD', rate);
  return {
    startingAt: new Date(bucket.start).toISOString(),
    endingAt: new Date(bucket.end).toISOString(),
    total: amounts(bucket.total),
    results: bucket.lines.map(({ groups, total }) => ({
      ...Object.fromEntries(selection.groupings.map((grouping, index) => [grouping, groups[index]])),
      ...amounts(total),
    })),
  };
}

function toAmounts(
  { cost, listCost, counts }: Tally,
  currency: string,
  rate: DatedRate | null,
): CostAmountsView {
  const units = rate === null ? null : readRate(rate.rate);
  const show = (amount: bigint): string => formatDollars(units === null ? amount : convert(amount, units));
  const { requests, unpriced_requests } = counts;
  return {
    cost: show(cost),
    listCost: show(listCost),
    currency,
    exchangeRate: rate === null ? null : { rate: rate.rate, date: rate.date, source: rate.source },
    requests,
    failedRequests: counts.failed_requests,
    inputTokens: counts.input_tokens,
    cachedTokens: counts.cached_tokens,
    outputTokens: counts.output_tokens,
    reasoningTokens: counts.reasoning_tokens,
    unpricedRequests: unpriced_requests,
    coverage: requests === 0 ? null : (requests - unpriced_requests) / requests,
  };
}
