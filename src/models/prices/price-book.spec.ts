import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatDecimal, parseDecimal } from '../../common/money';
import { type PriceRow } from '../../providers/contract/price';
import { choosePriceRow, type PriceQuery } from '../../providers/contract/price-choice';
import { listRowsToReview, loadPriceBook, parsePriceBook } from './price-book';
import { findSuspiciousPrices } from './price-sanity';
import { keyOfPrice } from './recorded-price';

const book = loadPriceBook();
const NOW = Date.parse('2026-11-22T12:00:00Z');

/** As the book writes a price: without zeros at its end. */
function trimmed(micro: bigint): string {
  return formatDecimal(micro, 6).replace(/\.?0+$/, '');
}

function choose(vendor: string, vendorModel: string, query: Partial<PriceQuery> = {}): PriceRow | null {
  const standard = { surface: 'test', servedTier: 'standard', region: null, promptTotal: 1000, at: NOW };
  const rows = book.rows.filter((row) => row.vendor === vendor);
  return choosePriceRow(rows, { vendorModel, ...standard, ...query });
}

describe('the shipped price book', () => {
  it('names a source and the day it was checked for every row', () => {
    for (const row of book.rows) {
      expect(row.source).not.toBe('');
      expect(row.checkedOn).toMatch(/^2026-\d\d-\d\d$/);
    }
  });

  it.each([
    ['openai', 'gpt-4o-2024-08-06', '2.5', '10'],
    ['openai', 'gpt-4o-2024-05-13', '5', '15'],
    ['openai', 'gpt-4o-mini', '0.15', '0.6'],
    ['openai', 'gpt-4.1-nano-2025-04-14', '0.1', '0.4'],
    ['openai', 'o4-mini', '1.1', '4.4'],
    ['openai', 'gpt-5.4', '2.5', '15'],
    ['openai', 'gpt-6-sol', '2', '10'],
    ['openai', 'gpt-6.1-terra', '1', '5'],
    ['openai', 'gpt-6.2-sol', '2', '10'],
    ['anthropic', 'claude-3-7-sonnet-20250219', '3', '15'],
    ['anthropic', 'claude-sonnet-4-5@20250929', '3', '15'],
    ['anthropic', 'claude-opus-5', '5', '25'],
    ['anthropic', 'claude-fable-5-1', '10', '50'],
    ['anthropic', 'claude-haiku-5-5', '0.1', '0.5'],
    ['google', 'models/gemini-2.5-pro', '1.25', '10'],
    ['google', 'gemini-3.1-pro-preview', '2', '12'],
  ])('prices %s %s', (vendor, model, input, output) => {
    const row = choose(vendor, model);
    expect(row?.pricesPerMillion).toMatchObject({ input_text: input, output_text: output });
  });

  it.each([
    ['openai', 'gpt-5.6-sol', '2026-08-20T23:59:59Z', '5'],
    ['openai', 'gpt-5.6-sol', '2026-08-21T00:00:00Z', '4'],
    ['openai', 'o3', '2025-06-09T23:59:59Z', '10'],
    ['openai', 'o3', '2025-06-10T00:00:00Z', '2'],
    ['google', 'gemini-3.8-flash', '2026-12-31T23:59:59Z', '0.75'],
    ['google', 'gemini-3.8-flash', '2027-01-01T00:00:00Z', '1.5'],
  ])('changes the price of %s %s at its day: %s', (vendor, model, at, input) => {
    expect(choose(vendor, model, { at: Date.parse(at) })?.pricesPerMillion.input_text).toBe(input);
  });

  it.each([
    ['openai', 'gpt-5.4', 272_000, '2.5', '5'],
    ['openai', 'gpt-6-astra', 272_000, '10', '20'],
    ['google', 'gemini-2.5-pro', 200_000, '1.25', '2.5'],
    ['anthropic', 'claude-haiku-5-5', 100_000, '0.1', '0.5'],
  ])(
    'prices a prompt of %s %s beyond %d tokens higher, and at the border not',
    (vendor, model, border, low, high) => {
      expect(choose(vendor, model, { promptTotal: border })?.pricesPerMillion.input_text).toBe(low);
      expect(choose(vendor, model, { promptTotal: border + 1 })?.pricesPerMillion.input_text).toBe(high);
    },
  );

  it('drops the long tier of Opus 4.6 from 2026-03-13 on', () => {
    const at = (text: string) =>
      choose('anthropic', 'claude-opus-4-6', { promptTotal: 300_000, at: Date.parse(text) });
    expect(at('2026-03-12T23:59:59Z')?.pricesPerMillion.input_text).toBe('10');
    expect(at('2026-03-13T00:00:00Z')?.pricesPerMillion.input_text).toBe('5');
  });

  it('keeps Claude Sonnet 5.5 and 5 apart', () => {
    expect(choose('anthropic', 'claude-sonnet-5-5')?.pricesPerMillion.cache_read_text).toBe('0.1');
    expect(choose('anthropic', 'claude-sonnet-5')?.pricesPerMillion.cache_read_text).toBe('0.2');
    expect(choose('anthropic', 'claude-sonnet-5-6')).toBeNull();
  });

  it.each([
    ['openai', 'gpt-5.6-sol', { servedTier: 'batch' }, '2'],
    ['openai', 'gpt-5.6-sol', { servedTier: 'priority' }, '8'],
    ['openai', 'gpt-5.4', { region: 'regional' }, '2.75'],
    ['openai', 'gpt-4o', { region: 'regional' }, '2.5'],
    ['openai', 'gpt-6.2-sol', { servedTier: 'ultrafast' }, '6'],
    ['anthropic', 'claude-opus-5', { servedTier: 'fast', region: 'us' }, '11'],
    ['anthropic', 'claude-opus-4-5', { region: 'us' }, '5'],
    ['google', 'gemini-3.1-pro-preview', { servedTier: 'priority' }, '3.6'],
  ])('has an explicit row for %s %s served as %j', (vendor, model, query, input) => {
    expect(choose(vendor, model, query)?.pricesPerMillion.input_text).toBe(input);
  });

  it('has no price for a tier that nobody published', () => {
    expect(choose('openai', 'gpt-5.6-sol', { servedTier: 'ultrafast' })).toBeNull();
    expect(choose('openai', 'gpt-4o', { servedTier: 'scale' })).toBeNull();
  });

  it('derives regional rows at exactly eleven tenths', () => {
    const regional = book.rows.filter((row) => row.regionClass !== null);
    expect(regional.length).toBeGreaterThan(50);
    for (const row of regional) {
      const base = book.rows.find((each) => each.id === row.id.replace(`/${row.regionClass}`, ''));
      for (const [name, price] of Object.entries(row.pricesPerMillion)) {
        const basePrice = Object.entries(base?.pricesPerMillion ?? {}).find(([other]) => other === name)?.[1];
        const expected = (parseDecimal(basePrice ?? '0', 6) * 11n) / 10n;
        expect(formatDecimal(parseDecimal(price, 6), 6)).toBe(formatDecimal(expected, 6));
      }
      expect(row.unitPrices).toEqual(base?.unitPrices);
    }
  });

  it('derives the rows of a tier at exactly the fraction of standard that their source names', () => {
    const seen = new Map<string, number>();
    for (const row of book.rows.filter((each) => each.regionClass === null)) {
      const [, tier, numerator, denominator] = /\((\w+): (\d+)\/(\d+) of standard\)/.exec(row.source) ?? [];
      if (tier === undefined || numerator === undefined || denominator === undefined) continue;
      expect(row.servedTier).toBe(tier);
      const base = book.rows.find((each) => each.id === row.id.replace(`/${tier}`, '/standard'));
      const prices = new Map(Object.entries(base?.pricesPerMillion ?? {}));
      for (const [name, price] of Object.entries(row.pricesPerMillion)) {
        const expected = (parseDecimal(prices.get(name) ?? '0', 6) * BigInt(numerator)) / BigInt(denominator);
        expect([row.id, name, price]).toEqual([row.id, name, trimmed(expected)]);
      }
      expect(row.unitPrices).toEqual(base?.unitPrices);
      seen.set(
        `${tier} ${numerator}/${denominator}`,
        (seen.get(`${tier} ${numerator}/${denominator}`) ?? 0) + 1,
      );
    }
    expect([...seen.keys()].sort()).toEqual([
      'batch 1/2',
      'fast 2/1',
      'flex 1/2',
      'priority 2/1',
      'priority 9/5',
    ]);
    expect(seen.get('batch 1/2')).toBeGreaterThan(100);
  });

  it('has no price that is probably a slip, beside the one before it or alone', () => {
    for (const row of book.rows) {
      const before = book.rows.find(
        (each) => keyOfPrice(each) === keyOfPrice(row) && each.validTo === row.validFrom,
      );
      expect([row.id, findSuspiciousPrices(row, before ?? null)]).toEqual([row.id, []]);
    }
  });

  it('is what its generator writes', () => {
    const directory = mkdtempSync(join(tmpdir(), 'price-book-'));
    try {
      const written = join(directory, 'book.json');
      execFileSync(process.execPath, [join(__dirname, '../../../scripts/price-book/generate.js'), written]);
      const kept = readFileSync(join(__dirname, 'price-book.json'), 'utf8');
      expect(JSON.parse(readFileSync(written, 'utf8'))).toEqual(JSON.parse(kept));
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('keeps every higher context tier within its model, tier and region', () => {
    for (const row of book.rows.filter((each) => each.aboveContextTokens > 0)) {
      const id = row.id.replace(`/above-${row.aboveContextTokens}`, '');
      expect(book.rows.map((each) => each.id)).toContain(id);
    }
  });

  it('lists a price past its guarantee for review', () => {
    const stale = listRowsToReview(book.rows, NOW, 365 * 86_400_000).map((row) => row.vendorModel);
    expect(new Set(stale)).toEqual(new Set(['gpt-5.6-sol', 'gpt-5.6']));
  });
});

describe('reading a price book', () => {
  const row = {
    id: 'a',
    vendor: 'v',
    vendorModel: 'm',
    servedTier: 'standard',
    pricesPerMillion: { input_text: '1' },
    source: 'test',
  };
  const read =
    (...rows: object[]) =>
    () =>
      parsePriceBook({ version: '2026-11-22', rows });

  it.each([
    ['an overlap', [row, { ...row, id: 'b', validFrom: '2026-01-01' }], /overlaps with b/],
    ['a double id', [row, { ...row, vendorModel: 'other' }], /used twice/],
    ['a float', [{ ...row, pricesPerMillion: { input_text: 1.5 } }], /no decimal in quotes/],
    ['seven decimals', [{ ...row, pricesPerMillion: { input_text: '0.0000001' } }], /at most 6 decimals/],
    ['a negative price', [{ ...row, pricesPerMillion: { input_text: '-1' } }], /no plain decimal/],
    ['an unknown class', [{ ...row, pricesPerMillion: { input_smell: '1' } }], /no class of usage/],
    ['a token price in units', [{ ...row, unitPrices: { input_text: '1' } }], /no class of usage/],
    ['a missing source', [{ ...row, source: '' }], /source is missing/],
    ['dates that run backwards', [{ ...row, validFrom: '2026-02-01', validTo: '2026-01-01' }], /ends before/],
    ['a wrong date', [{ ...row, validFrom: 'soon' }], /not YYYY-MM-DD/],
    ['no rows', [], /no rows/],
  ])('refuses %s', (_name, rows, message) => {
    expect(read(...rows)).toThrow(message);
  });

  it('joins periods that meet', () => {
    const next = { ...row, id: 'b', validFrom: '2026-01-01' };
    expect(read({ ...row, validTo: '2026-01-01' }, next)().rows).toHaveLength(2);
  });

  it.each([null, 7, 'x', [], {}, { version: 1, rows: [null, 3] }])('refuses %j', (json) => {
    expect(() => parsePriceBook(json)).toThrow(/problem/);
  });
});
