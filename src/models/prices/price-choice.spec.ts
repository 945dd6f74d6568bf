import { MAX_EVENT_PICO, parseDollars } from '../../common/money';
import { type PriceRow } from '../../providers/contract/price';
import { type Metered, type UsageVector } from '../../providers/contract/usage';
import { priceMetered } from './price-choice';

function row(changes: Partial<PriceRow> = {}): PriceRow {
  return {
    id: 'row',
    teamId: null,
    vendor: 'v',
    vendorModel: 'm',
    surface: null,
    servedTier: 'standard',
    regionClass: null,
    aboveContextTokens: 0,
    validFrom: 0,
    validTo: null,
    guaranteedUntil: null,
    pricesPerMillion: { input_text: '2', output_text: '10' },
    unitPrices: { web_search_requests: '0.01', audio_input_seconds: '0.0001' },
    source: 'test',
    checkedOn: null,
    ...changes,
  };
}

function metered(vector: UsageVector | null, changes: Partial<Metered> = {}): Metered {
  const lines = vector ? [{ model: 'm', vector, promptTotal: vector.input_text ?? 0 }] : [];
  const served = { tier: 'standard', region: null };
  return {
    vector,
    lines,
    promptTotal: 0,
    served,
    quality: vector ? 'exact' : 'missing',
    flags: [],
    ...changes,
  };
}

const price = (usage: Metered, rows: readonly PriceRow[] = [row()], at = 0) =>
  priceMetered(usage, () => rows, { surface: 'test', at });

describe('pricing metered usage', () => {
  it('adds count × price of every class exactly', () => {
    expect(price(metered({ input_text: 3, output_text: 1, web_search_requests: 2 }))).toMatchObject({
      amount: parseDollars('0.020016'),
      status: 'priced',
      priceId: 'row',
      unpricedClasses: [],
    });
  });

  it('prices reasoning as output', () => {
    expect(price(metered({ output_reasoning: 1 })).amount).toBe(parseDollars('0.00001'));
  });

  it('prices a fraction of a second, rounded half to even', () => {
    expect(price(metered({ audio_input_seconds: 0.5 })).amount).toBe(parseDollars('0.00005'));
  });

  it.each<[string, Metered, readonly PriceRow[]]>([
    ['an unknown model', metered({ input_text: 1 }), [row({ vendorModel: 'm-2' })]],
    ['a class without a price', metered({ input_text: 1, input_audio: 1 }), [row()]],
    ['an unknown tier', metered({ input_text: 1 }, { served: { tier: 'turbo', region: null } }), [row()]],
    ['a time before the price', metered({ input_text: 1 }), [row({ validFrom: 1 })]],
  ])('leaves the whole amount unknown for %s', (_name, usage, rows) => {
    const priced = price(usage, rows);
    expect(priced).toMatchObject({ amount: null, status: 'unpriced' });
    expect(priced.unpricedClasses.length).toBeGreaterThan(0);
  });

  it('does not price what is unknown', () => {
    expect(price(metered(null))).toMatchObject({ amount: null, status: 'unpriced', lines: [] });
  });

  it.each<[string, Metered, string]>([
    ['an explicit zero', metered({}), 'free'],
    ['what the vendor does not bill', metered({}, { flags: ['not_billed'], lines: [] }), 'free'],
    ['an estimate', metered({ input_text: 1 }, { quality: 'estimated' }), 'estimated'],
    ['a lower bound of zero', metered({}, { quality: 'lower_bound' }), 'estimated'],
  ])('says of %s that it is %s', (_name, usage, status) => {
    expect(price(usage)).toMatchObject({ status });
  });

  it('does not charge a class that the vendor gave free', () => {
    const rows = [row({ pricesPerMillion: { input_text: '2', input_tool: '2' } })];
    const usage = { input_text: 1, input_tool: 1000 };
    expect(price(metered(usage, { flags: ['free:input_tool'] }), rows).amount).toBe(parseDollars('0.000002'));
    expect(price(metered(usage), rows).amount).toBe(parseDollars('0.002002'));
  });

  it('prices each line at its own model and context tier', () => {
    const rows = [row(), row({ id: 'long', aboveContextTokens: 100, pricesPerMillion: { input_text: '4' } })];
    const lines = [
      { model: 'm', vector: { input_text: 100 }, promptTotal: 100 },
      { model: 'm', vector: { input_text: 101 }, promptTotal: 101 },
    ];
    expect(price(metered({ input_text: 201 }, { lines }), rows).amount).toBe(parseDollars('0.000604'));
  });

  it('does not wrap or clip an amount beyond what an event can hold', () => {
    const dear = [row({ pricesPerMillion: { input_text: '9000000' } })];
    expect(price(metered({ input_text: 1_000_000 }), dear)).toMatchObject({
      amount: MAX_EVENT_PICO,
      flags: [],
    });
    expect(price(metered({ input_text: 1_000_001 }), dear)).toMatchObject({
      amount: null,
      status: 'unpriced',
      flags: ['amount_overflow'],
    });
  });

  it('flags a price with a promised end, and one past it', () => {
    const rows = [row({ guaranteedUntil: Date.parse('2026-11-21T23:59:59.999Z') })];
    const at = (text: string) => price(metered({ input_text: 1 }), rows, Date.parse(text)).flags;
    expect(at('2026-11-21T12:00:00Z')).toEqual(['price_guarantee_expires_2026-11-21']);
    expect(at('2026-11-22T00:00:00Z')).toEqual([
      'price_guarantee_expires_2026-11-21',
      'price_past_guarantee',
    ]);
  });
});
