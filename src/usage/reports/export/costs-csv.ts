import { type CostGrouping } from '../../dto/stats.dto';
import { type CostBucketView, type CostResultView } from '../dto/costs.dto';
import { type CsvCell, csvLine, exact } from './csv';

/** The columns: the bucket, each grouping's id and name, then the numbers of a line. */
function headOf(groupings: readonly CostGrouping[]): string {
  return csvLine([
    'startingAt',
    'endingAt',
    ...groupings.flatMap((grouping) => [`${grouping}Id`, grouping]),
    'cost',
    'listCost',
    'currency',
    'exchangeRate',
    'exchangeRateDate',
    'exchangeRateSource',
    'requests',
    'failedRequests',
    'inputTokens',
    'cachedTokens',
    'outputTokens',
    'reasoningTokens',
    'unpricedRequests',
    'coverage',
  ]);
}

function cellsOf(
  bucket: CostBucketView,
  line: CostResultView,
  groupings: readonly CostGrouping[],
): CsvCell[] {
  const rate = line.exchangeRate;
  return [
    bucket.startingAt,
    bucket.endingAt,
    ...groupings.flatMap((grouping) => [line[grouping]?.id ?? null, line[grouping]?.name ?? null]),
    exact(line.cost),
    exact(line.listCost),
    line.currency,
    rate && exact(rate.rate),
    rate?.date ?? null,
    rate?.source ?? null,
    line.requests,
    line.failedRequests,
    line.inputTokens,
    line.cachedTokens,
    line.outputTokens,
    line.reasoningTokens,
    line.unpricedRequests,
    line.coverage,
  ];
}

/** A piece of the file has at most so many lines. */
const LINES_A_PIECE = 1_000;

/** The report's lines as CSV, as the pages come. */
export async function* costsCsv(
  pages: AsyncIterable<readonly CostBucketView[]>,
  groupings: readonly CostGrouping[],
): AsyncGenerator<string, void> {
  let head = headOf(groupings);
  for await (const buckets of pages) {
    // Not before the first page is there: what fails until then is a plain problem.
    if (head !== '') yield head;
    head = '';
    for (const bucket of buckets) {
      for (let first = 0; first < bucket.results.length; first += LINES_A_PIECE) {
        const lines = bucket.results.slice(first, first + LINES_A_PIECE);
        yield lines.map((line) => csvLine(cellsOf(bucket, line, groupings))).join('');
      }
    }
  }
}
