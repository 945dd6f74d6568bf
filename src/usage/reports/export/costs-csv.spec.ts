import { type CostAmountsView, type CostBucketView } from '../dto/costs.dto';
import { costsCsv } from './costs-csv';

const AMOUNTS: CostAmountsView = {
  cost: '1.000000000000',
  listCost: '1.000000000000',
  currency: 'USD',
  exchangeRate: null,
  requests: 1,
  failedRequests: 0,
  inputTokens: 1,
  cachedTokens: 0,
  outputTokens: 1,
  reasoningTokens: 0,
  unpricedRequests: 0,
  coverage: 1,
};

const bucketOf = (users: number): CostBucketView => ({
  startingAt: '2026-11-01T00:00:00.000Z',
  endingAt: '2026-11-02T00:00:00.000Z',
  total: AMOUNTS,
  results: Array.from({ length: users }, (_, index) => ({
    user: { id: `=user-${index}`, name: `=user-${index}` },
    ...AMOUNTS,
  })),
});

async function* pagesOf(...pages: CostBucketView[][]): AsyncGenerator<CostBucketView[], void> {
  for (const page of pages) yield await Promise.resolve(page);
}

async function piecesOf(...pages: CostBucketView[][]): Promise<string[]> {
  const pieces: string[] = [];
  for await (const piece of costsCsv(pagesOf(...pages), ['user'])) pieces.push(piece);
  return pieces;
}

const linesOf = (text: string): string[] => text.split('\r\n').slice(0, -1);

describe('A cost report as CSV', () => {
  it('is made in pieces of a thousand lines at most, with one head', async () => {
    const pieces = await piecesOf([bucketOf(2_500)], [bucketOf(0), bucketOf(1)]);
    expect(pieces.map((piece) => linesOf(piece).length)).toEqual([1, 1_000, 1_000, 500, 1]);
    expect(pieces[0]).toMatch(/^startingAt,endingAt,userId,user,cost,listCost,currency,/);
  });

  it('has its head alone where nothing was used', async () => {
    expect(await piecesOf([bucketOf(0)], [bucketOf(0)])).toHaveLength(1);
  });

  it('writes texts that a spreadsheet takes for formulas as texts, and amounts as they are', async () => {
    const [, lines = ''] = await piecesOf([bucketOf(1)]);
    expect(lines).toContain(",'=user-0,'=user-0,1.000000000000,1.000000000000,USD,");
  });
});
